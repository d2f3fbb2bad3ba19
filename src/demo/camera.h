/* The camera over a landscape, and what people do to its files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "canvas.h"
#include "flight.h"

#include <tamis/image.h>

G_BEGIN_DECLS

/* The picture of a frame or of one that was cropped or brightened. */
TamisImage *tamis_camera_take (const TamisCanvas *canvas,
                               const TamisShot *shot) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
