/* What the act window says.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/tamis.h>

G_BEGIN_DECLS

typedef enum {
  TAMIS_ACT_TO_QUARANTINE,
  TAMIS_ACT_TO_TRASH,
  TAMIS_ACT_BACK,
} TamisActDirection;

/* Why a removal is refused or in trouble, as a sentence; borrowed. */
const char *tamis_act_word_refusal (TamisRefusal refusal);
/* All others are new strings. "Move 412 Images to Quarantine" */
char *tamis_act_word_button (TamisActDirection direction, guint n) G_GNUC_WARN_UNUSED_RESULT;
/* What a look found: what would move, what is refused, what is done already; a sentence a line. */
char *tamis_act_word_look (TamisActDirection direction, TamisActReport *report)
  G_GNUC_WARN_UNUSED_RESULT;
/* What was done. @stopped: it was cancelled half way. */
char *tamis_act_word_done (TamisActDirection direction, TamisActReport *report, gboolean stopped)
  G_GNUC_WARN_UNUSED_RESULT;
/* Why nothing could be done, and what to do now. */
char *tamis_act_word_failure (const GError *error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
