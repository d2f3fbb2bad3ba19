/* Titles of columns: see tamis-column-titles.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-column-titles.h"

/* GTK 4.8 has no property for it. The header is the view's first child, a title's label the first child
 * of its box. */
void
tamis_column_titles_align (GtkColumnView *view, guint first, guint last)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;

  for (guint column = 0; column <= last && title != NULL; column++)
    {
      GtkWidget *box = gtk_widget_get_first_child (title);
      GtkWidget *label = box != NULL ? gtk_widget_get_first_child (box) : NULL;

      if (GTK_IS_LABEL (label) && column >= first)
        {
          gtk_widget_set_hexpand (label, TRUE);
          gtk_label_set_xalign (GTK_LABEL (label), 1);
        }
      title = gtk_widget_get_next_sibling (title);
    }
}
