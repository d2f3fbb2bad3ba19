/* TamisSession's project: where it lies, what is said when there is none, settings that it keeps.
 *
 * DESIGN: every data set has a project, in the user's data folder unless one was chosen, so that
 * nobody has to think of saving. Where it cannot be had (open in another window, damaged, of a newer
 * program, on a read-only disk) work goes on without, and a notice says that nothing is kept. A
 * project that was named itself must open, or the reason is the answer.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-session-private.h"

#include "tamis-format.h"

#include <glib/gi18n.h>

#define SETTINGS_REST_MS 400
#define LOCK_TRIES 8
#define LOCK_WAIT_US (100 * 1000)

/* ---- finding it (worker thread) ---- */

/* The way out where a project is broken: out of the way, and a new one. */
static TamisProject *
replace_damaged (const char *path, const char *location, char **notice)
{
  g_autofree char *aside = tamis_project_set_aside (path, NULL);
  g_autofree char *shown = aside != NULL ? g_filename_display_name (aside) : NULL;

  if (aside == NULL)
    {
      *notice = g_strdup (_("The project of this data set is damaged and cannot be moved out of the "
                            "way: nothing that you decide now is kept."));
      return NULL;
    }
  *notice = g_strdup_printf (_("The project of this data set was damaged and is now “%s”. A new one "
                               "was begun."), shown);
  return tamis_project_open (path, location, NULL);
}

static char *
word_missing (const GError *error)
{
  if (g_error_matches (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_LOCKED))
    return g_strdup (_("This data set is open in another window of Tamis: nothing that you decide in "
                       "this one is kept."));
  if (g_error_matches (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_NEWER))
    return g_strdup (_("The project of this data set is of a newer Tamis: nothing that you decide now "
                       "is kept."));
  return g_strdup_printf (_("Nothing that you decide now is kept: %s"), error->message);
}

/* What this program itself has just closed may take a moment until it is written and unlocked. */
static TamisProject *
open_patiently (const char *path, const char *location, GError **error)
{
  for (guint i = 0; i < LOCK_TRIES; i++)
    {
      g_autoptr (GError) reason = NULL;
      TamisProject *project = tamis_project_open (path, location, &reason);

      if (project != NULL)
        return project;
      if (i + 1 == LOCK_TRIES
          || !g_error_matches (reason, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_LOCKED))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return NULL;
        }
      g_usleep (LOCK_WAIT_US);
    }
  return NULL;
}

static TamisProject *
find_default (const char *location, TamisProject *present, char **notice)
{
  g_autofree char *path = tamis_project_default_path (location);
  g_autoptr (GError) error = NULL;
  TamisProject *project;

  if (present != NULL && g_str_equal (tamis_project_get_path (present), path))
    return tamis_project_ref (present);
  project = open_patiently (path, location, &error);
  if (g_error_matches (error, TAMIS_PROJECT_ERROR, TAMIS_PROJECT_ERROR_DAMAGED))
    return replace_damaged (path, location, notice);
  if (project == NULL)
    *notice = word_missing (error);
  return project;
}

TamisProject *
_tamis_session_find_project (const char *location, TamisProject *present, char **data,
                             char **notice, GError **error)
{
  TamisProject *project;

  *notice = NULL;
  *data = NULL;
  if (!tamis_project_is_project (location))
    {
      *data = g_strdup (location);
      project = find_default (location, present, notice);
    }
  else
    {
      project = present != NULL && g_str_equal (tamis_project_get_path (present), location)
                    ? tamis_project_ref (present)
                    : open_patiently (location, NULL, error);
      if (project == NULL)
        return NULL;
      *data = tamis_project_dup_location (project);
      if (*data == NULL)
        {
          g_autofree char *shown = tamis_format_path (location);

          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("“%s” does not say which data set it is of."), shown);
          g_clear_pointer (&project, tamis_project_unref);
          return NULL;
        }
    }
  if (project != NULL && *notice == NULL && tamis_project_is_read_only (project))
    *notice = g_strdup (_("The project may not be written where it lies: nothing that you decide now "
                          "is kept."));
  return project;
}

/* ---- the session's ---- */

void
_tamis_session_set_notice (TamisSession *self, const char *notice)
{
  if (g_strcmp0 (self->notice, notice) == 0)
    return;
  g_free (self->notice);
  self->notice = g_strdup (notice);
  _tamis_session_notify (self, "notice");
}

const char *
tamis_session_get_notice (TamisSession *self)
{
  return self->notice;
}

void
tamis_session_dismiss_notice (TamisSession *self)
{
  _tamis_session_set_notice (self, NULL);
}

TamisProject *
tamis_session_get_project (TamisSession *self)
{
  return self->project;
}

/* Writing what is queued may take a moment, which is not the window's. */
static gpointer
let_go (gpointer project)
{
  tamis_project_unref (project);
  return NULL;
}

void
_tamis_session_take_project (TamisSession *self, TamisProject *project, TamisDataset *dataset)
{
  if (self->dataset != NULL
      && !g_str_equal (tamis_dataset_get_location (self->dataset),
                       tamis_dataset_get_location (dataset)))
    g_clear_pointer (&self->journal, tamis_journal_free);
  if (project == self->project)
    return;
  g_clear_handle_id (&self->settings_source, g_source_remove);
  g_clear_pointer (&self->journal, tamis_journal_free);
  if (self->project != NULL)
    g_thread_unref (g_thread_new ("tamis-project", let_go, self->project));
  self->project = project != NULL ? tamis_project_ref (project) : NULL;
}

void
_tamis_session_take_journal (TamisSession *self, TamisJournal *journal)
{
  if (journal != NULL)
    {
      g_clear_pointer (&self->journal, tamis_journal_free);
      self->journal = journal;
    }
  else if (self->journal == NULL)
    self->journal = tamis_journal_new (self->dataset);
}

/* ---- settings ---- */

static void
write_settings (TamisSession *self)
{
  char threshold[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *minimum = g_strdup_printf ("%u", self->minimum);

  tamis_project_set_setting (self->project, TAMIS_PROJECT_MODEL, self->model_name);
  tamis_project_set_setting (self->project, TAMIS_PROJECT_THRESHOLD,
                             g_ascii_dtostr (threshold, sizeof threshold, self->threshold));
  tamis_project_set_setting (self->project, TAMIS_PROJECT_POLICY,
                             self->policy == TAMIS_POLICY_LAST ? "last" : "cover");
  tamis_project_set_setting (self->project, TAMIS_PROJECT_ORDER, self->order_text);
  tamis_project_set_setting (self->project, TAMIS_PROJECT_MIN_CLASS,
                             self->minimum > 0 ? minimum : NULL);
  for (guint c = 0; c < tamis_dataset_get_n_classes (self->dataset); c++)
    tamis_project_set_class_threshold (self->project,
                                       tamis_dataset_get_class_name (self->dataset, c),
                                       self->own[c]);
}

static gboolean
settings_rest (gpointer data)
{
  TamisSession *self = data;
  g_autofree char *error = NULL;

  self->settings_source = 0;
  if (self->project == NULL || self->pairs == NULL)
    return G_SOURCE_REMOVE;
  write_settings (self);
  error = tamis_project_dup_write_error (self->project);
  if (error != NULL)
    {
      g_autofree char *words
          = g_strdup_printf (_("What you decide cannot be written to the project: %s"), error);

      _tamis_session_set_notice (self, words);
    }
  return G_SOURCE_REMOVE;
}

void
_tamis_session_keep_settings (TamisSession *self)
{
  g_clear_handle_id (&self->settings_source, g_source_remove);
  if (self->project != NULL)
    self->settings_source = g_timeout_add (SETTINGS_REST_MS, settings_rest, self);
}

static void
restore_thresholds (TamisSession *self, double threshold)
{
  guint n = tamis_dataset_get_n_classes (self->dataset);
  g_autofree double *own = g_new (double, MAX (n, 1));

  for (guint c = 0; c < n; c++)
    own[c] = tamis_project_get_class_threshold (self->project,
                                                tamis_dataset_get_class_name (self->dataset, c));
  tamis_session_set_threshold (self, threshold);
  tamis_session_set_class_thresholds (self, own);
}

void
_tamis_session_restore_settings (TamisSession *self)
{
  g_autofree char *model = NULL;
  g_autofree char *threshold = NULL;
  g_autofree char *policy = NULL;
  g_autofree char *order = NULL;
  g_autofree char *minimum = NULL;

  if (self->project == NULL)
    return;
  model = tamis_project_dup_setting (self->project, TAMIS_PROJECT_MODEL);
  threshold = tamis_project_dup_setting (self->project, TAMIS_PROJECT_THRESHOLD);
  policy = tamis_project_dup_setting (self->project, TAMIS_PROJECT_POLICY);
  order = tamis_project_dup_setting (self->project, TAMIS_PROJECT_ORDER);
  minimum = tamis_project_dup_setting (self->project, TAMIS_PROJECT_MIN_CLASS);
  /* A T belongs to the model it was chosen for. */
  if (threshold != NULL && g_strcmp0 (model, self->model_name) == 0)
    restore_thresholds (self, g_ascii_strtod (threshold, NULL));
  if (minimum != NULL)
    tamis_session_set_minimum (self, (guint) g_ascii_strtoull (minimum, NULL, 10));
  if (policy != NULL)
    tamis_session_set_policy (self, g_str_equal (policy, "last") ? TAMIS_POLICY_LAST
                                                                 : TAMIS_POLICY_COVER);
  if (order != NULL)
    tamis_session_set_order (self, order);
  _tamis_session_keep_settings (self);
}

void
_tamis_session_drop_project (TamisSession *self)
{
  if (self->settings_source != 0)
    {
      g_clear_handle_id (&self->settings_source, g_source_remove);
      settings_rest (self);
    }
  g_clear_pointer (&self->journal, tamis_journal_free);
  /* The program may be about to end: what was decided must be in the file by then. */
  if (self->project != NULL)
    tamis_project_flush (self->project, NULL, NULL);
  g_clear_pointer (&self->project, tamis_project_unref);
}
