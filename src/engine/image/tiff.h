/* Between tiff.c and tiff-wide.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/image/codec.h"

#include <tiffio.h>

/* Samples that TIFFRGBAImage does not scale: floats, signed numbers, more than 16 bits. */
gboolean _tamis_tiff_is_wide (TIFF *tiff);
/* Size and tiles have been accepted. NULL without @error: libtiff said why. */
TamisImage *_tamis_tiff_read_wide (TIFF *tiff, TamisImageSource *source, GError **error);
