/* The command line of a verb: shared options, its own, and its one argument.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

G_DEFINE_QUARK (tamis-cli-error-quark, tamis_cli_error)

#define THREADS_MAX 256

gboolean
tamis_cli_usage (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_USAGE, format,
                                                args));
  va_end (args);
  return FALSE;
}

static gboolean
print_version (const char *name, const char *value, gpointer data, GError **error)
{
  printf ("tamis-cli %s\n", tamis_get_version ());
  exit (0);
}

static void
add_shared (GOptionContext *context, TamisCli *cli)
{
  const GOptionEntry all[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, "Print one JSON object", NULL },
    { "threads", 0, 0, G_OPTION_ARG_INT, &cli->threads, "Worker threads (one a processor)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &cli->seed, "Seed of whatever is random", "N" },
    { "version", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, print_version,
      "Print the version", NULL },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry dataset[] = {
    { "strict", 0, 0, G_OPTION_ARG_NONE, &cli->strict, "Fail if an image cannot be read", NULL },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry latents[] = {
    { "latents", 0, 0, G_OPTION_ARG_FILENAME, &cli->latents,
      "Vectors in place of images: float32 n x d", "X.npy" },
    { "labels", 0, 0, G_OPTION_ARG_FILENAME, &cli->labels, "Their files: path,label", "L.csv" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry model[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &cli->model,
      "Encoder and metric: paper, whitened or a file (" TAMIS_MODEL_DEFAULT ")", "M" },
    { "project", 0, 0, G_OPTION_ARG_FILENAME, &cli->project_path,
      "Keep what is computed in it (made if missing), obey what was decided in it", "P.tamis" },
    G_OPTION_ENTRY_NULL,
  };

  if (cli->verb->takes & TAMIS_TAKES_MODEL)
    g_option_context_add_main_entries (context, model, NULL);
  if (cli->verb->takes & TAMIS_TAKES_LATENTS)
    g_option_context_add_main_entries (context, latents, NULL);
  if (cli->verb->takes & TAMIS_TAKES_DATASET)
    g_option_context_add_main_entries (context, dataset, NULL);
  g_option_context_add_main_entries (context, all, NULL);
}

/* What is left after the options: [0] the verb, then arguments. */
static gboolean
take_arguments (TamisCli *cli, GError **error)
{
  guint n = g_strv_length (cli->arguments) - 1;
  guint n_kinds = (cli->verb->takes & TAMIS_TAKES_KIND) != 0;
  guint n_wanted = (cli->verb->takes & (TAMIS_TAKES_DATASET | TAMIS_TAKES_FOLDER
                                         | TAMIS_TAKES_PROJECT | TAMIS_TAKES_MANIFEST)) != 0;

  n_wanted += n_kinds + ((cli->verb->takes & TAMIS_TAKES_OTHER) != 0);
  if ((cli->latents == NULL) != (cli->labels == NULL))
    return tamis_cli_usage (error, "--latents and --labels go together");
  if (cli->latents != NULL && n > n_kinds)
    return tamis_cli_usage (error, "Give either a data set or --latents, not both");
  if (n > n_wanted)
    return tamis_cli_usage (error, "Unexpected argument %s", cli->arguments[n]);
  if (n < n_wanted && (cli->latents == NULL || n < n_kinds))
    return tamis_cli_usage (error, "%s is missing",
                            n < n_kinds || n_kinds == 0 ? cli->verb->arguments : "DATASET");
  if (cli->verb->takes & TAMIS_TAKES_OTHER)
    cli->other = g_strdup (cli->arguments[n--]);
  if (n_kinds > 0)
    cli->kind = g_strdup (cli->arguments[1]);
  if (n > n_kinds)
    cli->location = g_strdup (cli->arguments[n]);
  return TRUE;
}

gboolean
tamis_cli_parse (TamisCli *cli, const GOptionEntry *entries, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (cli->verb->arguments);
  g_autofree char *program = g_strdup_printf ("tamis-cli %s", cli->verb->name);

  g_option_context_set_summary (context, cli->verb->summary);
  g_set_prgname (program);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  add_shared (context, cli);
  /* The _strv form leaves bytes alone, whatever the locale says they are, where entries are of kind
   * FILENAME: those of kind STRING fail at what is not ASCII, so that no verb has one. */
  if (!g_option_context_parse_strv (context, &cli->arguments, error))
    return FALSE;
  if (cli->threads < 0 || cli->threads > THREADS_MAX)
    return tamis_cli_usage (error, "--threads must be 1 to %d", THREADS_MAX);
  if (cli->seed < 0)
    return tamis_cli_usage (error, "--seed must not be negative");
  if (!take_arguments (cli, error))
    return FALSE;
  tamis_init (cli->threads);
  return tamis_cli_open_project (cli, error);
}

gboolean
tamis_cli_check_output (const char *path, GError **error)
{
  g_autofree char *folder = NULL;

  if (path == NULL)
    return TRUE;
  folder = g_path_get_dirname (path);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    errno = EISDIR;
  else if (g_access (folder, W_OK | X_OK) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "Could not write %s: %s", path,
               g_strerror (errno));
  return FALSE;
}

double
tamis_clock (void)
{
  return g_get_monotonic_time () / 1e6;
}
