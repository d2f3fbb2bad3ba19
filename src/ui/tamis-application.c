/* TamisApplication: start-up, command line, actions that need no window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-application.h"

#include "tamis-shortcuts.h"
#include "tamis-textures.h"
#include "tamis-window.h"

#include <glib/gi18n.h>

struct _TamisApplication
{
  AdwApplication parent_instance;

  /* Owned */
  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (TamisApplication, tamis_application, ADW_TYPE_APPLICATION)

TamisApplication *
tamis_application_new (void)
{
  return g_object_new (TAMIS_TYPE_APPLICATION, "application-id", TAMIS_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE, "resource-base-path",
                       "/io/github/tamis/Tamis", NULL);
}

static TamisWindow *
ensure_window (TamisApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  return window != NULL ? TAMIS_WINDOW (window) : tamis_window_new (ADW_APPLICATION (self));
}

static void
tamis_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (ensure_window (TAMIS_APPLICATION (application))));
}

/* `tamis FOLDER` opens it at once. */
static void
tamis_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  TamisWindow *window = ensure_window (TAMIS_APPLICATION (application));
  g_autofree char *path = g_file_get_path (files[0]);

  gtk_window_present (GTK_WINDOW (window));
  if (path != NULL)
    tamis_window_open (window, path);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (data);

  /* Closing lets the window save its size and cancel its work. */
  if (window != NULL)
    gtk_window_close (window);
  else
    g_application_quit (data);
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_window (
      gtk_application_get_active_window (data), "application-name", "Tamis", "application-icon",
      TAMIS_APP_ID, "version", tamis_get_version (), "developer-name", _("The Tamis developers"),
      "license-type", GTK_LICENSE_GPL_3_0, "comments",
      _("Finds near-duplicate images in data sets and shows what their removal does. The method: "
        "Zivakin and Prystavka, spline model in the space of latent representations."),
      NULL);
}

static void
style_changed (GSettings *settings)
{
  static const AdwColorScheme schemes[]
      = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[g_settings_get_enum (settings, "style")]);
}

static void
tamis_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { "quit", quit_action },
    { "about", about_action },
  };
  TamisApplication *self = TAMIS_APPLICATION (application);
  g_autoptr (GAction) style = NULL;

  G_APPLICATION_CLASS (tamis_application_parent_class)->startup (application);
  self->settings = g_settings_new (TAMIS_APP_ID);
  style = g_settings_create_action (self->settings, "style");
  g_action_map_add_action (G_ACTION_MAP (application), style);
  g_signal_connect_object (self->settings, "changed::style", G_CALLBACK (style_changed), self, 0);
  style_changed (self->settings);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries),
                                   application);
  tamis_shortcuts_install (tamis_shortcuts_get_default (), GTK_APPLICATION (application));
}

static void
tamis_application_shutdown (GApplication *application)
{
  tamis_textures_shutdown ();
  g_clear_object (&TAMIS_APPLICATION (application)->settings);
  G_APPLICATION_CLASS (tamis_application_parent_class)->shutdown (application);
}

static void
tamis_application_init (TamisApplication *self)
{
}

static void
tamis_application_class_init (TamisApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = tamis_application_activate;
  application_class->open = tamis_application_open;
  application_class->startup = tamis_application_startup;
  application_class->shutdown = tamis_application_shutdown;
}
