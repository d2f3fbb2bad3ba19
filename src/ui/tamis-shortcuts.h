/* Every keyboard shortcut of the window, in one table: what it does, its keys, where it holds.
 *
 * Keys can be changed in the preferences; changes are kept in the settings ("shortcuts"). Those of
 * the window are GTK's accelerators. Those of a page hold while it is shown, may be single letters,
 * and the page looks keys up itself, since GTK would give a letter to whatever has the focus.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  TAMIS_SHORTCUT_WINDOW,
  TAMIS_SHORTCUT_REVIEW,
  TAMIS_SHORTCUT_LABELS,
  TAMIS_SHORTCUT_CHECK,    /* the window that checks T */
  TAMIS_SHORTCUT_CURATORS, /* the window of two curators; keys of the compare view hold there too */
} TamisShortcutPlace;

typedef struct
{
  const char *id; /* of the settings and of TamisKeyButton */
  TamisShortcutPlace place;
  const char *group;  /* untranslated heading */
  const char *title;  /* untranslated */
  const char *action; /* detailed action name */
  const char *keys;   /* as GTK's accelerators, separated by spaces */
} TamisShortcut;

guint tamis_shortcuts_get_n (void);
const TamisShortcut *tamis_shortcuts_get (guint i);

#define TAMIS_TYPE_SHORTCUTS (tamis_shortcuts_get_type ())
G_DECLARE_FINAL_TYPE (TamisShortcuts, tamis_shortcuts, TAMIS, SHORTCUTS, GObject)

/* The one of the program; signal "changed". Borrowed. */
TamisShortcuts *tamis_shortcuts_get_default (void);
/* Keys that hold now. (transfer full) */
char **tamis_shortcuts_dup_keys (TamisShortcuts *self, const char *id) G_GNUC_WARN_UNUSED_RESULT;
/* The first of them as a person reads it: "Ctrl+Z", "⏎"; NULL if it has none. (transfer full) */
char *tamis_shortcuts_dup_label (TamisShortcuts *self, const char *id) G_GNUC_WARN_UNUSED_RESULT;
/**
 * tamis_shortcuts_set_key:
 * @key: (nullable): one accelerator; NULL for none
 *
 * Returns: %NULL if done, else the shortcut that has this key already
 */
const TamisShortcut *tamis_shortcuts_set_key (TamisShortcuts *self, const char *id,
                                              const char *key);
void tamis_shortcuts_reset (TamisShortcuts *self);
/* The action of @place for a key as it comes from an event, or NULL. */
const char *tamis_shortcuts_find (TamisShortcuts *self, TamisShortcutPlace place, guint keyval,
                                  GdkModifierType state);
/* Does @focus (nullable) need this key itself? Typing, sliding and open menus do; buttons
 * need Enter and Space. */
gboolean tamis_shortcuts_focus_needs (GtkWidget *focus, guint keyval);
/* Below @widget, what activates an action of the table says in its tooltip what for, and by which key. */
void tamis_shortcuts_set_tooltips (TamisShortcuts *self, GtkWidget *widget);
/* Gives the application the accelerators of the window, now and after every change. */
void tamis_shortcuts_install (TamisShortcuts *self, GtkApplication *application);
/* The window that lists them all. (transfer full) */
GtkWidget *tamis_shortcuts_window_new (TamisShortcuts *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
