/* Numbers and names as people read them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-format.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <math.h>
#include <string.h>

char *
tamis_format_count (guint64 n)
{
  const char *separator = nl_langinfo (THOUSEP);
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, n);
  gsize length = strlen (digits);
  GString *out = g_string_new (NULL);

  /* The C locale has no separator, but a bare 128401 is hard to read in any. */
  if (separator == NULL || *separator == '\0')
    separator = ",";
  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append (out, separator);
      g_string_append_c (out, digits[i]);
    }
  return g_string_free (out, FALSE);
}

char *
tamis_format_similarity (double similarity)
{
  /* Cut, not rounded: 0.9996 shown as 1.000 would claim identity. */
  return g_strdup_printf ("%.3f", floor (similarity * 1000 + 1e-9) / 1000);
}

char *
tamis_format_threshold (TamisPlan *plan, int class_index)
{
  guint n = tamis_plan_count_class_thresholds (plan);
  g_autofree char *threshold
      = tamis_format_similarity (class_index < 0 ? tamis_plan_get_threshold (plan)
                                                 : tamis_plan_get_class_threshold (plan, class_index));

  if (class_index >= 0 || n == 0)
    return g_steal_pointer (&threshold);
  return g_strdup_printf (ngettext ("%s (%u class has another)", "%s (%u classes have another)", n),
                          threshold, n);
}

char *
tamis_format_duration (double seconds)
{
  guint minutes = (guint) (seconds / 60 + 0.5);

  if (seconds < 90)
    return g_strdup_printf (_("%u s"), (guint) ceil (seconds));
  if (minutes < 90)
    return g_strdup_printf (ngettext ("%u minute", "%u minutes", minutes), minutes);
  return g_strdup_printf (_("%.1f hours"), seconds / 3600);
}

char *
tamis_format_path (const char *bytes)
{
  return tamis_path_escape (bytes);
}
