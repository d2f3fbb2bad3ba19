/* project: what is in a project, without changing it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

static const char *const settings[]
    = { TAMIS_PROJECT_MODEL, TAMIS_PROJECT_THRESHOLD, TAMIS_PROJECT_POLICY, TAMIS_PROJECT_ORDER,
        TAMIS_PROJECT_SCOPE, TAMIS_PROJECT_CURATOR };

typedef struct
{
  TamisProject *project;
  TamisProjectSummary *summary;
  char *location;     /* NULL: none is noted */
  gboolean is_there;  /* the data set */
  guint n_unresolved; /* if it is */

  guint pairs[TAMIS_VERDICT_LATER + 1];
  guint marks[TAMIS_MARK_REMOVE + 1];
  guint n_folders;
  guint n_splits;
} Content;

static void
content_clear (Content *self)
{
  g_clear_pointer (&self->summary, tamis_project_summary_free);
  g_clear_pointer (&self->project, tamis_project_unref);
  g_free (self->location);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Content, content_clear)

static void
count_verdicts (Content *self, TamisVerdicts *verdicts, guint n_rows)
{
  g_autofree TamisVerdictEntry *entries = tamis_verdicts_list (verdicts);
  g_auto (GStrv) folders = tamis_verdicts_list_folders (verdicts);
  g_auto (GStrv) splits = tamis_verdicts_list_splits (verdicts);

  for (guint i = 0; i < tamis_verdicts_get_n (verdicts); i++)
    self->pairs[entries[i].verdict]++;
  for (guint row = 0; row < n_rows; row++)
    self->marks[tamis_verdicts_get_mark (verdicts, row)]++;
  self->n_folders = g_strv_length (folders);
  self->n_splits = g_strv_length (splits);
}

/* All decisions, whether their images are there or not. */
static gboolean
read_journal (TamisCli *cli, Content *self, GError **error)
{
  g_autoptr (TamisDataset) images
      = tamis_project_list_images (self->project, cli->cancel, error);
  g_autoptr (TamisJournal) journal = NULL;

  if (images == NULL)
    return FALSE;
  journal = tamis_journal_load (self->project, images, cli->cancel, error);
  if (journal == NULL)
    return FALSE;
  count_verdicts (self, tamis_journal_get_verdicts (journal), tamis_dataset_get_n_images (images));
  return TRUE;
}

/* Which of them are on images that are not in the data set now, as far as names and times say. */
static gboolean
count_unresolved (TamisCli *cli, Content *self, GError **error)
{
  g_autoptr (TamisDataset) found = NULL, known = NULL;
  g_autoptr (TamisJournal) journal = NULL;

  if (self->location != NULL)
    found = tamis_dataset_open (self->location, cli->progress, cli->cancel, NULL);
  if (found == NULL)
    return !g_cancellable_set_error_if_cancelled (cli->cancel, error);
  self->is_there = TRUE;
  known = tamis_project_recall (self->project, found, cli->cancel, error);
  if (known == NULL)
    return FALSE;
  journal = tamis_journal_load (self->project, known, cli->cancel, error);
  if (journal == NULL)
    return FALSE;
  self->n_unresolved = tamis_journal_get_n_unresolved (journal);
  return TRUE;
}

static void
print_json (const Content *self)
{
  static const char *const pairs[] = { NULL, "remove", "keep_both", "not_duplicates", "later" };
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_json_path (json, "project", tamis_project_get_path (self->project));
  tamis_json_integer (json, "format", (guint64) self->summary->version);
  if (self->location != NULL)
    tamis_json_path (json, "dataset", self->location);
  else
    tamis_json_string (json, "dataset", NULL);
  tamis_json_object (json, "settings");
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autofree char *value = tamis_project_dup_setting (self->project, settings[i]);

      if (value != NULL)
        tamis_json_path (json, settings[i], value);
    }
  tamis_json_end (json);
  tamis_json_integer (json, "images", self->summary->n_images);
  tamis_json_integer (json, "unreadable", self->summary->n_unreadable);
  tamis_json_object (json, "vectors");
  for (guint i = 0; i < self->summary->n_models; i++)
    tamis_json_integer (json, self->summary->models[i].name, self->summary->models[i].n_vectors);
  tamis_json_end (json);
  tamis_json_integer (json, "joined", self->summary->n_joined);
  tamis_json_object (json, "decisions");
  for (guint i = 1; i < G_N_ELEMENTS (pairs); i++)
    tamis_json_integer (json, pairs[i], self->pairs[i]);
  tamis_json_integer (json, "always_keep", self->marks[TAMIS_MARK_KEEP]);
  tamis_json_integer (json, "always_remove", self->marks[TAMIS_MARK_REMOVE]);
  tamis_json_integer (json, "folders", self->n_folders);
  tamis_json_integer (json, "splits", self->n_splits);
  tamis_json_end (json);
  if (self->is_there)
    tamis_json_integer (json, "unresolved", self->n_unresolved);
  tamis_json_integer (json, "steps", self->summary->n_steps);
  tamis_json_integer (json, "bytes", self->summary->bytes);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

static void
print_settings (const Content *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autofree char *value = tamis_project_dup_setting (self->project, settings[i]);
      g_autofree char *shown = value != NULL ? tamis_path_escape (value) : NULL;

      if (value == NULL)
        continue;
      printf ("%s%s %s", any ? ", " : "Settings: ", settings[i], shown);
      any = TRUE;
    }
  if (any)
    putchar ('\n');
}

static void
print_words (const Content *self)
{
  g_autofree char *images = tamis_plot_format_count (self->summary->n_images);
  g_autofree char *location = self->location != NULL ? tamis_path_escape (self->location) : NULL;

  printf ("Data set: %s%s\n", location != NULL ? location : "not noted",
          location != NULL && !self->is_there ? " (not there)" : "");
  print_settings (self);
  printf ("Known: %s images, %u unreadable files, pairs of %u classes or scopes\n", images,
          self->summary->n_unreadable, self->summary->n_joined);
  for (guint i = 0; i < self->summary->n_models; i++)
    printf ("  %u vectors of model %.12s... %s\n", self->summary->models[i].n_vectors,
            self->summary->models[i].name, strrchr (self->summary->models[i].name, ' ') + 1);
  printf ("Pairs: %u remove, %u keep both, %u not duplicates, %u later\n",
          self->pairs[TAMIS_VERDICT_REMOVE], self->pairs[TAMIS_VERDICT_KEEP_BOTH],
          self->pairs[TAMIS_VERDICT_NOT_DUPLICATES], self->pairs[TAMIS_VERDICT_LATER]);
  printf ("Images: %u always kept, %u always removed; %u folders with a rule, %u protected splits\n",
          self->marks[TAMIS_MARK_KEEP], self->marks[TAMIS_MARK_REMOVE], self->n_folders,
          self->n_splits);
  if (self->n_unresolved > 0)
    printf ("%u of these are on images that are not there now\n", self->n_unresolved);
  printf ("Journal: %u steps\n", self->summary->n_steps);
}

gboolean
tamis_verb_project (TamisCli *cli, GError **error)
{
  g_auto (Content) self = { NULL };

  if (!tamis_cli_parse (cli, NULL, error))
    return FALSE;
  self.project = tamis_project_open_read_only (cli->location, error);
  if (self.project == NULL)
    return FALSE;
  self.location = tamis_project_dup_location (self.project);
  self.summary = tamis_project_summarize (self.project, error);
  if (self.summary == NULL || !read_journal (cli, &self, error)
      || !count_unresolved (cli, &self, error))
    return FALSE;
  tamis_watch_wipe ();
  if (cli->json)
    print_json (&self);
  else
    print_words (&self);
  return TRUE;
}
