/* Random latents with planted duplicates, and the naive double loop that everything is held
 * against.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/dedup/join-private.h"

#include <tamis/base.h>

/* n × d values: half of the rows repeat an earlier one, exactly, scaled, or with noise from hardly
 * any to much; some are zero. Owned by the caller. */
float *planted_new (guint n, guint dimension, guint64 seed);

/* Cuts n rows into ranges of uneven sizes, empty ones among them; @n_ranges of them. */
TamisRange *planted_ranges (guint n, guint n_ranges);

/* All pairs above the floor by the double loop, in the order of _tamis_pairs_sort(). */
GArray *planted_naive (const TamisJoinInput *in);

/* The join under test. */
TamisPairs *planted_join (const TamisJoinInput *in);

/* Fails unless @pairs has exactly the pairs of @naive (any order), each row in its due order. */
void planted_assert_equal (TamisPairs *pairs, GArray *naive);
