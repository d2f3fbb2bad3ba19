/* TamisKeepOrderWindow: which of two alike images stays: criteria in an order to drag.
 *
 * DESIGN: the rows are those criteria that the engine knows (tamis_order_get_words()); what is on
 * screen is nothing but an order as tamis_order_new() reads it, and the order of the session
 * changes only when it is applied. Until then a preview says what would change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-keep-order-window.h"

#include "tamis-format.h"
#include "tamis-plan-preview.h"

#include <glib/gi18n.h>
#include <string.h>

#define PATTERN "path:" /* a word with a pattern after it */

static const struct
{
  const char *word;
  const char *title;
  const char *subtitle;
  const char *few_words;
} criteria[] = {
  { "reference", N_("Reference folders"), N_("Images of reference folders first"),
    N_("keep reference folders") },
  { "resolution", N_("Resolution"), N_("More pixels first"), N_("keep the most pixels") },
  { "bytes", N_("File size"), N_("Larger files first"), N_("keep the largest file") },
  { "sharpness", N_("Sharpness"), N_("Sharper images first"), N_("keep the sharpest") },
  { "format", N_("Format"), N_("Lossless formats before lossy ones"),
    N_("keep lossless formats") },
  { "date", N_("Date"), N_("Older files first"), N_("keep the oldest") },
  { PATTERN, N_("Path pattern"), N_("Paths that match first, such as originals/*"),
    N_("keep by path") },
  { "name", N_("Name"), N_("Always last, so that nothing is left to chance"),
    N_("keep the first by name") },
};

struct _TamisKeepOrderWindow
{
  AdwWindow parent_instance;

  /* Template widgets */
  GtkListBox *list;
  GtkLabel *effect;
  GtkWidget *apply_button;

  /* Owned */
  TamisPlanPreview *preview;

  /* Borrowed: the main window's, which this one is transient for */
  TamisSession *session;

  gboolean filling; /* rows are being made: nothing to preview yet */
};

G_DEFINE_FINAL_TYPE (TamisKeepOrderWindow, tamis_keep_order_window, ADW_TYPE_WINDOW)

/* ---- words ---- */

/* Index of the criterion that @word names, -1 if there is none. */
static int
find_criterion (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (criteria); i++)
    if (strcmp (criteria[i].word, word) == 0
        || (strcmp (criteria[i].word, PATTERN) == 0 && g_str_has_prefix (word, PATTERN)))
      return (int) i;
  return -1;
}

char *
tamis_keep_order_words (const char *order)
{
  g_auto (GStrv) words = g_strsplit (order, ",", -1);
  int first = words[0] != NULL ? find_criterion (g_strstrip (words[0])) : -1;
  const char *text = first >= 0 ? _(criteria[first].few_words) : _("keep the first by name");

  if (first < 0 || words[1] == NULL || strcmp (g_strstrip (words[1]), "name") == 0)
    return g_strdup (text);
  return g_strconcat (text, ", …", NULL);
}

/* ---- rows ---- */

static const char *
word_of (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "word");
}

/* (transfer full): the row's word as the order has it; NULL if it is off or says nothing. */
static char *
dup_word (GtkListBoxRow *row)
{
  GtkSwitch *on = g_object_get_data (G_OBJECT (row), "switch");
  GtkEditable *pattern = g_object_get_data (G_OBJECT (row), "pattern");
  g_auto (GStrv) parts = NULL;
  g_autofree char *text = NULL;

  if (on == NULL || !gtk_switch_get_active (on))
    return NULL;
  if (pattern == NULL)
    return g_strdup (word_of (row));
  /* A comma would end the word; "?" matches it, as any other. */
  parts = g_strsplit (gtk_editable_get_text (pattern), ",", -1);
  text = g_strjoinv ("?", parts);
  g_strstrip (text);
  return *text != '\0' ? g_strconcat (PATTERN, text, NULL) : NULL;
}

static char *
dup_order (TamisKeepOrderWindow *self)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      char *word = dup_word (row);

      if (word != NULL)
        g_ptr_array_add (words, word);
    }
  if (words->len == 0)
    g_ptr_array_add (words, g_strdup ("name"));
  g_ptr_array_add (words, NULL);
  return g_strjoinv (",", (char **) words->pdata);
}

static void
order_changed (TamisKeepOrderWindow *self)
{
  g_autofree char *order = NULL;

  if (self->filling)
    return;
  order = dup_order (self);
  gtk_widget_set_sensitive (self->apply_button,
                            strcmp (order, tamis_session_get_order (self->session)) != 0);
  tamis_plan_preview_ask_order (self->preview, order);
}

/* The row of the name is the last, and stays so. */
static void
move_row (TamisKeepOrderWindow *self, GtkListBoxRow *row, int to)
{
  int last = 0;

  while (gtk_list_box_get_row_at_index (self->list, last + 1) != NULL)
    last++;
  if (to < 0 || to >= last || to == gtk_list_box_row_get_index (row))
    return;
  g_object_ref (row);
  gtk_list_box_remove (self->list, GTK_WIDGET (row));
  gtk_list_box_insert (self->list, GTK_WIDGET (row), to);
  g_object_unref (row);
  gtk_widget_grab_focus (GTK_WIDGET (row));
  order_changed (self);
}

static gboolean
on_row_key (TamisKeepOrderWindow *self, guint key, guint code, GdkModifierType state,
            GtkEventController *keys)
{
  GtkListBoxRow *row = GTK_LIST_BOX_ROW (gtk_event_controller_get_widget (keys));
  int by = key == GDK_KEY_Up ? -1 : key == GDK_KEY_Down ? 1 : 0;

  if (by == 0 || (state & GDK_ALT_MASK) == 0)
    return FALSE;
  move_row (self, row, gtk_list_box_row_get_index (row) + by);
  return TRUE;
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, GtkWidget *row)
{
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (row);

  gtk_drag_source_set_icon (source, picture, (int) x, (int) y);
  return gdk_content_provider_new_typed (GTK_TYPE_LIST_BOX_ROW, row);
}

static gboolean
on_drop (TamisKeepOrderWindow *self, const GValue *value, double x, double y)
{
  GtkListBoxRow *row = g_value_get_object (value);
  GtkListBoxRow *target = gtk_list_box_get_row_at_y (self->list, (int) y);

  if (row == NULL || target == NULL || gtk_widget_get_parent (GTK_WIDGET (row)) != GTK_WIDGET (self->list))
    return FALSE;
  move_row (self, row, gtk_list_box_row_get_index (target));
  return TRUE;
}

static void
make_movable (TamisKeepOrderWindow *self, GtkWidget *row)
{
  GtkWidget *handle = gtk_image_new_from_icon_name ("list-drag-handle-symbolic");
  GtkDragSource *drag = gtk_drag_source_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_add_css_class (handle, "dim-label");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), handle);
  gtk_drag_source_set_actions (drag, GDK_ACTION_MOVE);
  g_signal_connect_object (drag, "prepare", G_CALLBACK (on_drag_prepare), row, 0);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_row_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (row, keys);
}

static void
add_pattern (TamisKeepOrderWindow *self, GtkWidget *row, const char *pattern)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_widget_set_valign (entry, GTK_ALIGN_CENTER);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 12);
  gtk_editable_set_text (GTK_EDITABLE (entry), pattern);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), "*/raw/*");
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Path pattern"), -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), entry);
  g_object_set_data (G_OBJECT (row), "pattern", entry);
  g_signal_connect_object (entry, "changed", G_CALLBACK (order_changed), self, G_CONNECT_SWAPPED);
}

static void
add_row (TamisKeepOrderWindow *self, int criterion, gboolean active, const char *pattern)
{
  const char *word = criteria[criterion].word;
  gboolean is_name = strcmp (word, "name") == 0;
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *on;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(criteria[criterion].title));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _(criteria[criterion].subtitle));
  g_object_set_data (G_OBJECT (row), "word", (gpointer) word);
  gtk_list_box_append (self->list, row);
  if (is_name)
    {
      gtk_widget_set_sensitive (row, FALSE);
      return;
    }
  make_movable (self, row);
  if (strcmp (word, PATTERN) == 0)
    add_pattern (self, row, pattern != NULL ? pattern : "");
  on = gtk_switch_new ();
  gtk_switch_set_active (GTK_SWITCH (on), active);
  gtk_widget_set_valign (on, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (on), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(criteria[criterion].title), -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), on);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), on);
  g_object_set_data (G_OBJECT (row), "switch", on);
  g_signal_connect_object (on, "notify::active", G_CALLBACK (order_changed), self,
                           G_CONNECT_SWAPPED);
}

/* First what the present order has, in its order; then what else the engine knows. */
static void
fill (TamisKeepOrderWindow *self)
{
  g_auto (GStrv) words = g_strsplit (tamis_session_get_order (self->session), ",", -1);
  gboolean there[G_N_ELEMENTS (criteria)] = { FALSE };
  int name = find_criterion ("name");

  self->filling = TRUE;
  there[name] = TRUE;
  for (guint i = 0; words[i] != NULL; i++)
    {
      int criterion = find_criterion (g_strstrip (words[i]));

      if (criterion < 0 || there[criterion])
        continue;
      there[criterion] = TRUE;
      add_row (self, criterion, TRUE,
               g_str_has_prefix (words[i], PATTERN) ? words[i] + strlen (PATTERN) : NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (criteria); i++)
    if (!there[i] && g_strv_contains (tamis_order_get_words (), criteria[i].word))
      add_row (self, (int) i, FALSE, NULL);
  add_row (self, name, TRUE, NULL);
  self->filling = FALSE;
}

/* ---- effect ---- */

static void
show_effect (TamisKeepOrderWindow *self)
{
  TamisPlanChange change;
  g_autofree char *swapped = NULL;
  g_autofree char *others = NULL;
  g_autofree char *text = NULL;
  guint n_others;

  if (!tamis_plan_preview_get (self->preview, &change))
    {
      gtk_label_set_text (self->effect, "");
      return;
    }
  n_others = MAX (change.n_more, change.n_fewer) - change.n_swapped;
  swapped = tamis_format_count (change.n_swapped);
  others = tamis_format_count (n_others);
  if (change.n_swapped > 0)
    text = g_strdup_printf (ngettext ("%s removal changes places with the image that stays",
                                      "%s removals change places with the image that stays",
                                      change.n_swapped), swapped);
  if (n_others > 0 && text != NULL)
    {
      g_autofree char *first = g_steal_pointer (&text);

      text = g_strdup_printf (ngettext ("%s; %s other image is decided differently",
                                        "%s; %s other images are decided differently", n_others),
                              first, others);
    }
  else if (n_others > 0)
    text = g_strdup_printf (ngettext ("%s image is decided differently",
                                      "%s images are decided differently", n_others), others);
  gtk_label_set_text (self->effect, text != NULL ? text : _("Nothing changes at this T"));
}

static void
on_apply (TamisKeepOrderWindow *self)
{
  g_autofree char *order = dup_order (self);

  tamis_session_set_order (self->session, order);
  gtk_window_close (GTK_WINDOW (self));
}

/* ---- construction ---- */

TamisKeepOrderWindow *
tamis_keep_order_window_new (GtkWindow *parent, TamisSession *session)
{
  TamisKeepOrderWindow *self
      = g_object_new (TAMIS_TYPE_KEEP_ORDER_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  self->session = session;
  self->preview = tamis_plan_preview_new (session);
  g_signal_connect_object (self->preview, "changed", G_CALLBACK (show_effect), self,
                           G_CONNECT_SWAPPED);
  fill (self);
  order_changed (self);
  return self;
}

static void
tamis_keep_order_window_dispose (GObject *object)
{
  g_clear_object (&TAMIS_KEEP_ORDER_WINDOW (object)->preview);
  G_OBJECT_CLASS (tamis_keep_order_window_parent_class)->dispose (object);
}

static void
tamis_keep_order_window_init (TamisKeepOrderWindow *self)
{
  GtkDropTarget *drop;

  gtk_widget_init_template (GTK_WIDGET (self));
  drop = gtk_drop_target_new (GTK_TYPE_LIST_BOX_ROW, GDK_ACTION_MOVE);
  g_signal_connect_object (drop, "drop", G_CALLBACK (on_drop), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (drop));
}

static void
tamis_keep_order_window_class_init (TamisKeepOrderWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_keep_order_window_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/tamis/Tamis/ui/tamis-keep-order-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TamisKeepOrderWindow, list);
  gtk_widget_class_bind_template_child (widget_class, TamisKeepOrderWindow, effect);
  gtk_widget_class_bind_template_child (widget_class, TamisKeepOrderWindow, apply_button);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}
