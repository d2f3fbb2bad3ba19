/* Class balance: a bar a class, before and after the removal.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "style.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;     /* any UTF-8; ellipsised */
  double before, after; /* images; what is not finite or below 0 counts as 0 */
} TamisPlotBalanceRow;

typedef struct
{
  const TamisPlotBalanceRow *rows; /* borrowed */
  guint n_rows;
  int selected;      /* row, or -1 */
  double mark_below; /* rows that keep less than this share are marked; 0.5 in Tamis, 0: none */
  const char
      *more_format; /* nullable: what to say of rows without room, with one %u; "… and %u more" */
  const char *message; /* what to say without rows */
} TamisPlotBalance;

/* A TamisPlotDraw. Rows that do not fit are counted, not drawn. */
void tamis_plot_balance_draw (gconstpointer balance,
                              cairo_t *cr,
                              double width,
                              double height,
                              const TamisPlotStyle *style);
/* The height at which every row is drawn. */
double tamis_plot_balance_get_height (const TamisPlotBalance *self, const TamisPlotStyle *style);
/* The row at pixel @y, or -1. */
int tamis_plot_balance_row_at (const TamisPlotBalance *self,
                               double height,
                               const TamisPlotStyle *style,
                               double y);

G_END_DECLS
