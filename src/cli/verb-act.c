/* apply, verify, undo: a manifest of removals is carried out, checked, taken back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#define SHOWN 10

typedef gboolean (*ActFunc) (TamisManifest *self, const TamisActParams *params,
                             TamisActReport **report, TamisProgress *progress,
                             GCancellable *cancel, GError **error);

typedef struct
{
  /* Options, owned */
  char *root;
  char *quarantine;
  gboolean trash;
  gboolean dry_run;

  /* Owned */
  TamisManifest *manifest;
  TamisActReport *report; /* NULL: nothing could be begun */
  double seconds;
} Act;

static void
act_clear (Act *self)
{
  g_free (self->root);
  g_free (self->quarantine);
  tamis_manifest_unref (self->manifest);
  tamis_act_report_unref (self->report);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Act, act_clear)

static gboolean
parse (TamisCli *cli, Act *self, GError **error)
{
  const gboolean verifies = strcmp (cli->verb->name, "verify") == 0;
  const gboolean applies = strcmp (cli->verb->name, "apply") == 0;
  const GOptionEntry entries[] = {
    { "root", 0, 0, G_OPTION_ARG_FILENAME, &self->root,
      "The data set, or a copy of it elsewhere (where it was)", "DIR" },
    { "quarantine", 0, 0, G_OPTION_ARG_FILENAME, &self->quarantine,
      "Where removed images lie (DATASET-quarantine beside the data set)", "DIR" },
    { "strict", 0, 0, G_OPTION_ARG_NONE, &cli->strict,
      verifies ? "Fail if anything is changed or missing" : "Do nothing if anything is refused",
      NULL },
    { "dry-run", 0, verifies ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_NONE, &self->dry_run,
      "Only say what would happen", NULL },
    { "trash", 0, applies ? 0 : G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &self->trash,
      "Into the desktop's trash instead of the quarantine", NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!tamis_cli_parse (cli, entries, error))
    return FALSE;
  if (self->trash && !applies)
    return tamis_cli_usage (error, "--trash goes with apply; undo finds images in the trash itself");
  return TRUE;
}

/* ---- words ---- */

static void
print_count (guint n, guint64 bytes, const char *what)
{
  g_autofree char *count = tamis_plot_format_count (n);
  g_autofree char *size = g_format_size (bytes);

  printf ("%s %s, %s\n", count, what, size);
}

static void
print_refused (Act *self)
{
  guint n = tamis_act_report_get_n (self->report), shown = 0;
  guint refused = tamis_act_report_get_n_refused (self->report);

  for (guint i = 0; i < n && shown < SHOWN; i++)
    {
      TamisActResult result = tamis_act_report_get (self->report, i);
      g_autofree char *path = NULL;

      if (result.refusal == TAMIS_REFUSAL_NONE)
        continue;
      path = tamis_path_escape (tamis_manifest_get (self->manifest, i).path);
      printf ("%s  %s: %s%s%s\n", shown++ == 0 ? "Not as it should be:\n" : "", path,
              tamis_refusal_to_string (result.refusal), result.detail != NULL ? ": " : "",
              result.detail != NULL ? result.detail : "");
    }
  if (refused > shown)
    printf ("  and %u more; --json lists all\n", refused - shown);
}

static void
print_states (Act *self)
{
  for (guint state = 0; state < TAMIS_REMOVAL_N_STATES; state++)
    {
      guint n = tamis_act_report_count (self->report, state);
      g_autofree char *count = tamis_plot_format_count (n);

      if (n > 0)
        printf ("%-8s %s\n", tamis_removal_state_to_string (state), count);
    }
}

static void
print_words (TamisCli *cli, Act *self)
{
  guint n = tamis_act_report_get_n_moved (self->report);
  guint64 bytes = tamis_act_report_get_bytes_moved (self->report);
  g_autofree char *quarantine = tamis_path_escape (tamis_act_report_get_quarantine (self->report));

  if (strcmp (cli->verb->name, "undo") == 0)
    print_count (n, bytes, self->dry_run ? "images would come back" : "images came back");
  else if (strcmp (cli->verb->name, "apply") == 0)
    {
      print_count (n, bytes, self->dry_run ? "images would go" : "images went");
      if (n > 0)
        printf ("%s %s; tamis-cli undo takes it back\n",
                self->trash ? "To the trash; the journal is in" : "Quarantine:", quarantine);
    }
  print_states (self);
  print_refused (self);
  if (tamis_act_report_count (self->report, TAMIS_REMOVAL_MISSING) > 0)
    printf ("Looked for them in %s; say with --quarantine where else they went\n", quarantine);
}

/* ---- JSON ---- */

static void
json_results (TamisJson *json, Act *self)
{
  guint n = tamis_act_report_get_n (self->report);

  tamis_json_array (json, "refused");
  for (guint i = 0; i < n; i++)
    {
      TamisActResult result = tamis_act_report_get (self->report, i);

      if (result.refusal == TAMIS_REFUSAL_NONE)
        continue;
      tamis_json_object (json, NULL);
      tamis_json_path (json, "path", tamis_manifest_get (self->manifest, i).path);
      tamis_json_string (json, "state", tamis_removal_state_to_string (result.state));
      tamis_json_string (json, "reason", tamis_refusal_to_string (result.refusal));
      tamis_json_string (json, "detail", result.detail);
      tamis_json_end (json);
    }
  tamis_json_end (json);
  tamis_json_array (json, "removals");
  for (guint i = 0; i < n; i++)
    {
      TamisActResult result = tamis_act_report_get (self->report, i);

      tamis_json_object (json, NULL);
      tamis_json_path (json, "path", tamis_manifest_get (self->manifest, i).path);
      tamis_json_string (json, "state", tamis_removal_state_to_string (result.state));
      tamis_json_end (json);
    }
  tamis_json_end (json);
}

static void
print_json (TamisCli *cli, Act *self)
{
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_json_string (json, "verb", cli->verb->name);
  tamis_json_string (json, "manifest", tamis_manifest_get_id (self->manifest));
  tamis_json_path (json, "root", tamis_act_report_get_root (self->report));
  tamis_json_path (json, "quarantine", tamis_act_report_get_quarantine (self->report));
  tamis_json_integer (json, "moved", tamis_act_report_get_n_moved (self->report));
  tamis_json_integer (json, "bytes", tamis_act_report_get_bytes_moved (self->report));
  tamis_json_object (json, "states");
  for (guint state = 0; state < TAMIS_REMOVAL_N_STATES; state++)
    tamis_json_integer (json, tamis_removal_state_to_string (state),
                        tamis_act_report_count (self->report, state));
  tamis_json_end (json);
  json_results (json, self);
  tamis_json_object (json, "timings");
  tamis_json_seconds (json, "act_s", self->seconds);
  tamis_json_end (json);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

/* ---- the verbs ---- */

static gboolean
act (TamisCli *cli, ActFunc func, GError **error)
{
  g_auto (Act) self = { 0 };
  TamisActParams params = TAMIS_ACT_PARAMS_INIT;
  gboolean done;
  double begun;

  if (!parse (cli, &self, error))
    return FALSE;
  self.manifest = tamis_manifest_open (cli->location, error);
  if (self.manifest == NULL)
    return FALSE;
  params.root = self.root;
  params.quarantine = self.quarantine;
  params.mode = self.trash ? TAMIS_ACT_TRASH : TAMIS_ACT_QUARANTINE;
  params.dry_run = self.dry_run;
  params.strict = cli->strict;
  begun = tamis_clock ();
  done = func (self.manifest, &params, &self.report, cli->progress, cli->cancel, error);
  self.seconds = tamis_clock () - begun;
  tamis_watch_wipe ();
  /* What was done before a failure is told as well. */
  if (self.report != NULL && cli->json)
    print_json (cli, &self);
  else if (self.report != NULL)
    print_words (cli, &self);
  if (done && cli->strict && tamis_act_report_get_n_refused (self.report) > 0)
    {
      g_set_error (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_INPUT,
                   "%u of %u removals are not as they should be",
                   tamis_act_report_get_n_refused (self.report),
                   tamis_manifest_get_n (self.manifest));
      return FALSE;
    }
  return done;
}

gboolean
tamis_verb_apply (TamisCli *cli, GError **error)
{
  return act (cli, tamis_manifest_apply, error);
}

gboolean
tamis_verb_verify (TamisCli *cli, GError **error)
{
  return act (cli, tamis_manifest_verify, error);
}

gboolean
tamis_verb_undo (TamisCli *cli, GError **error)
{
  return act (cli, tamis_manifest_undo, error);
}
