/* Statistics in sentences.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-statistics-words.h"

#include "plot/plot.h"

#include <glib/gi18n.h>
#include <string.h>

char *
tamis_words_line (const TamisTheilLine *line, gboolean short_form)
{
  g_autofree char *text = NULL;

  if (line->reason != TAMIS_REASON_NONE)
    return g_strdup ("–");
  text = tamis_plot_format_line (line->slope, line->intercept);
  return g_strdup (short_form && g_str_has_prefix (text, "y = ") ? text + strlen ("y = ") : text);
}

char *
tamis_words_interval (double low, double high)
{
  g_autofree char *from = tamis_plot_format_number (low, 2);
  g_autofree char *to = tamis_plot_format_number (high, 2);

  return g_strdup_printf (_("%s to %s"), from, to);
}

char *
tamis_words_number (double value, int digits, gboolean sign)
{
  g_autofree char *text = tamis_plot_format_number (value, digits);

  /* What rounds to zero has no sign. */
  return sign && value > 0 && strpbrk (text, "123456789") != NULL ? g_strconcat ("+", text, NULL)
                                                                  : g_strdup (text);
}

int
tamis_words_sign (double change)
{
  return change >= 0.005 ? 1 : change <= -0.005 ? -1 : 0;
}

const char *
tamis_words_reason (TamisReason reason)
{
  switch (reason)
    {
    case TAMIS_REASON_NONE:
      return NULL;
    case TAMIS_REASON_TOO_FEW:
      return _("Too few images");
    case TAMIS_REASON_CONSTANT:
      return _("All images are alike: there is no spread to measure");
    case TAMIS_REASON_NO_COMPONENT:
      return _("The class does not spread along so many components");
    default:
      return _("This cannot be measured here");
    }
}

/* "PC1", "PC1 and PC3", "PC1, PC2 and PC3" for the components whose bit is set. */
static char *
list_components (guint bits, guint *n)
{
  const char *names[TAMIS_REMOVAL_COMPONENTS];
  static const char *const all[TAMIS_REMOVAL_COMPONENTS] = { "PC1", "PC2", "PC3" };

  *n = 0;
  for (guint k = 0; k < TAMIS_REMOVAL_COMPONENTS; k++)
    if ((bits & 1u << k) != 0)
      names[(*n)++] = all[k];
  if (*n == 3)
    return g_strdup_printf (_("%s, %s and %s"), names[0], names[1], names[2]);
  if (*n == 2)
    return g_strdup_printf (_("%s and %s"), names[0], names[1]);
  return g_strdup (*n == 1 ? names[0] : "");
}

static void
append_sentence (GString *text, const char *sentence)
{
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append (text, sentence);
}

static void
append_components (GString *text, guint bits, const char *one, const char *many)
{
  guint n;
  g_autofree char *names = list_components (bits, &n);
  g_auto (GStrv) parts = g_strsplit (n == 1 ? one : many, "%s", 2);
  g_autofree char *sentence = g_strjoinv (names, parts);

  if (n > 0)
    append_sentence (text, sentence);
}

char *
tamis_words_slopes (const TamisRemovalStats *stats, const TamisControl *control, guint removed)
{
  guint below = 0, inside = 0, above = 0;
  GString *text = g_string_new (NULL);

  if (removed == 0)
    {
      g_string_append (text, _("Nothing is removed at this T, so nothing changes."));
      return g_string_free (text, FALSE);
    }
  for (guint k = 0; k < TAMIS_REMOVAL_COMPONENTS; k++)
    {
      const TamisTheilLine *line = &stats->lines[k];
      const TamisBand *band = &control->slopes[k];

      if (line->reason != TAMIS_REASON_NONE || band->reason != TAMIS_REASON_NONE)
        continue;
      if (line->slope < band->low)
        below |= 1u << k;
      else if (line->slope > band->high)
        above |= 1u << k;
      else
        inside |= 1u << k;
    }
  append_components (text, below, _("%s falls beyond chance."),
                     _("%s fall beyond chance."));
  append_components (text, inside,
                     _("%s does not differ from random removal, so its change says nothing about near-duplicates."),
                     _("%s do not differ from random removal, so their change says nothing about near-duplicates."));
  append_components (text, above,
                     _("%s rises against chance, where the paper says that it falls."),
                     _("%s rise against chance, where the paper says that they fall."));
  if (text->len == 0)
    g_string_append (text, _("There is no line to compare with chance: it needs two classes that differ in kurtosis."));
  return g_string_free (text, FALSE);
}

typedef enum {
  NOT_KNOWN,
  BELOW_CHANCE,
  LIKE_CHANCE,
  ABOVE_CHANCE,
} Against;

static Against
compare (double change, const TamisBand *band)
{
  if (band->reason != TAMIS_REASON_NONE)
    return NOT_KNOWN;
  return change < band->low ? BELOW_CHANCE : change > band->high ? ABOVE_CHANCE : LIKE_CHANCE;
}

char *
tamis_words_entropy (const TamisWordsEntropy *entropy, guint removed)
{
  GString *text;
  double change;
  int raw, unit;

  if (removed == 0)
    return g_strdup (_("This class loses nothing at this T."));
  if (entropy->before.reason == TAMIS_REASON_CONSTANT
      || entropy->before.reason == TAMIS_REASON_NO_COMPONENT)
    return g_strdup (tamis_words_reason (entropy->before.reason));
  if (entropy->before.reason != TAMIS_REASON_NONE || entropy->after.reason != TAMIS_REASON_NONE)
    return g_strdup (_("Too few images stay in this class to measure its entropy."));
  text = g_string_new (NULL);
  change = entropy->unit_after.value - entropy->unit_before.value;
  raw = tamis_words_sign (entropy->after.value - entropy->before.value);
  unit = tamis_words_sign (change);
  if (raw == 0 && unit == 0)
    append_sentence (text, _("Entropy stays the same."));
  else if (raw <= 0 && unit <= 0)
    append_sentence (text, _("Entropy falls here, although the paper says that it rises."));
  else if (raw < 0)
    append_sentence (text, _("Entropy falls, although the paper says that it rises; at unit variance it rises: the spread shrinks."));
  else if (unit < 0)
    append_sentence (text, _("Entropy rises because the spread grows; at unit variance it falls, although the paper says that it rises."));
  else
    append_sentence (text, _("Entropy rises, as the paper says."));
  switch (compare (change, &entropy->unit_chance))
    {
    case LIKE_CHANCE:
      append_sentence (text, _("Removing as many images at random does the same."));
      break;
    case BELOW_CHANCE:
      append_sentence (text, _("At random it would be higher."));
      break;
    case ABOVE_CHANCE:
      append_sentence (text, _("That is more than chance does."));
      break;
    default:
      break;
    }
  return g_string_free (text, FALSE);
}
