/* A report: from engine results to a document.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report-private.h"

#include <plot/style.h>

static const char *
policy_name (TamisPolicy policy)
{
  return policy == TAMIS_POLICY_COVER ? "cover" : "last";
}

/* A model's name, or the last part of its file's path. */
static char *
model_name (const TamisReport *self)
{
  g_autofree char *base = NULL;

  if (self->model == NULL)
    return g_strdup ("unknown");
  base = g_path_get_basename (tamis_model_get_name (self->model));
  return tamis_path_escape (base);
}

static guint
count_halved (const TamisReport *self)
{
  guint n = 0;

  for (guint c = 0; c < tamis_dataset_get_n_classes (self->dataset); c++)
    n += tamis_plan_get_class_kept (self->plans[0], c) * (guint64) 2
         < tamis_dataset_get_class_range (self->dataset, c).n;
  return n;
}

static void
add_head (const TamisReport *self, Document *document)
{
  TamisPlan *plan = self->plans[0];
  guint n_images = tamis_dataset_get_n_images (self->dataset);
  guint n_removed = tamis_plan_get_n_removed (plan);
  g_autofree char *name = tamis_path_escape (tamis_dataset_get_name (self->dataset));
  g_autofree char *model = model_name (self);
  g_autofree char *images = tamis_plot_format_count (n_images);
  g_autofree char *kept = tamis_plot_format_count (tamis_plan_get_n_kept (plan));
  g_autofree char *removed = tamis_plot_format_count (n_removed);
  g_autofree char *pairs = tamis_plot_format_count (tamis_plan_get_n_pairs (plan));
  GArray *tiles;

  document_add_text (document, DOCUMENT_TITLE, "Near-duplicates in %s", name);
  document_add_text (document, DOCUMENT_NOTE, "T = %.3f, model %s, policy %s",
                     tamis_plan_get_threshold (plan), model,
                     policy_name (tamis_plan_get_policy (plan)));
  tiles = document_add_tiles (document);
  document_tiles_add (tiles, "images", "%s", images);
  document_tiles_add (tiles, "kept", "%s", kept);
  document_tiles_add (tiles, "removed", "%s", removed);
  document_tiles_add (tiles, "of all images", "%.1f %%", 100.0 * n_removed / MAX (n_images, 1));
  document_tiles_add (tiles, "pairs above T", "%s", pairs);
  document_tiles_add (tiles, "unreadable", "%u",
                      tamis_dataset_get_n_unreadable (self->dataset));
}

static void
add_meaning (const TamisReport *self, Document *document)
{
  TamisPlan *plan = self->plans[0];
  guint n_orphans = tamis_plan_get_n_orphans (plan);
  guint n_halved = count_halved (self);

  document_add_text (document, DOCUMENT_TEXT,
                     "Two images count as near-duplicates when the cosine of what the model makes "
                     "of them is above T. Nothing has been changed or deleted: this is a proposal.");
  if (tamis_plan_get_policy (plan) == TAMIS_POLICY_COVER)
    document_add_text (document, DOCUMENT_TEXT,
                       "Every image proposed for removal has a witness: an image that stays and "
                       "whose similarity to it is above T.");
  else if (n_orphans > 0)
    document_add_text (document, DOCUMENT_TEXT,
                       "Policy last, as in the paper: %u of the removed images are orphans, no "
                       "image that stays is above T with them. Policy cover has none.", n_orphans);
  if (n_halved > 0)
    document_add_text (document, DOCUMENT_TEXT,
                       "%u of %u classes would lose more than half of their images. Look at their "
                       "pairs before removing anything.", n_halved,
                       tamis_dataset_get_n_classes (self->dataset));
}

static void
add_thresholds (const TamisReport *self, Document *document)
{
  static const DocumentColumn columns[] = { DOCUMENT_LEFT, DOCUMENT_RIGHT, DOCUMENT_RIGHT,
                                            DOCUMENT_RIGHT, DOCUMENT_RIGHT, DOCUMENT_BAR };
  static const char *const head[] = { "T", "pairs", "kept", "removed", "orphans", "kept of all" };
  guint n_images = MAX (tamis_dataset_get_n_images (self->dataset), 1);
  DocumentTable *table;

  if (self->n_plans < 2)
    return;
  document_add_text (document, DOCUMENT_HEADING, "Thresholds");
  table = document_add_table (document, G_N_ELEMENTS (columns), columns);
  for (guint i = 0; i < G_N_ELEMENTS (head); i++)
    document_table_add (table, head[i]);
  for (guint i = 0; i < self->n_plans; i++)
    {
      TamisPlan *plan = self->plans[i];

      document_table_take (table, g_strdup_printf ("%.3f", tamis_plan_get_threshold (plan)));
      document_table_take (table, tamis_plot_format_count (tamis_plan_get_n_pairs (plan)));
      document_table_take (table, tamis_plot_format_count (tamis_plan_get_n_kept (plan)));
      document_table_take (table, tamis_plot_format_count (tamis_plan_get_n_removed (plan)));
      document_table_take (table, tamis_plot_format_count (tamis_plan_get_n_orphans (plan)));
      document_table_take (table, g_strdup_printf ("%.4f", tamis_plan_get_n_kept (plan)
                                                               / (double) n_images));
    }
}

/* What is special about a class, in words. */
static char *
note_class (const TamisReport *self, guint class_index, gboolean halved)
{
  const char *loss = halved ? "loses more than half" : "";

  TamisPlan *plan = self->plans[0];

  if (tamis_plan_count_class_thresholds (plan) == 0)
    return g_strdup (loss);
  return g_strdup_printf ("T = %.3f%s%s", tamis_plan_get_class_threshold (plan, class_index),
                          halved ? ", " : "", loss);
}

static void
add_classes (const TamisReport *self, Document *document)
{
  static const DocumentColumn columns[] = { DOCUMENT_LEFT, DOCUMENT_RIGHT, DOCUMENT_RIGHT,
                                            DOCUMENT_RIGHT, DOCUMENT_BAR, DOCUMENT_LEFT };
  static const char *const head[] = { "class", "before", "after", "lost", "kept", "" };
  DocumentTable *table;

  document_add_text (document, DOCUMENT_HEADING, "Classes");
  table = document_add_table (document, G_N_ELEMENTS (columns), columns);
  for (guint i = 0; i < G_N_ELEMENTS (head); i++)
    document_table_add (table, head[i]);
  for (guint c = 0; c < tamis_dataset_get_n_classes (self->dataset); c++)
    {
      guint before = tamis_dataset_get_class_range (self->dataset, c).n;
      guint after = tamis_plan_get_class_kept (self->plans[0], c);
      double share = before > 0 ? after / (double) before : 1.0;

      document_table_take (table,
                           tamis_path_escape (tamis_dataset_get_class_name (self->dataset, c)));
      document_table_take (table, tamis_plot_format_count (before));
      document_table_take (table, tamis_plot_format_count (after));
      document_table_take (table, g_strdup_printf ("%.1f %%", 100.0 * (1.0 - share)));
      document_table_take (table, g_strdup_printf ("%.4f", share));
      document_table_take (table, note_class (self, c, share < 0.5));
    }
}

static void
add_unreadable (const TamisReport *self, Document *document)
{
  static const DocumentColumn columns[] = { DOCUMENT_LEFT, DOCUMENT_LEFT };
  guint n = tamis_dataset_get_n_unreadable (self->dataset);
  DocumentTable *table;

  if (n == 0)
    return;
  document_add_text (document, DOCUMENT_HEADING, "What could not be read");
  document_add_text (document, DOCUMENT_NOTE,
                     "These files took no part in anything above; they are neither kept nor removed.");
  table = document_add_table (document, G_N_ELEMENTS (columns), columns);
  document_table_add (table, "file");
  document_table_add (table, "reason");
  for (guint i = 0; i < n; i++)
    {
      const TamisUnreadable *unreadable = tamis_dataset_get_unreadable (self->dataset, i);

      document_table_take (table, tamis_path_escape (unreadable->path));
      document_table_add (table, unreadable->reason);
    }
}

static void
add_setting (DocumentTable *table, const char *name, char *value)
{
  document_table_add (table, name);
  document_table_take (table, value);
}

static void
add_settings (const TamisReport *self, Document *document)
{
  static const DocumentColumn columns[] = { DOCUMENT_LEFT, DOCUMENT_LEFT };
  DocumentTable *table;

  document_add_text (document, DOCUMENT_HEADING, "Settings");
  table = document_add_table (document, G_N_ELEMENTS (columns), columns);
  add_setting (table, "setting", g_strdup ("value"));
  add_setting (table, "data set",
               tamis_path_escape (tamis_dataset_get_location (self->dataset)));
  add_setting (table, "model", self->model != NULL
                                   ? tamis_path_escape (tamis_model_get_name (self->model))
                                   : g_strdup ("unknown: vectors were given"));
  if (self->model != NULL)
    add_setting (table, "model SHA-256", g_strdup (tamis_model_get_sha256 (self->model)));
  add_setting (table, "numbers an image",
               g_strdup_printf ("%u", tamis_latents_get_dimension (self->latents)));
  add_setting (table, "threshold T",
               g_strdup_printf ("%.6g", tamis_plan_get_threshold (self->plans[0])));
  add_setting (table, "floor of pairs",
               g_strdup_printf ("%.6g", tamis_pairs_get_floor (self->pairs)));
  add_setting (table, "policy",
               g_strdup (policy_name (tamis_plan_get_policy (self->plans[0]))));
  add_setting (table, "scope",
               g_strdup (tamis_pairs_get_scope (self->pairs) == TAMIS_SCOPE_ALL
                             ? "all: pairs across classes too"
                             : "class: pairs inside one class"));
  add_setting (table, "keep first", g_strdup (self->order));
  add_setting (table, "Tamis", g_strdup (tamis_get_version ()));
}

gboolean
tamis_report_knows (const char *path)
{
  return g_str_has_suffix (path, ".html") || g_str_has_suffix (path, ".pdf");
}

gboolean
tamis_report_write (const TamisReport *self, const char *path, TamisProgress *progress,
                    GCancellable *cancel, GError **error)
{
  g_autoptr (Document) document = document_new ();
  g_autofree char *author = g_strdup_printf ("Tamis %s", tamis_get_version ());

  if (!tamis_report_knows (path))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "A report ends in .html or .pdf, not as %s", path);
      return FALSE;
    }
  add_head (self, document);
  add_meaning (self, document);
  add_thresholds (self, document);
  add_classes (self, document);
  report_add_similarity (self, document);
  report_add_statistics (self, document);
  if (!report_add_samples (self, document, progress, cancel, error))
    return FALSE;
  add_unreadable (self, document);
  add_settings (self, document);
  if (g_str_has_suffix (path, ".pdf"))
    return document_write_pdf (document, author, path, error);
  return document_write_html (document, author, path, error);
}
