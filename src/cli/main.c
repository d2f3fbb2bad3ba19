/* tamis-cli: the verbs of Tamis without a display.
 *
 * Exit codes: 0 done; 1 failed, with one line on stderr that says what, where and what to do;
 * 2 wrong command line. See docs/user/command-line.md.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const TamisVerb verbs[] = {
  { "demo", "DIR", "Draw the demo set: a simulated survey flight",
    TAMIS_TAKES_FOLDER, tamis_verb_demo },
  { "scan", "DATASET", "Count classes, sizes and what cannot be read",
    TAMIS_TAKES_DATASET | TAMIS_TAKES_LATENTS, tamis_verb_scan },
  { "encode", "DATASET", "Write one vector an image",
    TAMIS_TAKES_DATASET | TAMIS_TAKES_LATENTS | TAMIS_TAKES_MODEL, tamis_verb_encode },
  { "dedup", "DATASET", "List near-duplicates and what to remove",
    TAMIS_TAKES_DATASET | TAMIS_TAKES_LATENTS | TAMIS_TAKES_MODEL, tamis_verb_dedup },
  { "check", "DATASET", "Draw pairs to judge, and measure the precision of thresholds",
    TAMIS_TAKES_DATASET | TAMIS_TAKES_LATENTS | TAMIS_TAKES_MODEL, tamis_verb_check },
  { "stats", "DATASET", "Measure the distribution of each class",
    TAMIS_TAKES_DATASET | TAMIS_TAKES_LATENTS | TAMIS_TAKES_MODEL, tamis_verb_stats },
  { "sweep", "DATASET", "Measure what removal does at one threshold after another",
    TAMIS_TAKES_DATASET | TAMIS_TAKES_LATENTS | TAMIS_TAKES_MODEL, tamis_verb_sweep },
  { "outliers", "DATASET", "List the most unlikely images of each class",
    TAMIS_TAKES_DATASET | TAMIS_TAKES_LATENTS | TAMIS_TAKES_MODEL, tamis_verb_outliers },
  { "plot", "KIND DATASET", "Draw similarity, balance, kurtosis or density into a file",
    TAMIS_TAKES_KIND | TAMIS_TAKES_DATASET | TAMIS_TAKES_LATENTS | TAMIS_TAKES_MODEL,
    tamis_verb_plot },
  { "generate", "DATASET", "Draw new images of a class from its distribution",
    TAMIS_TAKES_DATASET | TAMIS_TAKES_MODEL, tamis_verb_generate },
  { "project", "PROJECT", "Say what is in a project",
    TAMIS_TAKES_PROJECT, tamis_verb_project },
  { "merge", "PROJECT OTHER", "Compare what two people decided, or take the other's in",
    TAMIS_TAKES_PROJECT | TAMIS_TAKES_OTHER, tamis_verb_merge },
  { "train", "DATASET", "Train an autoencoder on images",
    TAMIS_TAKES_DATASET, tamis_verb_train },
  { "apply", "MANIFEST", "Move the images of a manifest to a quarantine or the trash",
    TAMIS_TAKES_MANIFEST, tamis_verb_apply },
  { "verify", "MANIFEST", "Say how each removal of a manifest stands",
    TAMIS_TAKES_MANIFEST, tamis_verb_verify },
  { "undo", "MANIFEST", "Bring the images of a manifest back",
    TAMIS_TAKES_MANIFEST, tamis_verb_undo },
  { "bench", "", "Measure how fast this machine compares, encodes and decodes",
    0, tamis_verb_bench },
};

static void
print_help (FILE *to)
{
  fputs ("Usage: tamis-cli VERB [OPTIONS]\n\n"
         "Tamis finds near-duplicates among the images of a data set and lists what to remove,\n"
         "each removal with the image that stays in its place. It never changes or deletes an image;\n"
         "apply moves images where undo finds them.\n\n"
         "Verbs:\n", to);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    fprintf (to, "  %-8s %-12s  %s\n", verbs[i].name, verbs[i].arguments, verbs[i].summary);
  fputs ("\nDATASET is a folder of images (sub-folders are classes), a CSV file with the header\n"
         "path,label, or a project. See tamis-cli VERB --help for the options of a verb.\n\n"
         "  -h, --help     This text\n"
         "  --version      The version\n", to);
}

/* What a person can do about @error; NULL if the message says it all. */
static const char *
find_advice (const GError *error)
{
  if (g_error_matches (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_NOT_FOUND))
    return "check the path and its permissions";
  if (g_error_matches (error, TAMIS_DATASET_ERROR, TAMIS_DATASET_ERROR_EMPTY))
    return "give a folder with PNG, JPEG, WebP, TIFF, BMP or GIF files";
  if (g_error_matches (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_NOT_FOUND))
    return "give --model paper, --model whitened or a safetensors file";
  if (g_error_matches (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_DIVERGED))
    return "try a smaller --learning-rate";
  if (g_error_matches (error, TAMIS_LATENT_ERROR, TAMIS_LATENT_ERROR_FORMAT))
    return "save it as float32 in C order: numpy.save (path, x.astype ('float32'))";
  if (g_error_matches (error, TAMIS_MANIFEST_ERROR, TAMIS_MANIFEST_ERROR_BROKEN))
    return "write it anew with dedup --manifest";
  if (g_error_matches (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_ROOT))
    return "say where it is with --root";
  if (g_error_matches (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_PLACE))
    return "choose another";
  if (g_error_matches (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_JOURNAL))
    return "choose another with --quarantine, or move the journal away";
  if (g_error_matches (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_BUSY))
    return "wait until it has ended";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return "free some space or write elsewhere";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return "the folder to write into must exist";
  if (g_error_matches (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_DAMAGED))
    return "rename it and go on from a copy, or without it";
  if (g_error_matches (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_NEWER))
    return "use that Tamis, or another project";
  if (g_error_matches (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_NOT_A_PROJECT))
    return "it was left alone: name a project, or a file that is not there yet";
  if (g_error_matches (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_WRITE))
    return "free some space, or put the project elsewhere";
  if (error->domain == TAMIS_CLI_ERROR && error->code == TAMIS_CLI_ERROR_STRICT)
    return "mend or remove them, or run without --strict";
  return NULL;
}

static int
report_error (const TamisVerb *verb, const GError *error)
{
  const char *advice = find_advice (error);
  /* One line, and nothing that a file name could do to a terminal. */
  g_autofree char *message = tamis_path_escape (error->message);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      fputs ("tamis-cli: cancelled\n", stderr);
      return 1;
    }
  if (error->domain == G_OPTION_ERROR
      || g_error_matches (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_USAGE))
    {
      fprintf (stderr, "tamis-cli %s: %s; see tamis-cli %s --help\n", verb->name, message,
               verb->name);
      return 2;
    }
  fprintf (stderr, "tamis-cli %s: %s%s%s\n", verb->name, message, advice != NULL ? "; " : "",
           advice != NULL ? advice : "");
  return 1;
}

static void
tamis_cli_clear (TamisCli *cli)
{
  g_strfreev (cli->arguments);
  g_free (cli->model);
  g_free (cli->latents);
  g_free (cli->labels);
  g_free (cli->kind);
  g_free (cli->location);
  g_free (cli->other);
  g_free (cli->project_path);
  tamis_progress_unref (cli->progress);
  g_object_unref (cli->cancel);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TamisCli, tamis_cli_clear)

static int
run_verb (const TamisVerb *verb, char **arguments)
{
  g_auto (TamisCli) cli = { 0 };
  g_autoptr (TamisWatch) watch = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done;

  cli.verb = verb;
  cli.arguments = g_strdupv (arguments);
  cli.progress = tamis_progress_new ();
  cli.cancel = g_cancellable_new ();
  watch = tamis_watch_new (cli.progress, cli.cancel);
  done = verb->run (&cli, &error);
  tamis_cli_close_project (&cli);
  g_clear_pointer (&watch, tamis_watch_free);
  if (!done)
    return report_error (verb, error);
  /* A full disk under stdout shows only here. */
  if (fflush (stdout) != 0 || ferror (stdout))
    {
      fprintf (stderr, "tamis-cli %s: Could not write to standard output\n", verb->name);
      return 1;
    }
  return 0;
}

static int
report_unknown (const char *verb)
{
  g_autofree char *shown = tamis_path_escape (verb);

  fprintf (stderr, "tamis-cli: There is no verb %s; see tamis-cli --help\n", shown);
  return 2;
}

int
main (int argc, char **argv)
{
  tamis_choose_blas (argv);
  /* A reader that has gone, or a limit on the size of files, is an error that is told, not an end
   * that leaves work half done. */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  if (argc < 2)
    {
      print_help (stderr);
      return 2;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0
      || strcmp (argv[1], "help") == 0)
    {
      print_help (stdout);
      return 0;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      printf ("tamis-cli %s\n", tamis_get_version ());
      return 0;
    }
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (argv[1], verbs[i].name) == 0)
      return run_verb (&verbs[i], argv + 1);
  return report_unknown (argv[1]);
}
