/* What the pages of leaks and of label conflicts say.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-crossings-words.h"

#include "tamis-format.h"

#include <glib/gi18n.h>

#define SPLITS_NAMED 4 /* more of them would fill a line with numbers */

/* ---- nothing to see ---- */

const char *
tamis_crossings_words_empty_title (TamisBorder border, TamisSearchState state)
{
  gboolean is_leak = border == TAMIS_BORDER_SPLITS;

  switch (state)
    {
    case TAMIS_SEARCH_IMPOSSIBLE:
      return is_leak ? _("No splits") : _("Only one class");
    case TAMIS_SEARCH_WAITING:
      return is_leak ? _("Leaks") : _("Label conflicts");
    case TAMIS_SEARCH_RUNNING:
      return _("Looking across classes");
    case TAMIS_SEARCH_STOPPED:
      return _("The search was stopped");
    case TAMIS_SEARCH_DONE:
      break;
    }
  return is_leak ? _("No leaks") : _("No label conflicts");
}

static char *
word_none (TamisSession *session, TamisCrossingModel *model)
{
  double threshold = MAX (tamis_session_get_threshold (session),
                          tamis_crossing_model_get_floor (model));
  g_autofree char *t = tamis_format_similarity (threshold);
  gboolean one_class = tamis_session_get_class (session) >= 0;

  if (tamis_crossing_model_get_border (model) == TAMIS_BORDER_SPLITS)
    return g_strdup_printf (one_class ? _("In this class no two images of different splits are more "
                                          "similar than %s.")
                                      : _("No two images of different splits are more similar than %s."),
                            t);
  return g_strdup_printf (one_class ? _("No image of this class is more similar than %s to one of "
                                        "another class.")
                                    : _("No two images of different classes are more similar than %s."),
                          t);
}

char *
tamis_crossings_words_empty (TamisSession *session, TamisCrossingModel *model)
{
  gboolean is_leak = tamis_crossing_model_get_border (model) == TAMIS_BORDER_SPLITS;
  const char *failure = tamis_crossing_model_get_failure (model);

  switch (tamis_crossing_model_get_state (model))
    {
    case TAMIS_SEARCH_IMPOSSIBLE:
      if (is_leak)
        return g_strdup (_("A leak is a near-duplicate across splits: a model would be tested with what "
                           "it was trained on. Tamis knows splits from folders called train, val and "
                           "test with the class folders inside, or from a column “split” in a CSV "
                           "manifest."));
      return g_strdup (_("Two images that are alike but lie in different classes are a label conflict. "
                         "For that there must be two classes: folders, or a column “label” in a CSV "
                         "manifest."));
    case TAMIS_SEARCH_WAITING:
      return g_strdup (_("They appear here when the search for near-duplicates has ended."));
    case TAMIS_SEARCH_RUNNING:
      return g_strdup (_("The first search compared images inside classes. This one compares all "
                         "with all, in the background."));
    case TAMIS_SEARCH_STOPPED:
      return g_strdup (failure != NULL ? failure : _("Nothing is lost: it can be started again."));
    case TAMIS_SEARCH_DONE:
      break;
    }
  return word_none (session, model);
}

/* ---- how many ---- */

/* "train – test 12", a pair of splits that has some. */
static void
append_between (GString *text, TamisDataset *dataset, TamisCrossings *leaks)
{
  guint n = tamis_dataset_get_n_splits (dataset);

  for (guint i = 0; n > 2 && n <= SPLITS_NAMED && i < n; i++)
    for (guint j = i + 1; j < n; j++)
      {
        guint between = tamis_crossings_count_between (leaks, i, j);
        g_autofree char *a = tamis_format_path (tamis_dataset_get_split_name (dataset, i));
        g_autofree char *b = tamis_format_path (tamis_dataset_get_split_name (dataset, j));
        g_autofree char *count = tamis_format_count (between);

        if (between > 0)
          g_string_append_printf (text, " · %s – %s: %s", a, b, count);
      }
}

static char *
word_leaks (TamisSession *session, TamisCrossings *leaks)
{
  guint n = tamis_crossings_get_n (leaks), left = tamis_crossings_get_n_left (leaks);
  g_autofree char *count = tamis_format_count (n);
  g_autofree char *n_left = tamis_format_count (left);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, ngettext ("%s leak", "%s leaks", n), count);
  if (n > 0 && left == 0)
    g_string_append (text, _(", all settled"));
  else if (n > 0)
    g_string_append_printf (text, ngettext (", %s not settled", ", %s not settled", left), n_left);
  append_between (text, tamis_session_get_dataset (session), leaks);
  return g_string_free (text, FALSE);
}

static char *
word_conflicts (TamisSession *session, TamisCrossingModel *model, TamisCrossings *conflicts)
{
  guint n = tamis_crossings_get_n (conflicts);
  double threshold = tamis_session_get_threshold (session);
  double floor = tamis_crossing_model_get_floor (model);
  g_autofree char *count = tamis_format_count (n);
  g_autofree char *t = tamis_format_similarity (MAX (threshold, floor));
  g_autofree char *text
      = g_strdup_printf (ngettext ("%s label conflict above %s", "%s label conflicts above %s", n),
                         count, t);

  if (threshold >= floor)
    return g_steal_pointer (&text);
  return g_strconcat (text, " · ", _("below that nothing was looked for"), NULL);
}

char *
tamis_crossings_words_summary (TamisSession *session, TamisCrossingModel *model)
{
  TamisCrossings *crossings = tamis_crossing_model_get_crossings (model);

  if (crossings == NULL)
    return g_strdup ("");
  return tamis_crossing_model_get_border (model) == TAMIS_BORDER_SPLITS
             ? word_leaks (session, crossings)
             : word_conflicts (session, model, crossings);
}

/* ---- one pair ---- */

static const char *
word_leak (TamisSession *session, const TamisCrossing *leak)
{
  TamisPlan *plan = tamis_session_get_plan (session);
  gboolean a_stays = plan == NULL || tamis_plan_is_kept (plan, leak->a);
  gboolean b_stays = plan == NULL || tamis_plan_is_kept (plan, leak->b);

  if (tamis_session_get_verdict (session, leak->a, leak->b) == TAMIS_VERDICT_REMOVE)
    return tamis_verdicts_is_removal (tamis_session_get_verdicts (session), leak->a, leak->b)
               ? _("✓ the left one goes")
               : _("✓ the right one goes");
  if (a_stays && b_stays)
    return _("both stay");
  if (!a_stays && !b_stays)
    return _("both go");
  return a_stays ? _("the right one goes") : _("the left one goes");
}

const char *
tamis_crossings_words_verdict (TamisSession *session, TamisBorder border,
                               const TamisCrossing *crossing)
{
  if (border == TAMIS_BORDER_SPLITS)
    return word_leak (session, crossing);
  switch (tamis_verdicts_get_label (tamis_session_get_verdicts (session), crossing->a, crossing->b))
    {
    case TAMIS_LABEL_FIRST:
      return _("✓ the left label");
    case TAMIS_LABEL_SECOND:
      return _("✓ the right label");
    case TAMIS_LABEL_BOTH:
      return _("✓ both labels");
    case TAMIS_LABEL_LATER:
      return _("later");
    case TAMIS_LABEL_NONE:
      break;
    }
  return _("not decided");
}
