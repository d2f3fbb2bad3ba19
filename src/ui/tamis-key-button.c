/* TamisKeyButton: see tamis-key-button.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-key-button.h"

#include "tamis-shortcuts.h"

struct _TamisKeyButton
{
  GtkButton parent_instance;

  GtkLabel *words;
  GtkLabel *key;
  GtkImage *icon;
  char *shortcut;
  char *tip;
};

G_DEFINE_FINAL_TYPE (TamisKeyButton, tamis_key_button, GTK_TYPE_BUTTON)

enum
{
  PROP_WORDS = 1,
  PROP_ICON,
  PROP_TIP,
  PROP_SHORTCUT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
show_key (TamisKeyButton *self)
{
  g_autofree char *label = NULL;
  g_autofree char *tip = NULL;
  gboolean has_icon = gtk_image_get_icon_name (self->icon) != NULL;

  if (self->shortcut != NULL)
    label = tamis_shortcuts_dup_label (tamis_shortcuts_get_default (), self->shortcut);
  gtk_label_set_text (self->key, label != NULL ? label : "");
  gtk_widget_set_visible (GTK_WIDGET (self->key), label != NULL && !has_icon);
  gtk_widget_set_visible (GTK_WIDGET (self->words), !has_icon);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), has_icon);
  if (self->tip != NULL && label != NULL)
    tip = g_strdup_printf ("%s (%s)", self->tip, label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tip != NULL ? tip : self->tip);
}

static void
tamis_key_button_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TamisKeyButton *self = TAMIS_KEY_BUTTON (object);

  switch (id)
    {
    case PROP_WORDS:
      gtk_label_set_text (self->words, g_value_get_string (value));
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      g_value_get_string (value), -1);
      break;
    case PROP_ICON:
      gtk_image_set_from_icon_name (self->icon, g_value_get_string (value));
      show_key (self);
      break;
    case PROP_TIP:
      g_free (self->tip);
      self->tip = g_value_dup_string (value);
      show_key (self);
      break;
    case PROP_SHORTCUT:
      g_free (self->shortcut);
      self->shortcut = g_value_dup_string (value);
      show_key (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tamis_key_button_finalize (GObject *object)
{
  g_free (TAMIS_KEY_BUTTON (object)->shortcut);
  g_free (TAMIS_KEY_BUTTON (object)->tip);
  G_OBJECT_CLASS (tamis_key_button_parent_class)->finalize (object);
}

static void
tamis_key_button_init (TamisKeyButton *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->words = GTK_LABEL (gtk_label_new (NULL));
  /* The key is in the name of no button: a screen reader reads keys from elsewhere. */
  self->key = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                            NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->key), "key");
  self->icon = GTK_IMAGE (gtk_image_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->key));
  gtk_button_set_child (GTK_BUTTON (self), box);
  gtk_widget_set_focus_on_click (GTK_WIDGET (self), FALSE);
  g_signal_connect_object (tamis_shortcuts_get_default (), "changed", G_CALLBACK (show_key), self,
                           G_CONNECT_SWAPPED);
}

static void
tamis_key_button_class_init (TamisKeyButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = tamis_key_button_set_property;
  object_class->finalize = tamis_key_button_finalize;
  properties[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL, flags);
  properties[PROP_ICON] = g_param_spec_string ("icon", NULL, NULL, NULL, flags);
  properties[PROP_TIP] = g_param_spec_string ("tip", NULL, NULL, NULL, flags);
  properties[PROP_SHORTCUT] = g_param_spec_string ("shortcut", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}
