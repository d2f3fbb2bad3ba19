/* TamisSweepWindow: see tamis-sweep-window.h.
 *
 * The cells are words made once from the sweep, which may be replaced by another while the window is
 * open.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-sweep-window.h"

#include "tamis-chooser.h"
#include "tamis-column-titles.h"
#include "tamis-format.h"
#include "tamis-statistics-words.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define N_CELLS 11

/* ---- a row ---- */

#define TAMIS_TYPE_SWEEP_ROW (tamis_sweep_row_get_type ())
G_DECLARE_FINAL_TYPE (TamisSweepRow, tamis_sweep_row, TAMIS, SWEEP_ROW, GObject)

struct _TamisSweepRow
{
  GObject parent_instance;

  char *cells[N_CELLS];
};

G_DEFINE_FINAL_TYPE (TamisSweepRow, tamis_sweep_row, G_TYPE_OBJECT)

static void
tamis_sweep_row_finalize (GObject *object)
{
  for (guint i = 0; i < N_CELLS; i++)
    g_free (TAMIS_SWEEP_ROW (object)->cells[i]);
  G_OBJECT_CLASS (tamis_sweep_row_parent_class)->finalize (object);
}

static void
tamis_sweep_row_init (TamisSweepRow *self)
{
}

static void
tamis_sweep_row_class_init (TamisSweepRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tamis_sweep_row_finalize;
}

/* ---- the window ---- */

struct _TamisSweepWindow
{
  AdwWindow parent_instance;

  /* Template widgets */
  GtkColumnView *view;
  GtkToggleButton *cover;
  GtkToggleButton *last;
  GtkLabel *words;

  /* Owned */
  GListStore *rows[2]; /* of TamisSweepRow, by TamisPolicy */
  char *csv;
  GtkFileChooserNative *chooser;
};

G_DEFINE_FINAL_TYPE (TamisSweepWindow, tamis_sweep_window, ADW_TYPE_WINDOW)

static const char *
cell_title (guint column)
{
  const char *const titles[N_CELLS]
      = { _("T"),  _("Images left"), _("Share left"), _("Pairs"), _("Orphans"), "PC1", "PC2", "PC3",
          _("Entropy PC1"), _("Entropy PC2"), _("Entropy PC3") };

  return titles[column];
}

static char *
word_share (guint kept, guint all)
{
  g_autofree char *number = tamis_words_number (100.0 * kept / MAX (all, 1), 1, FALSE);

  return g_strdup_printf ("%s %%", number);
}

static TamisSweepRow *
row_new (const TamisSweepPoint *point, guint n_images)
{
  TamisSweepRow *self = g_object_new (TAMIS_TYPE_SWEEP_ROW, NULL);

  self->cells[0] = tamis_format_similarity (point->threshold);
  self->cells[1] = tamis_format_count (point->kept);
  self->cells[2] = word_share (point->kept, n_images);
  self->cells[3] = tamis_format_count (point->n_pairs);
  self->cells[4] = tamis_format_count (point->orphans);
  for (guint k = 0; k < TAMIS_REMOVAL_COMPONENTS; k++)
    {
      const TamisFigure *change = &point->unit_entropy_change[k];

      self->cells[5 + k] = tamis_words_line (&point->lines[k], FALSE);
      self->cells[8 + k] = tamis_words_number (
          change->reason == TAMIS_REASON_NONE ? change->value : NAN, 2, TRUE);
    }
  return self;
}

/* The row of the paper's table 2 above all others: nothing removed. */
static TamisSweepRow *
row_new_none (guint n_images)
{
  TamisSweepRow *self = g_object_new (TAMIS_TYPE_SWEEP_ROW, NULL);

  self->cells[0] = g_strdup (C_("threshold", "none"));
  self->cells[1] = tamis_format_count (n_images);
  self->cells[2] = word_share (n_images, n_images);
  for (guint i = 3; i < N_CELLS; i++)
    self->cells[i] = g_strdup ("–");
  return self;
}

/* From high T down, as in the paper. */
static GListStore *
rows_new (const TamisSweep *sweep, TamisPolicy policy)
{
  GListStore *rows = g_list_store_new (TAMIS_TYPE_SWEEP_ROW);
  g_autoptr (TamisSweepRow) none = row_new_none (sweep->n_images);

  g_list_store_append (rows, none);
  for (guint i = sweep->n_steps; i > 0; i--)
    {
      g_autoptr (TamisSweepRow) row = row_new (&sweep->points[policy][i - 1], sweep->n_images);

      g_list_store_append (rows, row);
    }
  return rows;
}

static TamisPolicy
shown_policy (TamisSweepWindow *self)
{
  return gtk_toggle_button_get_active (self->last) ? TAMIS_POLICY_LAST : TAMIS_POLICY_COVER;
}

static void
show_rows (TamisSweepWindow *self)
{
  GListModel *rows = G_LIST_MODEL (self->rows[shown_policy (self)]);
  g_autoptr (GtkNoSelection) selection
      = rows != NULL ? gtk_no_selection_new (g_object_ref (rows)) : NULL;

  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
}

/* ---- copying and saving ---- */

char *
tamis_sweep_window_dup_text (TamisSweepWindow *self)
{
  GListModel *rows = G_LIST_MODEL (self->rows[shown_policy (self)]);
  GString *text = g_string_new (NULL);

  for (guint column = 0; column < N_CELLS; column++)
    g_string_append_printf (text, "%s%s", column > 0 ? "\t" : "", cell_title (column));
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (TamisSweepRow) row = g_list_model_get_item (rows, i);

      for (guint column = 0; column < N_CELLS; column++)
        g_string_append_printf (text, "%s%s", column > 0 ? "\t" : "\n", row->cells[column]);
    }
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}

static void
on_copy_clicked (TamisSweepWindow *self)
{
  g_autofree char *text = tamis_sweep_window_dup_text (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_label_set_text (self->words, _("Copied all rows of this policy"));
}

typedef struct
{
  char *csv;
  char *path;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_free (save->csv);
  g_free (save->path);
  g_free (save);
}

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
  Save *save = data;
  g_autoptr (TamisWriter) writer = tamis_writer_new (save->path);
  GError *error = NULL;

  tamis_writer_put (writer, save->csv, strlen (save->csv));
  if (tamis_writer_commit (writer, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
saved (GObject *source, GAsyncResult *result, gpointer data)
{
  TamisSweepWindow *self = TAMIS_SWEEP_WINDOW (source);
  Save *save = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_filename_display_name (save->path);
  g_autofree char *text = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    text = g_strdup_printf (_("Wrote both policies to %s"), path);
  else
    text = g_strdup_printf (_("The table could not be written: %s"), error->message);
  gtk_label_set_text (self->words, text);
}

void
tamis_sweep_window_save (TamisSweepWindow *self, const char *path)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, saved, NULL);
  Save *save = g_new0 (Save, 1);

  save->csv = g_strdup (self->csv);
  save->path = g_strdup (path);
  g_task_set_task_data (task, save, save_free);
  g_task_run_in_thread (task, save_thread);
}

static void
file_chosen (TamisSweepWindow *self, int response)
{
  g_autofree char *path = tamis_chooser_get_path (self->chooser, response);

  if (path != NULL)
    tamis_sweep_window_save (self, path);
  g_clear_object (&self->chooser);
}

static void
on_save_clicked (TamisSweepWindow *self)
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Save Sweep as a Table"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"),
                                               _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), "sweep.csv");
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (file_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- construction ---- */

static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), GPOINTER_TO_UINT (data) == 0 ? 0.0f : 1.0f);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  TamisSweepRow *row = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      row->cells[GPOINTER_TO_UINT (data)]);
}

static void
add_columns (TamisSweepWindow *self)
{
  for (guint column = 0; column < N_CELLS; column++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) view_column = NULL;

      g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), GUINT_TO_POINTER (column));
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), GUINT_TO_POINTER (column));
      view_column = gtk_column_view_column_new (cell_title (column), factory);
      gtk_column_view_column_set_expand (view_column, column >= 5);
      gtk_column_view_append_column (self->view, view_column);
    }
  tamis_column_titles_align (self->view, 1, N_CELLS - 1);
}

TamisSweepWindow *
tamis_sweep_window_new (GtkWindow *parent, const TamisSweep *sweep, TamisPolicy policy)
{
  TamisSweepWindow *self = g_object_new (TAMIS_TYPE_SWEEP_WINDOW, "transient-for", parent, NULL);

  for (guint p = 0; p < 2; p++)
    self->rows[p] = rows_new (sweep, p);
  self->csv = tamis_sweep_format_csv (sweep);
  gtk_toggle_button_set_active (policy == TAMIS_POLICY_LAST ? self->last : self->cover, TRUE);
  show_rows (self);
  return self;
}

static void
tamis_sweep_window_dispose (GObject *object)
{
  TamisSweepWindow *self = TAMIS_SWEEP_WINDOW (object);

  g_clear_object (&self->chooser);
  g_clear_object (&self->rows[0]);
  g_clear_object (&self->rows[1]);
  g_clear_pointer (&self->csv, g_free);
  G_OBJECT_CLASS (tamis_sweep_window_parent_class)->dispose (object);
}

static void
tamis_sweep_window_init (TamisSweepWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_columns (self);
}

static void
tamis_sweep_window_class_init (TamisSweepWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_sweep_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-sweep-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisSweepWindow, view);
  gtk_widget_class_bind_template_child (widget_class, TamisSweepWindow, cover);
  gtk_widget_class_bind_template_child (widget_class, TamisSweepWindow, last);
  gtk_widget_class_bind_template_child (widget_class, TamisSweepWindow, words);
  gtk_widget_class_bind_template_callback (widget_class, show_rows);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}
