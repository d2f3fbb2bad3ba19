/* See tamis-agreement-view.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-agreement-view.h"

#include "tamis-agreement-words.h"
#include "tamis-format.h"

#include <glib/gi18n.h>

#define NAME_CHARS 24

static GtkWidget *
add_label (GtkGrid *grid, const char *text, int column, int row, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_widget_set_hexpand (label, column == 0);
  gtk_grid_attach (grid, label, column, row, 1, 1);
  return label;
}

/* A line below all others. */
static void
add_note (GtkGrid *grid, const char *text, int columns, int row)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_grid_attach (grid, label, 0, row, columns, 1);
}

static void
clear (GtkGrid *grid)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (grid))) != NULL)
    gtk_grid_remove (grid, child);
}

/* ---- verdict by verdict ---- */

/* Which of two images goes is no kind of its own: the table says in how many cases they differ. */
typedef enum {
  REMOVE_ONE,
  KEEP_BOTH,
  NOT_DUPLICATES,
  DUPLICATES,
  N_KINDS,
} Kind;

static Kind
get_kind (int answer)
{
  static const Kind kinds[TAMIS_N_ANSWERS]
      = { REMOVE_ONE, REMOVE_ONE, KEEP_BOTH, NOT_DUPLICATES, DUPLICATES };

  return kinds[answer];
}

static const char *
word_kind (Kind kind)
{
  switch (kind)
    {
    case REMOVE_ONE:
      return _("Remove one");
    case KEEP_BOTH:
      return _("Keep both");
    case NOT_DUPLICATES:
      return _("Not duplicates");
    default:
      return _("Duplicates");
    }
}

/* @swapped: more of them, in which each would remove the image that the other keeps */
static void
add_cell (GtkGrid *grid, Kind ours, Kind theirs, guint n, guint swapped)
{
  g_autofree char *count = tamis_format_count (n);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = gtk_label_new (count);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, ours == theirs ? "heading" : "body");
  if (n == 0)
    gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  if (swapped > 0)
    {
      g_autofree char *words = g_strdup_printf (
          ngettext ("%u with sides swapped", "%u with sides swapped", swapped), swapped);
      GtkWidget *more = gtk_label_new (words);

      gtk_label_set_xalign (GTK_LABEL (more), 1);
      gtk_widget_add_css_class (more, "caption");
      gtk_widget_add_css_class (more, "dim-label");
      gtk_box_append (GTK_BOX (box), more);
    }
  gtk_grid_attach (grid, box, (int) theirs + 1, (int) ours + 2, 1, 1);
}

static void
add_heads (GtkGrid *grid, const char *other, guint n_kinds)
{
  GtkWidget *name = gtk_label_new (other);

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (name), NAME_CHARS);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_grid_attach (grid, name, 1, 0, (int) n_kinds, 1);
  add_label (grid, C_("curator", "You"), 0, 1, "dim-label");
  for (Kind kind = 0; kind < n_kinds; kind++)
    {
      add_label (grid, word_kind (kind), (int) kind + 1, 1, "caption-heading");
      add_label (grid, word_kind (kind), 0, (int) kind + 2, "caption-heading");
    }
}

void
tamis_agreement_show_table (GtkGrid *grid, const TamisAgreement *agreement, const char *other)
{
  guint counts[N_KINDS][N_KINDS] = { { 0 } };
  guint n_duplicates = 0, n_kinds, swapped;

  clear (grid);
  gtk_widget_set_visible (GTK_WIDGET (grid), agreement->all.n > 0);
  for (int i = 0; i < TAMIS_N_ANSWERS; i++)
    for (int j = 0; j < TAMIS_N_ANSWERS; j++)
      {
        counts[get_kind (i)][get_kind (j)] += (guint) agreement->table[i][j];
        if (get_kind (i) == DUPLICATES || get_kind (j) == DUPLICATES)
          n_duplicates += (guint) agreement->table[i][j];
      }
  n_kinds = n_duplicates > 0 ? N_KINDS : DUPLICATES;
  add_heads (grid, other, n_kinds);
  swapped = (guint) (agreement->table[TAMIS_ANSWER_REMOVE_A][TAMIS_ANSWER_REMOVE_B]
                     + agreement->table[TAMIS_ANSWER_REMOVE_B][TAMIS_ANSWER_REMOVE_A]);
  counts[REMOVE_ONE][REMOVE_ONE] -= swapped;
  for (Kind i = 0; i < n_kinds; i++)
    for (Kind j = 0; j < n_kinds; j++)
      add_cell (grid, i, j, counts[i][j], i == REMOVE_ONE && j == REMOVE_ONE ? swapped : 0);
}

/* ---- class by class ---- */

static void
add_class (GtkGrid *grid, const char *class_name, const TamisKappa *kappa, int row)
{
  g_autofree char *name = tamis_format_path (class_name);
  g_autofree char *n = tamis_format_count (kappa->n);
  g_autofree char *agree = tamis_format_count (kappa->n_agree);
  g_autofree char *interval = kappa->exists ? tamis_agreement_word_interval (kappa) : g_strdup ("–");
  GtkWidget *label = add_label (grid, name, 0, row, NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (label), NAME_CHARS / 2);
  gtk_widget_set_tooltip_text (label, name);
  add_label (grid, n, 1, row, "numeric");
  add_label (grid, agree, 2, row, "numeric");
  add_label (grid, interval, 3, row, "numeric");
}

guint
tamis_agreement_show_classes (GtkGrid *grid, const TamisAgreement *agreement)
{
  guint n_classes = tamis_dataset_get_n_classes (agreement->dataset), n = 0;

  clear (grid);
  if (n_classes < 2)
    return 0;
  add_label (grid, _("Class"), 0, 0, "caption-heading");
  add_label (grid, _("Both judged"), 1, 0, "caption-heading");
  add_label (grid, _("Agree"), 2, 0, "caption-heading");
  add_label (grid, _("Kappa"), 3, 0, "caption-heading");
  for (guint c = 0; c < n_classes; c++)
    if (agreement->classes[c].n >= TAMIS_KAPPA_MIN_CLASS)
      add_class (grid, tamis_dataset_get_class_name (agreement->dataset, c), &agreement->classes[c],
                 (int) ++n);
  if (n < n_classes)
    {
      g_autofree char *note = g_strdup_printf (
          ngettext ("Classes with fewer than %u pair judged by both are left out.",
                    "Classes with fewer than %u pairs judged by both are left out.",
                    TAMIS_KAPPA_MIN_CLASS),
          TAMIS_KAPPA_MIN_CLASS);

      add_note (grid, note, 4, (int) n + 1);
    }
  return n;
}
