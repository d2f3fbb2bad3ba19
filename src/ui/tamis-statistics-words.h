/* Statistics in sentences: what the figures say, and what they do not.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-statistics.h"

G_BEGIN_DECLS

/* All return a new string. */

/* "y = 0.96x − 0.10"; a dash where there is no line. @short_form leaves "y = " out. */
char *tamis_words_line (const TamisTheilLine *line, gboolean short_form) G_GNUC_WARN_UNUSED_RESULT;
/* "0.66 to 1.24" */
char *tamis_words_interval (double low, double high) G_GNUC_WARN_UNUSED_RESULT;
/* "−0.10", with a sign if it is above 0 and @sign. */
char *tamis_words_number (double value, int digits, gboolean sign) G_GNUC_WARN_UNUSED_RESULT;
/* Of a change shown with two digits: 0 where it shows as none. */
int tamis_words_sign (double change);
/* Why a figure is missing, to a person; NULL if it is not. */
const char *tamis_words_reason (TamisReason reason);

/**
 * tamis_words_slopes:
 * @removed: images that go
 *
 * Which of the three lines differ from removing as many images at random, and what follows.
 */
char *tamis_words_slopes (const TamisRemovalStats *stats, const TamisControl *control, guint removed)
  G_GNUC_WARN_UNUSED_RESULT;

/* What was measured of the entropy of one component of one class. */
typedef struct
{
  TamisFigure before, after;           /* raw */
  TamisFigure unit_before, unit_after; /* of the scores at unit variance */
  TamisBand chance, unit_chance;       /* of the changes; a reason where there is none */
} TamisWordsEntropy;

/* Whether entropy rises as the paper says, and whether chance does the same. */
char *tamis_words_entropy (const TamisWordsEntropy *entropy, guint removed)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
