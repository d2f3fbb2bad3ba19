/* What the act window says.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-act-words.h"

#include "tamis-format.h"

#include <glib/gi18n.h>

const char *
tamis_act_word_refusal (TamisRefusal refusal)
{
  switch (refusal)
    {
    case TAMIS_REFUSAL_MISSING:
      return _("It is nowhere to be found.");
    case TAMIS_REFUSAL_LINK:
      return _("It is a link, or a folder on the way to it is one.");
    case TAMIS_REFUSAL_NOT_REGULAR:
      return _("It is not a regular file.");
    case TAMIS_REFUSAL_UNREADABLE:
      return _("It cannot be read.");
    case TAMIS_REFUSAL_CHANGED:
      return _("It has changed since it was compared.");
    case TAMIS_REFUSAL_AWAY_CHANGED:
      return _("It has changed since it was moved away.");
    case TAMIS_REFUSAL_WITNESS_MISSING:
      return _("The image that should stay in its place is missing.");
    case TAMIS_REFUSAL_WITNESS_CHANGED:
      return _("The image that should stay in its place has changed or cannot be read.");
    case TAMIS_REFUSAL_WITNESS_REMOVED:
      return _("The image that should stay in its place is removed too.");
    case TAMIS_REFUSAL_SAME_FILE:
      return _("It and the image that should stay are one file with two names.");
    case TAMIS_REFUSAL_TAKEN:
      return _("There is a file already where it would go.");
    case TAMIS_REFUSAL_NOT_MOVED:
      return _("It could not be moved.");
    case TAMIS_REFUSAL_NONE:
    default:
      return "";
    }
}

char *
tamis_act_word_button (TamisActDirection direction, guint n)
{
  g_autofree char *count = tamis_format_count (n);

  switch (direction)
    {
    case TAMIS_ACT_TO_TRASH:
      return g_strdup_printf (ngettext ("Move %s Image to Trash", "Move %s Images to Trash", n), count);
    case TAMIS_ACT_BACK:
      return g_strdup_printf (ngettext ("Bring %s Image Back", "Bring %s Images Back", n), count);
    case TAMIS_ACT_TO_QUARANTINE:
    default:
      return g_strdup_printf (ngettext ("Move %s Image to Quarantine", "Move %s Images to Quarantine", n),
                              count);
    }
}

static char *
word_moves (TamisActDirection direction, guint n, guint64 bytes)
{
  g_autofree char *count = tamis_format_count (n);
  g_autofree char *size = g_format_size (bytes);

  if (n == 0)
    return g_strdup (direction == TAMIS_ACT_BACK ? _("There is nothing to bring back.")
                                                 : _("There is nothing to move."));
  if (direction == TAMIS_ACT_BACK)
    return g_strdup_printf (ngettext ("%s image would come back, %s.", "%s images would come back, %s.", n),
                            count, size);
  if (direction == TAMIS_ACT_TO_TRASH)
    return g_strdup_printf (ngettext ("%s image would go to the trash, %s.",
                                      "%s images would go to the trash, %s.", n), count, size);
  return g_strdup_printf (ngettext ("%s image would go to the quarantine, %s.",
                                    "%s images would go to the quarantine, %s.", n), count, size);
}

static void
add_count (GString *text, const char *format, guint n)
{
  g_autofree char *count = tamis_format_count (n);

  if (n == 0)
    return;
  g_string_append_c (text, '\n');
  g_string_append_printf (text, format, count);
}

char *
tamis_act_word_look (TamisActDirection direction, TamisActReport *report)
{
  guint refused = tamis_act_report_get_n_refused (report);
  guint applied = tamis_act_report_count (report, TAMIS_REMOVAL_APPLIED);
  g_autofree char *moves = word_moves (direction, tamis_act_report_get_n_moved (report),
                                       tamis_act_report_get_bytes_moved (report));
  GString *text = g_string_new (moves);

  if (direction != TAMIS_ACT_BACK)
    add_count (text, ngettext ("%s image is away already.", "%s images are away already.", applied),
               applied);
  add_count (text, ngettext ("%s image stays where it is, for the reason listed.",
                             "%s images stay where they are, for the reasons listed.", refused),
             refused);
  return g_string_free (text, FALSE);
}

static char *
word_moved (TamisActDirection direction, TamisActReport *report)
{
  guint n = tamis_act_report_get_n_moved (report);
  g_autofree char *count = tamis_format_count (n);
  g_autofree char *quarantine = tamis_format_path (tamis_act_report_get_quarantine (report));

  if (direction == TAMIS_ACT_BACK)
    return g_strdup_printf (ngettext ("Brought %s image back", "Brought %s images back", n), count);
  if (direction == TAMIS_ACT_TO_TRASH)
    return g_strdup_printf (ngettext ("Moved %s image to the trash", "Moved %s images to the trash", n),
                            count);
  return g_strdup_printf (ngettext ("Moved %s image to %s", "Moved %s images to %s", n), count,
                          quarantine);
}

char *
tamis_act_word_done (TamisActDirection direction, TamisActReport *report, gboolean stopped)
{
  guint refused = tamis_act_report_get_n_refused (report);
  g_autofree char *moved = word_moved (direction, report);
  GString *text = g_string_new (moved);

  add_count (text, ngettext ("%s image stays where it is, for the reason listed.",
                             "%s images stay where they are, for the reasons listed.", refused),
             refused);
  if (stopped)
    g_string_append_printf (text, "\n%s", _("Stopped half way. You can go on or take it back at any time."));
  return g_string_free (text, FALSE);
}

char *
tamis_act_word_failure (const GError *error)
{
  if (g_error_matches (error, TAMIS_MANIFEST_ERROR, TAMIS_MANIFEST_ERROR_VERSION))
    return g_strdup (_("This manifest was written by a newer Tamis. Use that one."));
  if (error->domain == TAMIS_MANIFEST_ERROR)
    return g_strdup_printf (_("Tamis does not act on this file: it is no manifest, or not as it was "
                              "written. Export it again. (%s)"), error->message);
  if (g_error_matches (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_ROOT))
    return g_strdup (_("The data set is not where it was. Choose the folder where it is now."));
  if (g_error_matches (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_PLACE))
    return g_strdup_printf (_("Choose another folder for the quarantine. (%s)"), error->message);
  if (g_error_matches (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_BUSY))
    return g_strdup (_("Another removal is under way in this data set. Wait until it has ended."));
  return g_strdup (error->message);
}
