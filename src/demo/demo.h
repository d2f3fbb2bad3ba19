/* The demo set: a simulated survey flight, drawn, with the truth about every file beside it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/job.h>

G_BEGIN_DECLS

/**
 * TamisDemoParams:
 * @seed: another seed is another landscape and another flight
 * @images: how many files to draw, altered ones included; at least 1
 */
typedef struct
{
  guint64 seed;
  guint images;
} TamisDemoParams;
#define TAMIS_DEMO_PARAMS_INIT                                                                     \
  {                                                                                                \
    1, 1650                                                                                        \
  }

/* The file that marks a folder as a demo set, and the columns of its first line. */
#define TAMIS_DEMO_TRUTH "truth.csv"
#define TAMIS_DEMO_COLUMNS "path,class,terrain,strip,frame,kind,original,overlap"

/**
 * tamis_demo_draw:
 * @folder: made if missing; must be empty or hold this very demo set (then only what is missing is
 *   drawn, landscape by landscape)
 * @params: (nullable): NULL for the defaults
 * @progress: (nullable): stage TAMIS_STAGE_DRAW, counts files
 * @cancel: (nullable): what is written by then stays, and the next call with the same parameters
 *   completes it
 *
 * Draws one sub-folder a class (a kind of land seen from above) of 256×192 frames, mostly JPEG,
 * some PNG. A drone flies strips over a few terrains a class; frames of a strip overlap by 55 to
 * 95 %, or by nearly all where it hovers. About one file in nine is another one altered. The file
 * `truth.csv` says of every file:
 *
 * - path: below @folder; class: its sub-folder
 * - terrain: number of the landscape in the whole set, from 0; strip, frame: numbers within it
 * - kind: `frame`, `reencoded` (lower JPEG quality), `cropped` (5 to 10 % of width and of height
 * gone), `brightened`, `copy` (the same bytes)
 * - original: of an altered file the path of the frame it was made from, else empty
 * - overlap: share of ground, 0 to 1, in common with the frame before in the strip (0 for the
 *   first one) or, for an altered file, with its original
 *
 * The same parameters give the same files whatever the number of threads. (Other versions of cairo
 * or libjpeg may round a pixel differently.)
 *
 * Thread: blocking. Errors: G_IO_ERROR_EXISTS if @folder holds anything else, G_IO_ERROR_CANCELLED,
 * other G_IO_ERROR and G_FILE_ERROR codes from writing.
 */
gboolean tamis_demo_draw (const char *folder,
                          const TamisDemoParams *params,
                          TamisProgress *progress,
                          GCancellable *cancel,
                          GError **error);

G_END_DECLS
