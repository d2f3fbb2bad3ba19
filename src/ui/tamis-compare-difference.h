/* The difference map of the compare view: what it is made of, and where it goes. Private to the compare view.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-compare-stage.h"
#include "tamis-pair-study.h"

G_BEGIN_DECLS

/**
 * tamis_compare_difference_ask:
 * @pane: size of the pane that both images share
 * @scale: device pixels a unit of it
 *
 * In that mode, asks the store for what the map needs, and the study for the map, as soon as it is there: of
 * a halving of the whole images, and where they are enlarged beyond it, of each pixel that is seen. Cheap if
 * there is nothing to do: call it after each move.
 */
void tamis_compare_difference_ask (TamisCompareStage *stage, TamisPairStudy *study, graphene_size_t pane,
                                   int scale, guint gain);
/* Puts what the study has made by now on the stage. */
void tamis_compare_difference_take (TamisCompareStage *stage, TamisPairStudy *study);
void tamis_compare_difference_clear (TamisCompareStage *stage);

G_END_DECLS
