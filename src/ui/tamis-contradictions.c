/* Verdicts that the present plan cannot follow: see tamis-contradictions.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-contradictions.h"

#include "tamis-format.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MOST 200 /* rows; who has more needs other help than a longer list */

static char *
dup_name (TamisSession *session, guint row)
{
  TamisDataset *dataset = tamis_session_get_dataset (session);

  return row != TAMIS_NO_WITNESS ? tamis_format_path (tamis_dataset_get_path (dataset, row))
                                 : NULL;
}

static char *
word_conflict (TamisSession *session, TamisConflict conflict)
{
  g_autofree char *row = dup_name (session, conflict.row);
  g_autofree char *other = dup_name (session, conflict.other);

  switch (conflict.kind)
    {
    case TAMIS_CONFLICT_PROTECTED:
      return g_strdup_printf (_("%s was decided to go, and stays: another verdict, its folder or "
                                "its split protects it."), row);
    case TAMIS_CONFLICT_NO_WITNESS:
      return other != NULL
                 ? g_strdup_printf (_("%s was decided to go for %s, and stays: nothing like it "
                                      "stays at this T."), row, other)
                 : g_strdup_printf (_("%s is marked to go always, and stays: nothing like it stays "
                                      "at this T."), row);
    case TAMIS_CONFLICT_WITNESS_GOES:
    default:
      return g_strdup_printf (_("%s was to stay in place of %s, and goes itself for a third "
                                "image."), row, other);
    }
}

static GtkWidget *
make_row (TamisSession *session, TamisConflict conflict)
{
  g_autofree char *words = word_conflict (session, conflict);
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 56);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_margin_top (label, 6);
  gtk_widget_set_margin_bottom (label, 6);
  return label;
}

static void
fill (GtkMenuButton *button, gpointer data)
{
  TamisSession *session = data;
  TamisPlan *plan = tamis_session_get_plan (session);
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  for (guint i = 0; plan != NULL && i < MIN (tamis_plan_get_n_conflicts (plan), MOST); i++)
    gtk_box_append (GTK_BOX (list), make_row (session, tamis_plan_get_conflict (plan, i)));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 320);
  gtk_popover_set_child (GTK_POPOVER (popover), scroller);
  gtk_menu_button_set_popover (button, popover);
}

void
tamis_contradictions_show (GtkMenuButton *button, TamisSession *session)
{
  TamisPlan *plan = tamis_session_get_plan (session);
  GtkWidget *content;
  guint n = plan != NULL ? tamis_plan_get_n_conflicts (plan) : 0;
  g_autofree char *count = tamis_format_count (n);
  g_autofree char *text = g_strdup_printf (
      ngettext ("%s verdict cannot be followed", "%s verdicts cannot be followed", n), count);

  gtk_widget_set_visible (GTK_WIDGET (button), n > 0);
  if (n == 0)
    return;
  /* The sentence would be wide enough to fold the sidebar away. */
  content = adw_button_content_new ();
  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "dialog-warning-symbolic");
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), count);
  gtk_menu_button_set_child (button, content);
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_menu_button_set_create_popup_func (button, fill, session, NULL);
}
