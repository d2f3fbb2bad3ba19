/* Runs a libFuzzer target without libFuzzer: the files named as arguments, or else small seeds with
 * random damage for TAMIS_FUZZ_SECONDS (default 3). The damage is the same in each run.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "target.h"

#include <tamis/base.h>

#include <stdlib.h>
#include <string.h>

/* A few bytes changed, dropped, doubled or set to edge values; now and then the end cut off. */
static GByteArray *
damage (GBytes *seed, TamisRandom *random)
{
  static const guint8 edges[] = { 0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff };
  gsize n;
  const guint8 *data = g_bytes_get_data (seed, &n);
  GByteArray *result = g_byte_array_append (g_byte_array_new (), data, (guint) n);

  for (guint64 left = 1 + tamis_random_below (random, 6); left > 0 && result->len > 1; left--)
    {
      /* Headers are where it matters. */
      guint span = tamis_random_below (random, 2) != 0 ? MIN (result->len, 64) : result->len;
      guint at = (guint) tamis_random_below (random, span);
      guint length = 1 + (guint) tamis_random_below (random, MIN (result->len - at, 8));

      switch (tamis_random_below (random, 6))
        {
        case 0:
          result->data[at] ^= (guint8) (1u << tamis_random_below (random, 8));
          break;
        case 1:
          result->data[at] = edges[tamis_random_below (random, G_N_ELEMENTS (edges))];
          break;
        case 2:
          memset (result->data + at, result->data[at], length);
          break;
        case 3:
          g_byte_array_remove_range (result, at, length);
          break;
        case 4:
          result->data[at] = (guint8) tamis_random_next (random);
          break;
        default:
          if (tamis_random_below (random, 8) == 0)
            g_byte_array_set_size (result, at + 1);
          break;
        }
    }
  return result;
}

/* Copies the input into a block of exactly its size, so that a sanitizer sees reads past it. */
static void
run (const guint8 *data, gsize n)
{
  g_autofree guint8 *copy = g_malloc (MAX (n, 1));

  if (n > 0)
    memcpy (copy, data, n);
  LLVMFuzzerTestOneInput (copy, n);
}

static void
run_mutations (double seconds)
{
  g_autoptr (GPtrArray) seeds = fuzz_seeds ();
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * 1e6);
  TamisRandom random;
  guint64 n_runs = 0;

  tamis_random_init (&random, 2026);
  for (; g_get_monotonic_time () < end; n_runs++)
    {
      g_autoptr (GByteArray) input = damage (seeds->pdata[n_runs % seeds->len], &random);

      run (input->data, input->len);
    }
  g_print ("# %" G_GUINT64_FORMAT " damaged inputs\nok 1 damaged inputs\n", n_runs);
}

int
main (int argc, char **argv)
{
  const char *seconds = g_getenv ("TAMIS_FUZZ_SECONDS");

  tamis_init (1);
  g_print ("1..%d\n", MAX (argc - 1, 1));
  if (argc < 2)
    run_mutations (seconds != NULL ? g_ascii_strtod (seconds, NULL) : 3.0);
  for (int i = 1; i < argc; i++)
    {
      g_autofree char *data = NULL;
      gsize n;

      if (!g_file_get_contents (argv[i], &data, &n, NULL))
        {
          g_printerr ("%s: cannot be read\n", argv[i]);
          return 1;
        }
      run ((const guint8 *) data, n);
      g_print ("ok %d %s\n", i, argv[i]);
    }
  return 0;
}
