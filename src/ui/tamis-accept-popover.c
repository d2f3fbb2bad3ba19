/* TamisAcceptPopover: see tamis-accept-popover.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-accept-popover.h"

#include "tamis-format.h"

#include <glib/gi18n.h>

#define FIRST_SIMILARITY 0.99

struct _TamisAcceptPopover
{
  GtkPopover parent_instance;

  GtkSpinButton *similarity;
  GtkLabel *words;
  GtkButton *accept;

  /* Borrowed */
  TamisSession *session;
};

G_DEFINE_FINAL_TYPE (TamisAcceptPopover, tamis_accept_popover, GTK_TYPE_POPOVER)

static void
show_words (TamisAcceptPopover *self)
{
  int class_index = tamis_session_get_class (self->session);
  guint n = tamis_session_count_open_above (self->session, class_index,
                                            gtk_spin_button_get_value (self->similarity));
  g_autofree char *count = tamis_format_count (n);
  g_autofree char *text = NULL;

  if (class_index < 0)
    text = g_strdup_printf (ngettext ("%s open proposal in all classes",
                                      "%s open proposals in all classes", n), count);
  else
    text = g_strdup_printf (ngettext ("%s open proposal in this class",
                                      "%s open proposals in this class", n), count);
  gtk_label_set_text (self->words, text);
  gtk_widget_set_sensitive (GTK_WIDGET (self->accept), n > 0);
}

static void
accept (TamisAcceptPopover *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
  tamis_session_accept_above (self->session, tamis_session_get_class (self->session),
                              gtk_spin_button_get_value (self->similarity));
}

static void
on_show (TamisAcceptPopover *self)
{
  gtk_spin_button_set_range (self->similarity, tamis_session_get_floor (self->session), 1.0);
  show_words (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->similarity));
}

static void
plan_changed (TamisAcceptPopover *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    show_words (self);
}

void
tamis_accept_popover_set_session (TamisAcceptPopover *self, TamisSession *session)
{
  self->session = session;
  g_signal_connect_object (session, "plan", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "show", G_CALLBACK (on_show), self, G_CONNECT_SWAPPED);
}

static void
tamis_accept_popover_init (TamisAcceptPopover *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *title = gtk_label_new (_("Confirm all with a similarity above"));

  self->similarity = GTK_SPIN_BUTTON (gtk_spin_button_new_with_range (0, 1, 0.001));
  gtk_spin_button_set_value (self->similarity, FIRST_SIMILARITY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->similarity), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Similarity above which proposals are confirmed"), -1);
  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "dim-label");
  gtk_label_set_xalign (self->words, 0);
  self->accept = GTK_BUTTON (gtk_button_new_with_label (_("Confirm")));
  gtk_widget_add_css_class (GTK_WIDGET (self->accept), "suggested-action");
  gtk_box_append (GTK_BOX (line), title);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->similarity));
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->accept));
  for (int side = 0; side < 4; side++)
    (side == 0   ? gtk_widget_set_margin_top
     : side == 1 ? gtk_widget_set_margin_bottom
     : side == 2 ? gtk_widget_set_margin_start
                 : gtk_widget_set_margin_end) (box, 12);
  gtk_popover_set_child (GTK_POPOVER (self), box);
  g_signal_connect_object (self->similarity, "value-changed", G_CALLBACK (show_words), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->accept, "clicked", G_CALLBACK (accept), self, G_CONNECT_SWAPPED);
}

static void
tamis_accept_popover_class_init (TamisAcceptPopoverClass *klass)
{
}
