/* TamisWelcomePage: what a newcomer sees.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-welcome-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _TamisWelcomePage
{
  GtkWidget parent_instance;

  /* Template widgets */
  GtkWidget *scroller;
  GtkWidget *failure_box;
  GtkLabel *failure;
  GtkWidget *recent_group;
  GtkListBox *recent;
};

G_DEFINE_FINAL_TYPE (TamisWelcomePage, tamis_welcome_page, GTK_TYPE_WIDGET)

static GtkWidget *
recent_row (const char *folder)
{
  g_autofree char *base = g_path_get_basename (folder);
  g_autofree char *title = g_filename_display_name (base);
  g_autofree char *subtitle = g_filename_display_name (folder);
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-path");
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (row), g_variant_new_bytestring (folder));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  return row;
}

void
tamis_welcome_page_set_recent (TamisWelcomePage *self, const char *const *folders)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->recent))) != NULL)
    gtk_list_box_remove (self->recent, child);
  for (guint i = 0; folders[i] != NULL; i++)
    gtk_list_box_append (self->recent, recent_row (folders[i]));
  gtk_widget_set_visible (self->recent_group, folders[0] != NULL);
}

void
tamis_welcome_page_set_failure (TamisWelcomePage *self, const char *failure)
{
  gtk_label_set_text (self->failure, failure != NULL ? failure : "");
  gtk_widget_set_visible (self->failure_box, failure != NULL);
}

static void
tamis_welcome_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TAMIS_TYPE_WELCOME_PAGE);
  G_OBJECT_CLASS (tamis_welcome_page_parent_class)->dispose (object);
}

static void
tamis_welcome_page_init (TamisWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
tamis_welcome_page_class_init (TamisWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_welcome_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/tamis/Tamis/ui/tamis-welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisWelcomePage, scroller);
  gtk_widget_class_bind_template_child (widget_class, TamisWelcomePage, failure_box);
  gtk_widget_class_bind_template_child (widget_class, TamisWelcomePage, failure);
  gtk_widget_class_bind_template_child (widget_class, TamisWelcomePage, recent_group);
  gtk_widget_class_bind_template_child (widget_class, TamisWelcomePage, recent);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}
