/* TamisShortcuts: see tamis-shortcuts.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-shortcuts.h"

#include <glib/gi18n.h>
#include <string.h>

static const TamisShortcut table[] = {
  { "remove", TAMIS_SHORTCUT_REVIEW, N_("Review"), N_("Remove: confirm the proposal"),
    "review.remove", "Return KP_Enter Delete" },
  { "keep-both", TAMIS_SHORTCUT_REVIEW, N_("Review"), N_("Keep both images"), "review.keep-both",
    "k" },
  { "not-duplicates", TAMIS_SHORTCUT_REVIEW, N_("Review"), N_("Not duplicates"),
    "review.not-duplicates", "n" },
  { "swap", TAMIS_SHORTCUT_REVIEW, N_("Review"), N_("Swap: keep this one instead"), "review.swap",
    "s" },
  { "later", TAMIS_SHORTCUT_REVIEW, N_("Review"), N_("Decide later"), "review.later", "l" },
  { "always-keep", TAMIS_SHORTCUT_REVIEW, N_("Review"), N_("Always keep the left image"),
    "review.always-keep", "<Shift>k" },
  { "next", TAMIS_SHORTCUT_REVIEW, N_("Review"), N_("Next proposal"), "review.next", "Right" },
  { "previous", TAMIS_SHORTCUT_REVIEW, N_("Review"), N_("Previous proposal"), "review.previous",
    "Left" },
  { "next-open", TAMIS_SHORTCUT_REVIEW, N_("Review"), N_("Next open decision"), "review.next-open",
    "Down" },
  { "group", TAMIS_SHORTCUT_REVIEW, N_("Review"), N_("All images of the group as one sheet"),
    "review.group", "g" },
  { "accept-above", TAMIS_SHORTCUT_REVIEW, N_("Review"), N_("Confirm all above a similarity"),
    "review.accept-above", "<Shift>Return" },
  { "left-label", TAMIS_SHORTCUT_LABELS, N_("Label conflicts"), N_("The left label is right"),
    "labels.left", "1 KP_1" },
  { "right-label", TAMIS_SHORTCUT_LABELS, N_("Label conflicts"), N_("The right label is right"),
    "labels.right", "2 KP_2" },
  { "both-labels", TAMIS_SHORTCUT_LABELS, N_("Label conflicts"), N_("Both labels are right"),
    "labels.both", "b" },
  { "undo", TAMIS_SHORTCUT_WINDOW, N_("Review"), N_("Undo"), "win.undo", "<Control>z" },
  { "redo", TAMIS_SHORTCUT_WINDOW, N_("Review"), N_("Redo"), "win.redo",
    "<Control><Shift>z <Control>y" },
  { "zoom-in", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Zoom in"), "compare.zoom-in",
    "plus equal <Shift>plus KP_Add" },
  { "zoom-out", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Zoom out"), "compare.zoom-out",
    "minus KP_Subtract" },
  { "fit", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Whole image"), "compare.fit", "0 KP_0" },
  { "one-to-one", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("One image pixel a screen pixel"),
    "compare.one-to-one", "1 KP_1" },
  { "sides", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Side by side"), "compare.mode::sides",
    "2 KP_2" },
  { "blink", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("One at a time"), "compare.mode::blink",
    "3 KP_3" },
  { "split", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Split by a divider"), "compare.mode::split",
    "4 KP_4" },
  { "difference", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Difference map"),
    "compare.mode::difference", "5 KP_5" },
  { "peek", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Held: the image that stays, in the other’s place"),
    "compare.peek", "space" },
  { "more", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Amplify the difference more, or move the divider right"),
    "compare.more", "bracketright period" },
  { "less", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Amplify the difference less, or move the divider left"),
    "compare.less", "bracketleft comma" },
  { "show-cells", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Similarity of each quarter"),
    "compare.show-cells", "6 KP_6" },
  { "show-redrawn", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("As the model redraws them"),
    "compare.show-redrawn", "7 KP_7" },
  { "show-tones", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Histograms"), "compare.show-tones",
    "8 KP_8" },
  { "pan-left", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Move to the left"), "compare.left",
    "<Shift>Left" },
  { "pan-right", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Move to the right"), "compare.right",
    "<Shift>Right" },
  { "pan-up", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Move up"), "compare.up", "<Shift>Up" },
  { "pan-down", TAMIS_SHORTCUT_REVIEW, N_("Compare"), N_("Move down"), "compare.down",
    "<Shift>Down" },
  { "raise-threshold", TAMIS_SHORTCUT_WINDOW, N_("Threshold"), N_("Raise T by 0.001"),
    "win.step-threshold(0.001)", "<Control>plus <Control>equal" },
  { "lower-threshold", TAMIS_SHORTCUT_WINDOW, N_("Threshold"), N_("Lower T by 0.001"),
    "win.step-threshold(-0.001)", "<Control>minus" },
  { "check", TAMIS_SHORTCUT_WINDOW, N_("Threshold"), N_("Check T on a sample of pairs"), "win.check",
    "<Control>t" },
  { "check-duplicates", TAMIS_SHORTCUT_CHECK, N_("Check T"), N_("Duplicates"), "check.duplicates",
    "d" },
  { "check-not-duplicates", TAMIS_SHORTCUT_CHECK, N_("Check T"), N_("Not duplicates"),
    "check.not-duplicates", "n" },
  { "check-keep-both", TAMIS_SHORTCUT_CHECK, N_("Check T"), N_("Duplicates, but keep both images"),
    "check.keep-both", "k" },
  { "check-next", TAMIS_SHORTCUT_CHECK, N_("Check T"), N_("Skip to the next pair"), "check.next",
    "s Right" },
  { "check-previous", TAMIS_SHORTCUT_CHECK, N_("Check T"), N_("Previous pair"), "check.previous",
    "Left" },
  { "check-undo", TAMIS_SHORTCUT_CHECK, N_("Check T"), N_("Take back the last judgement"),
    "check.undo", "u <Control>z" },
  { "settle-mine", TAMIS_SHORTCUT_CURATORS, N_("Two curators"), N_("My verdict stays"),
    "curators.mine", "m" },
  { "settle-theirs", TAMIS_SHORTCUT_CURATORS, N_("Two curators"), N_("Theirs becomes mine"),
    "curators.theirs", "t" },
  { "settle-keep-both", TAMIS_SHORTCUT_CURATORS, N_("Two curators"), N_("Keep both images"),
    "curators.keep-both", "k" },
  { "settle-not-duplicates", TAMIS_SHORTCUT_CURATORS, N_("Two curators"), N_("Not duplicates"),
    "curators.not-duplicates", "n" },
  { "settle-later", TAMIS_SHORTCUT_CURATORS, N_("Two curators"), N_("Settle later: the next pair"),
    "curators.later", "l Right" },
  { "settle-previous", TAMIS_SHORTCUT_CURATORS, N_("Two curators"), N_("Previous pair"),
    "curators.previous", "Left" },
  { "settle-undo", TAMIS_SHORTCUT_CURATORS, N_("Two curators"), N_("Take back the last decision"),
    "curators.undo", "u <Control>z" },
  { "open", TAMIS_SHORTCUT_WINDOW, N_("Window"), N_("Open a folder"), "win.open", "<Control>o" },
  { "export", TAMIS_SHORTCUT_WINDOW, N_("Window"), N_("Export lists"), "win.export", "<Control>e" },
  { "overview", TAMIS_SHORTCUT_WINDOW, N_("Window"), N_("Overview"), "win.show-view::overview",
    "<Alt>1" },
  { "review", TAMIS_SHORTCUT_WINDOW, N_("Window"), N_("Review"), "win.show-view::review", "<Alt>2" },
  { "distributions", TAMIS_SHORTCUT_WINDOW, N_("Window"), N_("Distributions"),
    "win.show-view::distributions", "<Alt>3" },
  { "kurtosis", TAMIS_SHORTCUT_WINDOW, N_("Window"), N_("Kurtosis"), "win.show-view::kurtosis",
    "<Alt>4" },
  { "sidebar", TAMIS_SHORTCUT_WINDOW, N_("Window"), N_("Show or hide the sidebar"),
    "win.toggle-sidebar", "F9" },
  { "preferences", TAMIS_SHORTCUT_WINDOW, N_("Window"), N_("Preferences"), "win.preferences",
    "<Control>comma" },
  { "shortcuts", TAMIS_SHORTCUT_WINDOW, N_("Window"), N_("Keyboard shortcuts"),
    "win.show-shortcuts", "<Control>question" },
  { "close", TAMIS_SHORTCUT_WINDOW, N_("Window"), N_("Close the window"), "window.close",
    "<Control>w" },
  { "quit", TAMIS_SHORTCUT_WINDOW, N_("Window"), N_("Quit"), "app.quit", "<Control>q" },
};

struct _TamisShortcuts
{
  GObject parent_instance;

  /* Owned */
  GSettings *settings;
  char **keys[G_N_ELEMENTS (table)];

  /* Borrowed */
  GtkApplication *application; /* nullable */
};

G_DEFINE_FINAL_TYPE (TamisShortcuts, tamis_shortcuts, G_TYPE_OBJECT)

static guint changed_signal;

guint
tamis_shortcuts_get_n (void)
{
  return G_N_ELEMENTS (table);
}

const TamisShortcut *
tamis_shortcuts_get (guint i)
{
  g_return_val_if_fail (i < G_N_ELEMENTS (table), NULL);
  return &table[i];
}

static guint
find_id (const char *id)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (table) && strcmp (table[i].id, id) != 0)
    i++;
  g_assert (i < G_N_ELEMENTS (table));
  return i;
}

/* ---- keys ---- */

static char **
split_keys (const char *keys)
{
  return keys[0] == '\0' ? g_new0 (char *, 1) : g_strsplit (keys, " ", -1);
}

static void
apply_accels (TamisShortcuts *self)
{
  for (guint i = 0; self->application != NULL && i < G_N_ELEMENTS (table); i++)
    if (table[i].place == TAMIS_SHORTCUT_WINDOW)
      gtk_application_set_accels_for_action (self->application, table[i].action,
                                             (const char *const *) self->keys[i]);
}

static void
load (TamisShortcuts *self)
{
  g_autoptr (GVariant) changes = g_settings_get_value (self->settings, "shortcuts");

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const char *keys = table[i].keys;

      g_variant_lookup (changes, table[i].id, "&s", &keys);
      g_strfreev (self->keys[i]);
      self->keys[i] = split_keys (keys);
    }
  apply_accels (self);
  g_signal_emit (self, changed_signal, 0);
}

char **
tamis_shortcuts_dup_keys (TamisShortcuts *self, const char *id)
{
  return g_strdupv (self->keys[find_id (id)]);
}

char *
tamis_shortcuts_dup_label (TamisShortcuts *self, const char *id)
{
  const char *key = self->keys[find_id (id)][0];
  GdkModifierType state;
  guint keyval;

  if (key == NULL || !gtk_accelerator_parse (key, &keyval, &state))
    return NULL;
  if (keyval == GDK_KEY_Return)
    {
      g_autofree char *held = gtk_accelerator_get_label (0, state);

      return g_strconcat (held, "⏎", NULL);
    }
  return gtk_accelerator_get_label (keyval, state);
}

static gboolean
same_key (const char *a, const char *b)
{
  GdkModifierType p, q;
  guint x, y;

  return gtk_accelerator_parse (a, &x, &p) && gtk_accelerator_parse (b, &y, &q) && x == y && p == q;
}

static gboolean
is_modal (TamisShortcutPlace place)
{
  return place == TAMIS_SHORTCUT_CHECK || place == TAMIS_SHORTCUT_CURATORS;
}

/* Windows that lie over all others: only their own keys are in the way there, and, in that of two
 * curators, those of its compare view, which come second. */
static gboolean
can_meet (TamisShortcutPlace a, TamisShortcutPlace b)
{
  return a == b || (!is_modal (a) && !is_modal (b));
}

static const TamisShortcut *
find_owner (TamisShortcuts *self, const char *key, guint but)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    for (char **held = self->keys[i]; i != but && *held != NULL; held++)
      if (can_meet (table[i].place, table[but].place) && same_key (*held, key))
        return &table[i];
  return NULL;
}

const TamisShortcut *
tamis_shortcuts_set_key (TamisShortcuts *self, const char *id, const char *key)
{
  g_autoptr (GVariant) before = g_settings_get_value (self->settings, "shortcuts");
  const TamisShortcut *owner = key != NULL ? find_owner (self, key, find_id (id)) : NULL;
  GVariantBuilder builder;
  GVariantIter iter;
  const char *name, *keys;

  if (owner != NULL)
    return owner;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_iter_init (&iter, before);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &keys))
    if (strcmp (name, id) != 0)
      g_variant_builder_add (&builder, "{ss}", name, keys);
  g_variant_builder_add (&builder, "{ss}", id, key != NULL ? key : "");
  g_settings_set_value (self->settings, "shortcuts", g_variant_builder_end (&builder));
  return NULL;
}

void
tamis_shortcuts_reset (TamisShortcuts *self)
{
  g_settings_reset (self->settings, "shortcuts");
}

const char *
tamis_shortcuts_find (TamisShortcuts *self, TamisShortcutPlace place, guint keyval,
                      GdkModifierType state)
{
  GdkModifierType held = state & gtk_accelerator_get_default_mod_mask ();

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    for (char **key = self->keys[i]; table[i].place == place && *key != NULL; key++)
      {
        GdkModifierType modifiers;
        guint value;

        if (gtk_accelerator_parse (*key, &value, &modifiers)
            && gdk_keyval_to_lower (keyval) == gdk_keyval_to_lower (value) && held == modifiers)
          return table[i].action;
      }
  return NULL;
}

gboolean
tamis_shortcuts_focus_needs (GtkWidget *focus, guint keyval)
{
  if (focus == NULL)
    return FALSE;
  if (GTK_IS_TEXT (focus) || GTK_IS_RANGE (focus)
      || gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL)
    return TRUE;
  return (keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter || keyval == GDK_KEY_space)
         && (GTK_IS_BUTTON (focus) || GTK_IS_MENU_BUTTON (focus) || GTK_IS_DROP_DOWN (focus)
             || GTK_IS_CHECK_BUTTON (focus));
}

void
tamis_shortcuts_install (TamisShortcuts *self, GtkApplication *application)
{
  self->application = application;
  apply_accels (self);
}

/* ---- tooltips ---- */

static char *
dup_detailed_action (GtkWidget *widget)
{
  const char *name = GTK_IS_ACTIONABLE (widget)
                         ? gtk_actionable_get_action_name (GTK_ACTIONABLE (widget))
                         : NULL;

  return name != NULL ? g_action_print_detailed_name (
                            name, gtk_actionable_get_action_target_value (GTK_ACTIONABLE (widget)))
                      : NULL;
}

void
tamis_shortcuts_set_tooltips (TamisShortcuts *self, GtkWidget *widget)
{
  g_autofree char *action = dup_detailed_action (widget);

  for (guint i = 0; action != NULL && i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].action, action) == 0)
      {
        g_autofree char *key = tamis_shortcuts_dup_label (self, table[i].id);
        g_autofree char *text = key != NULL ? g_strdup_printf ("%s (%s)", _(table[i].title), key)
                                            : g_strdup (_(table[i].title));

        gtk_widget_set_tooltip_text (widget, text);
      }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    tamis_shortcuts_set_tooltips (self, child);
}

/* ---- the window that lists them ---- */

/* GTK 4.8 makes such a window from a description only. */
static char *
describe (TamisShortcuts *self)
{
  GString *xml = g_string_new ("<interface><object class=\"GtkShortcutsWindow\" id=\"window\">"
                               "<property name=\"modal\">1</property><child>"
                               "<object class=\"GtkShortcutsSection\">"
                               "<property name=\"section-name\">shortcuts</property>");

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *keys = g_strjoinv (" ", self->keys[i]);
      g_autofree char *item = NULL;

      if (i == 0 || strcmp (table[i].group, table[i - 1].group) != 0)
        {
          g_autofree char *title = g_markup_escape_text (_(table[i].group), -1);

          g_string_append_printf (xml,
                                  "%s<child><object class=\"GtkShortcutsGroup\">"
                                  "<property name=\"title\">%s</property>",
                                  i > 0 ? "</object></child>" : "", title);
        }
      item = g_markup_printf_escaped ("<child><object class=\"GtkShortcutsShortcut\">"
                                      "<property name=\"title\">%s</property>"
                                      "<property name=\"accelerator\">%s</property>"
                                      "</object></child>",
                                      _(table[i].title), keys);
      g_string_append (xml, item);
    }
  g_string_append (xml, "</object></child></object></child></object></interface>");
  return g_string_free (xml, FALSE);
}

GtkWidget *
tamis_shortcuts_window_new (TamisShortcuts *self)
{
  g_autofree char *xml = describe (self);
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (xml, -1);

  return g_object_ref (GTK_WIDGET (gtk_builder_get_object (builder, "window")));
}

/* ---- construction ---- */

TamisShortcuts *
tamis_shortcuts_get_default (void)
{
  static TamisShortcuts *shortcuts;

  if (shortcuts == NULL)
    shortcuts = g_object_new (TAMIS_TYPE_SHORTCUTS, NULL);
  return shortcuts;
}

static void
tamis_shortcuts_init (TamisShortcuts *self)
{
  self->settings = g_settings_new (TAMIS_APP_ID);
  g_signal_connect_object (self->settings, "changed::shortcuts", G_CALLBACK (load), self,
                           G_CONNECT_SWAPPED);
  load (self);
}

static void
tamis_shortcuts_finalize (GObject *object)
{
  TamisShortcuts *self = TAMIS_SHORTCUTS (object);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_strfreev (self->keys[i]);
  g_object_unref (self->settings);
  G_OBJECT_CLASS (tamis_shortcuts_parent_class)->finalize (object);
}

static void
tamis_shortcuts_class_init (TamisShortcutsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tamis_shortcuts_finalize;
  changed_signal = g_signal_new ("changed", TAMIS_TYPE_SHORTCUTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}
