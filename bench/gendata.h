/* Latents as an encoder makes them, drawn instead of encoded: for benchmarks at the size of the
 * paper's data set, which is not public.
 *
 * The recipe is that of peers/gendata.py in the development pack: non-negative vectors (after a ReLU)
 * on a low-rank spectrum with a power-law fall around the centres of a class's clusters; 42 % of the
 * images in groups of near-duplicates of heavy-tailed size, from almost equal to loosely alike. The
 * random numbers are others, so the figures agree with those of the script in kind, not in digits.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/tamis.h>

G_BEGIN_DECLS

#define BENCH_DIMENSION 1024

/* @n images in @n_classes of equal size, the first ones an image larger if need be. Classes in
 * parallel; the same for any number of threads. */
TamisLatents *bench_gendata (guint n, guint n_classes, guint64 seed) G_GNUC_WARN_UNUSED_RESULT;
/* The data set those rows belong to; its files do not exist. */
TamisDataset *bench_gendata_labels (guint n, guint n_classes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
