/* Figures and the reasons why some do not exist.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

const char *
tamis_reason_text (TamisReason reason)
{
  switch (reason)
    {
    case TAMIS_REASON_NONE:
      return "available";
    case TAMIS_REASON_TOO_FEW:
      return "too few images";
    case TAMIS_REASON_CONSTANT:
      return "all images are equal";
    case TAMIS_REASON_NO_COMPONENT:
      return "the images span fewer components";
    case TAMIS_REASON_NOT_FINITE:
      return "a value is not a finite number";
    case TAMIS_REASON_TOO_MANY:
      return "too many values for this method";
    case TAMIS_REASON_NO_KNEE:
      return "the curve has no knee";
    case TAMIS_REASON_NO_COPIES:
      return "nothing stands out as a copy";
    }
  return "unknown";
}

TamisFigure
_tamis_figure (double value)
{
  return (TamisFigure){ value, TAMIS_REASON_NONE };
}

TamisFigure
_tamis_no_figure (TamisReason reason)
{
  return (TamisFigure){ 0.0, reason };
}
