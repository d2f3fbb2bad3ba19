/* All painters.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "axis.h"
#include "balance.h"
#include "band.h"
#include "bars.h"
#include "curves.h"
#include "density.h"
#include "export.h"
#include "histogram.h"
#include "scatter.h"
#include "style.h"
#include "tones.h"
#include "track.h"
