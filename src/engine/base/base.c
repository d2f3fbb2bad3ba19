/* Start-up: thread count, BLAS, where data files are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <tamis/base.h>

#include <cblas.h>
#include <unistd.h>

static guint n_threads = 1;

void
tamis_choose_blas (char **argv)
{
#if defined (__x86_64__)
  gboolean is_newer = __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
  const char *kernels = __builtin_cpu_supports ("avx512bw") ? "SKYLAKEX" : "HASWELL";
  g_autofree char *program = NULL;

  if (!is_newer || !g_str_equal (openblas_get_corename (), "Prescott")
      || g_getenv ("OPENBLAS_CORETYPE") != NULL || !g_setenv ("OPENBLAS_CORETYPE", kernels, TRUE))
    return;
  /* By its own name, which the system shows. Where it fails everything works, only slower. */
  program = g_file_read_link ("/proc/self/exe", NULL);
  if (program != NULL)
    execv (program, argv);
#endif
}

void
tamis_init (guint threads)
{
  n_threads = CLAMP (threads > 0 ? threads : g_get_num_processors (), 1, 256);
  /* Our own pool runs many single-threaded GEMMs at once; BLAS threads beneath it would fight. */
  openblas_set_num_threads (1);
}

guint
tamis_get_threads (void)
{
  return n_threads;
}

const char *
tamis_get_version (void)
{
  return TAMIS_VERSION;
}

char *
tamis_find_data (const char *name)
{
  const char *folders[] = { g_getenv ("TAMIS_DATADIR"), TAMIS_PKGDATADIR, TAMIS_SOURCE_DATADIR };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = NULL;

      if (folders[i] == NULL)
        continue;
      path = g_build_filename (folders[i], name, NULL);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}
