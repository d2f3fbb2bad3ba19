/* TamisPreferencesWindow: see tamis-preferences-window.h.
 *
 * A click on a shortcut waits for the next key: Escape leaves it as it was, Backspace takes it away.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-preferences-window.h"

#include "tamis-shortcuts.h"

#include <glib/gi18n.h>
#include <string.h>

struct _TamisPreferencesWindow
{
  AdwPreferencesWindow parent_instance;

  GtkLabel **keys; /* one a shortcut; owned array, borrowed labels */
  int waiting;     /* for a key of this shortcut; -1: none */
};

G_DEFINE_FINAL_TYPE (TamisPreferencesWindow, tamis_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

static void
show_keys (TamisPreferencesWindow *self)
{
  for (guint i = 0; i < tamis_shortcuts_get_n (); i++)
    {
      g_autofree char *label
          = tamis_shortcuts_dup_label (tamis_shortcuts_get_default (), tamis_shortcuts_get (i)->id);
      gboolean waiting = (int) i == self->waiting;

      gtk_label_set_text (self->keys[i], waiting         ? _("Press a key…")
                                         : label != NULL ? label
                                                         : _("none"));
      if (waiting || label == NULL)
        gtk_widget_add_css_class (GTK_WIDGET (self->keys[i]), "dim-label");
      else
        gtk_widget_remove_css_class (GTK_WIDGET (self->keys[i]), "dim-label");
    }
}

static void
wait_for_key (AdwActionRow *row, TamisPreferencesWindow *self)
{
  self->waiting = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "shortcut"));
  show_keys (self);
}

static void
say_taken (TamisPreferencesWindow *self, const TamisShortcut *owner)
{
  g_autofree char *words = g_strdup_printf (_("This key is taken: %s"), _(owner->title));

  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (words));
}

static gboolean
is_modifier (guint key)
{
  return key >= GDK_KEY_Shift_L && key <= GDK_KEY_Hyper_R;
}

static gboolean
on_key (TamisPreferencesWindow *self, guint key, guint code, GdkModifierType state)
{
  GdkModifierType held = state & gtk_accelerator_get_default_mod_mask ();
  const TamisShortcut *shortcut;
  const TamisShortcut *owner = NULL;

  if (self->waiting < 0 || is_modifier (key))
    return FALSE;
  shortcut = tamis_shortcuts_get ((guint) self->waiting);
  self->waiting = -1;
  if (key == GDK_KEY_BackSpace && held == 0)
    tamis_shortcuts_set_key (tamis_shortcuts_get_default (), shortcut->id, NULL);
  else if (key != GDK_KEY_Escape || held != 0)
    {
      g_autofree char *accel = gtk_accelerator_name (gdk_keyval_to_lower (key), held);

      owner = tamis_shortcuts_set_key (tamis_shortcuts_get_default (), shortcut->id, accel);
    }
  if (owner != NULL)
    say_taken (self, owner);
  show_keys (self);
  return TRUE;
}

static GtkWidget *
make_row (TamisPreferencesWindow *self, guint i)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new (NULL);

  self->keys[i] = GTK_LABEL (label);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(tamis_shortcuts_get (i)->title));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data (G_OBJECT (row), "shortcut", GINT_TO_POINTER ((int) i));
  g_signal_connect_object (row, "activated", G_CALLBACK (wait_for_key), self, 0);
  return row;
}

static void
reset_clicked (TamisPreferencesWindow *self)
{
  self->waiting = -1;
  tamis_shortcuts_reset (tamis_shortcuts_get_default ());
}

static GtkWidget *
make_reset (TamisPreferencesWindow *self)
{
  GtkWidget *button = gtk_button_new_with_label (_("Reset All"));

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", G_CALLBACK (reset_clicked), self, G_CONNECT_SWAPPED);
  return button;
}

static void
fill (TamisPreferencesWindow *self)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  AdwPreferencesGroup *group = NULL;

  adw_preferences_page_set_title (page, _("Keyboard"));
  adw_preferences_page_set_icon_name (page, "input-keyboard-symbolic");
  for (guint i = 0; i < tamis_shortcuts_get_n (); i++)
    {
      const TamisShortcut *shortcut = tamis_shortcuts_get (i);

      if (i == 0 || strcmp (shortcut->group, tamis_shortcuts_get (i - 1)->group) != 0)
        {
          group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
          adw_preferences_group_set_title (group, _(shortcut->group));
          if (i == 0)
            {
              adw_preferences_group_set_description (
                  group, _("Choose a shortcut, then press its new key. Backspace takes the key away."));
              adw_preferences_group_set_header_suffix (group, make_reset (self));
            }
          adw_preferences_page_add (page, group);
        }
      adw_preferences_group_add (group, make_row (self, i));
    }
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), page);
}

static void
tamis_preferences_window_init (TamisPreferencesWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->waiting = -1;
  self->keys = g_new0 (GtkLabel *, tamis_shortcuts_get_n ());
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (self), FALSE);
  fill (self);
  show_keys (self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (tamis_shortcuts_get_default (), "changed", G_CALLBACK (show_keys), self,
                           G_CONNECT_SWAPPED);
}

static void
tamis_preferences_window_finalize (GObject *object)
{
  g_free (TAMIS_PREFERENCES_WINDOW (object)->keys);
  G_OBJECT_CLASS (tamis_preferences_window_parent_class)->finalize (object);
}

static void
tamis_preferences_window_class_init (TamisPreferencesWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tamis_preferences_window_finalize;
}

GtkWidget *
tamis_preferences_window_new (GtkWindow *parent)
{
  return g_object_new (TAMIS_TYPE_PREFERENCES_WINDOW, "transient-for", parent, "modal", TRUE,
                       "default-width", 560, "default-height", 640, NULL);
}
