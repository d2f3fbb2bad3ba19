/* What the verbs of tamis-cli share: options, input, progress, results on stdout.
 *
 * A verb is one function in one file. It declares its own options, calls tamis_cli_parse(), then
 * tamis_input_open() where a DATASET stands, and prints once, at the end, when nothing can fail any
 * more. It returns FALSE with an error; main() words it and chooses the exit code.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "json.h"

#include <plot/style.h>
#include <tamis/tamis.h>

G_BEGIN_DECLS

#define TAMIS_CLI_ERROR (tamis_cli_error_quark ())
GQuark tamis_cli_error_quark (void);

typedef enum {
  TAMIS_CLI_ERROR_USAGE,  /* the command line is wrong: exit 2 */
  TAMIS_CLI_ERROR_STRICT, /* --strict, and some images cannot be read */
  TAMIS_CLI_ERROR_INPUT,  /* inputs that do not go together */
} TamisCliError;

typedef struct _TamisCli TamisCli;

typedef enum {
  TAMIS_TAKES_DATASET = 1 << 0, /* one argument, a folder, manifest or project; --strict */
  TAMIS_TAKES_LATENTS = 1 << 1, /* --latents and --labels may stand in its place */
  TAMIS_TAKES_MODEL = 1 << 2,   /* --model, --project */
  TAMIS_TAKES_FOLDER = 1 << 3,  /* one argument, a folder to make */
  TAMIS_TAKES_KIND = 1 << 4,    /* a word before the data set */
  TAMIS_TAKES_PROJECT = 1 << 5, /* one argument, a project */
  TAMIS_TAKES_OTHER = 1 << 6,   /* and another one */
  TAMIS_TAKES_MANIFEST = 1 << 7, /* one argument, a manifest of removals */
} TamisTakes;

typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  TamisTakes takes;
  gboolean (*run) (TamisCli *cli, GError **error);
} TamisVerb;

struct _TamisCli
{
  const TamisVerb *verb;
  char **arguments; /* owned: program, then what follows the verb; parse takes options out */

  /* Options of every verb, or of those that take a data set; owned */
  gboolean json;
  gboolean strict;
  int threads;
  gint64 seed;
  char *model; /* NULL: not given */
  char *latents;
  char *labels;
  char *kind;
  char *location; /* the one argument, NULL beside --latents; of a project its data set */
  char *other;    /* the second argument */
  char *project_path;

  TamisProject *project; /* owned; NULL: none was named */

  /* Owned; handed to every long engine call */
  TamisProgress *progress;
  GCancellable *cancel;
};

/* Sets usage error @format as main() will print it. Always returns FALSE. */
gboolean tamis_cli_usage (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/**
 * tamis_cli_parse:
 * @entries: (nullable): the verb's own options, ended by G_OPTION_ENTRY_NULL
 *
 * Reads the command line into @cli and @entries and starts the engine on --threads. Prints and
 * exits by itself for --help and --version.
 */
gboolean tamis_cli_parse (TamisCli *cli, const GOptionEntry *entries, GError **error);

/* An error now if @path, which will be written at the end, cannot be. @path: nullable. */
gboolean tamis_cli_check_output (const char *path, GError **error);

/* ---- input ---- */

/**
 * TamisInput:
 *
 * A data set and one vector an image, from images and a model or from --latents and --labels.
 */
typedef struct
{
  TamisDataset *dataset; /* rows are those of @latents */
  TamisLatents *latents;
  TamisModel *model;     /* NULL with --latents and no --model */
  TamisJournal *journal; /* NULL without a project */
  double scan_s;
  double decode_s; /* wall time of the pass over the images, shared out by what workers did in it */
  double encode_s;
} TamisInput;
#define TAMIS_INPUT_INIT { NULL, NULL, NULL, NULL, 0, 0, 0 }
gboolean tamis_input_open (TamisCli *cli, TamisInput *input, GError **error);
void tamis_input_clear (TamisInput *input);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TamisInput, tamis_input_clear)

/* What was decided about the data set; NULL without a project. Borrowed. */
TamisVerdicts *tamis_input_get_verdicts (const TamisInput *input);
/* For tamis_input_open(): once the data set is there. */
gboolean tamis_input_load_journal (TamisCli *cli, TamisInput *input, GError **error);

/* ---- project ---- */

/* For tamis_cli_parse(): opens the project that was named or stands for the data set. */
gboolean tamis_cli_open_project (TamisCli *cli, GError **error);
/* Where @text was not given on the command line: what the project has set. */
void tamis_cli_default (TamisCli *cli, const char *setting, char **text);
/* Waits until all is written; says so on stderr if that fails. */
void tamis_cli_close_project (TamisCli *cli);

/* With --strict, an error if @dataset has unreadable images. */
gboolean tamis_cli_check_strict (TamisCli *cli, TamisDataset *dataset, GError **error);
/* "unreadable": [{"path", "reason"}] */
void tamis_cli_json_unreadable (TamisJson *json, TamisDataset *dataset);
/* "classes": [{"name", "images"}] */
void tamis_cli_json_classes (TamisJson *json, TamisDataset *dataset);
/* "model": {"name", "sha256", "dimension"}; names are null without a model. */
void tamis_cli_json_model (TamisJson *json, TamisModel *model, guint dimension);
/* Words on stdout: "16,951 images in 31 classes, 3 unreadable:" and up to ten of those. */
void tamis_cli_print_dataset (TamisDataset *dataset);

/* Seconds on the monotonic clock. */
double tamis_clock (void);

/* ---- watch ---- */

/**
 * TamisWatch:
 *
 * One thread that waits for signals and, ten times a second, shows @progress on stderr if that is a
 * terminal. SIGINT and SIGTERM fire @cancel; a second one ends the program at once. Start before
 * any other thread: it blocks these signals for all threads made later.
 */
typedef struct _TamisWatch TamisWatch;
TamisWatch *tamis_watch_new (TamisProgress *progress, GCancellable *cancel)
  G_GNUC_WARN_UNUSED_RESULT;
/* Wipes the progress line. */
void tamis_watch_free (TamisWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisWatch, tamis_watch_free)
/* Wipes the line so that something can be printed; it comes back by itself. Any thread. */
void tamis_watch_wipe (void);

/* ---- verbs ---- */

gboolean tamis_verb_bench (TamisCli *cli, GError **error);
gboolean tamis_verb_demo (TamisCli *cli, GError **error);
gboolean tamis_verb_scan (TamisCli *cli, GError **error);
gboolean tamis_verb_encode (TamisCli *cli, GError **error);
gboolean tamis_verb_check (TamisCli *cli, GError **error);
gboolean tamis_verb_dedup (TamisCli *cli, GError **error);
gboolean tamis_verb_stats (TamisCli *cli, GError **error);
gboolean tamis_verb_sweep (TamisCli *cli, GError **error);
gboolean tamis_verb_outliers (TamisCli *cli, GError **error);
gboolean tamis_verb_plot (TamisCli *cli, GError **error);
gboolean tamis_verb_generate (TamisCli *cli, GError **error);
gboolean tamis_verb_project (TamisCli *cli, GError **error);
gboolean tamis_verb_merge (TamisCli *cli, GError **error);
gboolean tamis_verb_train (TamisCli *cli, GError **error);
gboolean tamis_verb_apply (TamisCli *cli, GError **error);
gboolean tamis_verb_verify (TamisCli *cli, GError **error);
gboolean tamis_verb_undo (TamisCli *cli, GError **error);

G_END_DECLS
