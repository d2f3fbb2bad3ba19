/* What the window of two curators says.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/tamis.h>

G_BEGIN_DECLS

/* Of the pair on show, a being the left image: "remove the left image" */
const char *tamis_agreement_word_answer (TamisAnswer answer);
/* Above image @side (0: a, 1: b): who would let it go. */
const char *tamis_agreement_word_fate (const TamisDisagreement *item, int side);
/* "Very good agreement"; that there is none, or none that can be told from chance. */
const char *tamis_agreement_word_kappa (const TamisKappa *kappa);
/* The others return new strings. "0.83 (0.72 to 0.90)" */
char *tamis_agreement_word_interval (const TamisKappa *kappa) G_GNUC_WARN_UNUSED_RESULT;
/* How many both judged, and what kappa says of them. @other: the other curator's name. */
char *tamis_agreement_word_summary (const TamisAgreement *agreement, const char *other)
  G_GNUC_WARN_UNUSED_RESULT;
/* How many each judged, and of how many images. */
char *tamis_agreement_word_counts (const TamisAgreement *agreement, const char *other)
  G_GNUC_WARN_UNUSED_RESULT;
/* Marks, labels and folders that both decided about, a sentence a line; "" if there are none. */
char *tamis_agreement_word_others (const TamisAgreement *agreement) G_GNUC_WARN_UNUSED_RESULT;
/* "12 pairs, 1 folder" */
char *tamis_agreement_word_takeover (const TamisTakeover *takeover) G_GNUC_WARN_UNUSED_RESULT;
/* Why @path could not be compared, and the way out. @title: (out) (transfer none) */
char *tamis_agreement_word_failure (const GError *error, const char *path, const char **title)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
