/* What the pages of leaks and of label conflicts say.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-crossing-model.h"

G_BEGIN_DECLS

/* Why there is nothing to see. */
const char *tamis_crossings_words_empty_title (TamisBorder border, TamisSearchState state);
char *tamis_crossings_words_empty (TamisSession *session, TamisCrossingModel *model)
  G_GNUC_WARN_UNUSED_RESULT;
/* How many, between which splits, and what removal leaves of them. */
char *tamis_crossings_words_summary (TamisSession *session, TamisCrossingModel *model)
  G_GNUC_WARN_UNUSED_RESULT;
const char *tamis_crossings_words_verdict (TamisSession *session, TamisBorder border,
                                           const TamisCrossing *crossing);

G_END_DECLS
