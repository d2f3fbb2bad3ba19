/* See tamis-agreement-words.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-agreement-words.h"

#include "plot/plot.h"
#include "tamis-format.h"

#include <glib/gi18n.h>

/* Wider, and the interval tells little. */
#define WIDE 0.4

/* ---- one pair ---- */

const char *
tamis_agreement_word_answer (TamisAnswer answer)
{
  switch (answer)
    {
    case TAMIS_ANSWER_REMOVE_A:
      return C_("verdict", "remove the left image");
    case TAMIS_ANSWER_REMOVE_B:
      return C_("verdict", "remove the right image");
    case TAMIS_ANSWER_KEEP_BOTH:
      return C_("verdict", "keep both");
    case TAMIS_ANSWER_NOT_DUPLICATES:
      return C_("verdict", "not duplicates");
    case TAMIS_ANSWER_DUPLICATES:
      return C_("verdict", "duplicates, whichever goes");
    case TAMIS_N_ANSWERS:
      break;
    }
  return "";
}

const char *
tamis_agreement_word_fate (const TamisDisagreement *item, int side)
{
  TamisAnswer goes = side == 0 ? TAMIS_ANSWER_REMOVE_A : TAMIS_ANSWER_REMOVE_B;

  if (item->ours == goes)
    return _("Goes by yours");
  if (item->theirs == goes)
    return _("Goes by theirs");
  return _("Stays by both");
}

/* ---- kappa ---- */

/* D. G. Altman, Practical Statistics for Medical Research (1991), page 404. */
const char *
tamis_agreement_word_kappa (const TamisKappa *kappa)
{
  if (kappa->n == 0)
    return _("No pair was judged by both");
  if (!kappa->exists)
    return _("Agreement, but perhaps by chance");
  if (kappa->kappa <= 0)
    return _("No more agreement than by chance");
  if (kappa->kappa <= 0.2)
    return _("Poor agreement");
  if (kappa->kappa <= 0.4)
    return _("Fair agreement");
  if (kappa->kappa <= 0.6)
    return _("Moderate agreement");
  if (kappa->kappa <= 0.8)
    return _("Good agreement");
  return _("Very good agreement");
}

char *
tamis_agreement_word_interval (const TamisKappa *kappa)
{
  g_autofree char *value = tamis_plot_format_number (kappa->kappa, 2);
  g_autofree char *low = tamis_plot_format_number (kappa->low, 2);
  g_autofree char *high = tamis_plot_format_number (kappa->high, 2);

  return g_strdup_printf (C_("interval", "%s (%s to %s)"), value, low, high);
}

static char *
word_meaning (const TamisKappa *kappa)
{
  g_autofree char *interval = NULL;
  const char *more = "";

  if (!kappa->exists)
    return g_strdup (_("All of them got the same verdict from both, so that nothing tells agreement from "
                       "chance. Judge some pairs that are less sure, too."));
  interval = tamis_agreement_word_interval (kappa);
  if (kappa->high - kappa->low > WIDE)
    more = _(" That is a wide range: more pairs judged by both would narrow it.");
  return g_strdup_printf (_("Cohen’s kappa is %s with 95 %% confidence, where 0 is what chance gives and 1 "
                            "is the same verdict always.%s"),
                          interval, more);
}

char *
tamis_agreement_word_summary (const TamisAgreement *agreement, const char *other)
{
  const TamisKappa *all = &agreement->all;
  g_autofree char *n = tamis_format_count (all->n);
  g_autofree char *agree = tamis_format_count (all->n_agree);
  g_autofree char *both = NULL;
  g_autofree char *meaning = NULL;

  if (all->n == 0)
    return g_strdup_printf (_("You and %s know the same images, but have not judged the same pairs. To "
                              "measure agreement, let both judge the same ones: the sample of Check T is "
                              "the same for both at the same model and settings."),
                            other);
  both = g_strdup_printf (ngettext ("You and %s judged %s pair both, and agree on %s.",
                                    "You and %s judged %s pairs both, and agree on %s.", all->n),
                          other, n, agree);
  meaning = word_meaning (all);
  return g_strdup_printf ("%s %s", both, meaning);
}

/* ---- counts ---- */

char *
tamis_agreement_word_counts (const TamisAgreement *agreement, const char *other)
{
  g_autofree char *ours = tamis_format_count (agreement->n_ours);
  g_autofree char *theirs = tamis_format_count (agreement->n_theirs);
  g_autofree char *shared = tamis_format_count (agreement->n_shared);
  g_autofree char *images
      = g_strdup_printf (ngettext ("%s image is in both projects.", "%s images are in both projects.",
                                   agreement->n_shared),
                         shared);

  return g_strdup_printf (_("Pairs judged by you: %s, by %s: %s. %s"), ours, other, theirs, images);
}

static void
add_line (GString *text, const char *line)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, line);
}

char *
tamis_agreement_word_others (const TamisAgreement *agreement)
{
  const TamisAgreed *labels = &agreement->labels, *marks = &agreement->marks;
  const TamisAgreed *folders = &agreement->folders;
  GString *text = g_string_new (NULL);

  if (labels->n > 0)
    {
      g_autofree char *line = g_strdup_printf (
          ngettext ("Label conflicts: %u judged by both, the same way: %u.",
                    "Label conflicts: %u judged by both, the same way: %u.", labels->n),
          labels->n, labels->n_agree);

      add_line (text, line);
    }
  if (marks->n > 0)
    {
      g_autofree char *line = g_strdup_printf (
          ngettext ("Always keep or remove: %u image marked by both, the same way: %u.",
                    "Always keep or remove: %u images marked by both, the same way: %u.", marks->n),
          marks->n, marks->n_agree);

      add_line (text, line);
    }
  if (folders->n > 0)
    {
      g_autofree char *line = g_strdup_printf (
          ngettext ("Folders: a rule of both for %u, the same one: %u.",
                    "Folders: a rule of both for %u, the same one: %u.", folders->n),
          folders->n, folders->n_agree);

      add_line (text, line);
    }
  if (text->len > 0)
    add_line (text, _("Where these differ, yours stay."));
  return g_string_free (text, FALSE);
}

static void
add_part (GString *text, guint n, const char *words)
{
  if (n == 0)
    return;
  if (text->len > 0)
    g_string_append (text, ", ");
  g_string_append_printf (text, words, n);
}

char *
tamis_agreement_word_takeover (const TamisTakeover *takeover)
{
  GString *text = g_string_new (NULL);

  add_part (text, takeover->pairs, ngettext ("%u pair", "%u pairs", takeover->pairs));
  add_part (text, takeover->marks, ngettext ("%u marked image", "%u marked images", takeover->marks));
  add_part (text, takeover->labels,
            ngettext ("%u label conflict", "%u label conflicts", takeover->labels));
  add_part (text, takeover->folders, ngettext ("%u folder", "%u folders", takeover->folders));
  add_part (text, takeover->splits,
            ngettext ("%u protected split", "%u protected splits", takeover->splits));
  return g_string_free (text, FALSE);
}

/* ---- failures ---- */

static const char *
word_reason (int code, const char **title)
{
  switch ((TamisProjectError) code)
    {
    case TAMIS_PROJECT_ERROR_NOT_A_PROJECT:
    case TAMIS_PROJECT_ERROR_NOT_FOUND:
      *title = _("Not a project");
      return _("“%s” is not a Tamis project. The other curator makes one with Save Project As.");
    case TAMIS_PROJECT_ERROR_NEWER:
      *title = _("Of a newer Tamis");
      return _("“%s” was written by a newer Tamis than this one. Update this one to read it.");
    case TAMIS_PROJECT_ERROR_LOCKED:
      *title = _("Open elsewhere");
      return _("“%s” is open in another Tamis. Close it there, or save a copy there with Save Project As "
               "and choose that.");
    case TAMIS_PROJECT_ERROR_SAME:
      *title = _("Your own project");
      return _("“%s” is the project that is open here. Choose that of the other curator.");
    case TAMIS_PROJECT_ERROR_UNRELATED:
      *title = _("Of other images");
      return _("No image of “%s” is in the data set that is open here. Open the data set that it was made "
               "for, or choose another project.");
    case TAMIS_PROJECT_ERROR_DAMAGED:
      *title = _("Damaged");
      return _("“%s” is damaged. Ask for a new copy of it.");
    case TAMIS_PROJECT_ERROR_READ_ONLY:
    case TAMIS_PROJECT_ERROR_WRITE:
      break;
    }
  return NULL;
}

char *
tamis_agreement_word_failure (const GError *error, const char *path, const char **title)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = tamis_format_path (base);
  const char *words = NULL;

  *title = _("Could not compare");
  if (error->domain == TAMIS_PROJECT_ERROR)
    words = word_reason (error->code, title);
  if (words == NULL)
    return g_strdup (error->message);
  return g_strdup_printf (words, name);
}
