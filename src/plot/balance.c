/* Class balance: see balance.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "balance.h"

#include <math.h>
#include <string.h>

static double
row_height (const TamisPlotStyle *style)
{
  return ceil (2.1 * style->size);
}

static double
images (double count)
{
  return isfinite (count) && count > 0.0 ? MIN (count, 1e15) : 0.0;
}

static guint
rows_that_fit (const TamisPlotBalance *self, double height, const TamisPlotStyle *style)
{
  double fit = floor (height / row_height (style) + 1e-6);

  if (fit >= self->n_rows)
    return self->n_rows;
  return fit >= 1.0 ? (guint)fit - 1 : 0; /* the last line says how many more there are */
}

double
tamis_plot_balance_get_height (const TamisPlotBalance *self, const TamisPlotStyle *style)
{
  return MAX (self->n_rows, 1) * row_height (style);
}

int
tamis_plot_balance_row_at (const TamisPlotBalance *self,
                           double height,
                           const TamisPlotStyle *style,
                           double y)
{
  double row = floor (y / row_height (style));

  return row >= 0.0 && row < rows_that_fit (self, height, style) ? (int)row : -1;
}

/* ---- drawing ---- */

typedef struct
{
  double name_end; /* names end here */
  double bar_start;
  double bar_length; /* of the largest class */
  double largest;
  double width;
} Columns;

static void
bar (cairo_t *cr, double x, double y, double length, double height)
{
  double r = MIN (2.0, MIN (length, height) / 2.0);

  if (length <= 0.0)
    return;
  cairo_new_path (cr);
  cairo_move_to (cr, x, y);
  cairo_arc (cr, x + length - r, y + r, r, -G_PI / 2.0, 0.0);
  cairo_arc (cr, x + length - r, y + height - r, r, 0.0, G_PI / 2.0);
  cairo_line_to (cr, x, y + height);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static Columns
measure (const TamisPlotBalance *self,
         cairo_t *cr,
         double width,
         guint n,
         const TamisPlotStyle *style)
{
  Columns columns = { .width = width };
  double names = 0.0, numbers = 0.0;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *count = tamis_plot_format_count (images (self->rows[i].before));

      names = MAX (names, tamis_plot_text_width (cr, style, TAMIS_PLOT_SMALL, self->rows[i].name));
      numbers = MAX (numbers, tamis_plot_text_width (cr, style, TAMIS_PLOT_SMALL, count));
    }
  for (guint i = 0; i < self->n_rows; i++)
    columns.largest
        = MAX (columns.largest, MAX (images (self->rows[i].before), images (self->rows[i].after)));
  columns.name_end = MIN (names, 0.3 * width) + 4.0;
  columns.bar_start = columns.name_end + 8.0;
  /* Right of the bar: "694 of 1,388". */
  columns.bar_length = MAX (width - columns.bar_start - 2.0 * numbers - 4.2 * style->small, 0.0);
  return columns;
}

/* Kept in the text's colour, what there was dimmed beside it. */
static void
draw_numbers (const TamisPlotBalanceRow *row,
              cairo_t *cr,
              const TamisPlotStyle *style,
              double x,
              double y,
              gboolean marked)
{
  g_autofree char *after = tamis_plot_format_count (images (row->after));
  g_autofree char *before = tamis_plot_format_count (images (row->before));
  g_autofree char *rest = g_strconcat (" / ", before, NULL);
  TamisPlotText text = { .x = x,
                         .y = y,
                         .flags = TAMIS_PLOT_SMALL | (marked ? TAMIS_PLOT_BOLD : 0),
                         .colour = marked ? style->warning : style->text };

  text.x += tamis_plot_text (cr, style, &text, after);
  text.colour = style->dim;
  text.flags = TAMIS_PLOT_SMALL;
  if (images (row->before) != images (row->after))
    tamis_plot_text (cr, style, &text, rest);
}

static void
draw_row (const TamisPlotBalance *self,
          cairo_t *cr,
          const TamisPlotStyle *style,
          const Columns *columns,
          guint i)
{
  const TamisPlotBalanceRow *row = &self->rows[i];
  double height = row_height (style), y = i * height;
  double thick = MAX (floor (0.42 * height), 3.0), top = floor (y + (height - thick) / 2.0);
  double before = images (row->before), after = images (row->after);
  double unit = columns->largest > 0.0 ? columns->bar_length / columns->largest : 0.0;
  gboolean marked = after < self->mark_below * before;
  gboolean selected = self->selected == (int)i;
  TamisPlotText name = { .x = columns->name_end,
                         .y = y + height / 2.0,
                         .width = columns->name_end,
                         .align = TAMIS_PLOT_END,
                         .flags = TAMIS_PLOT_SMALL | (selected ? TAMIS_PLOT_BOLD : 0),
                         .colour = selected ? style->selection_text : style->text };

  tamis_plot_text (cr, style, &name, row->name);
  tamis_plot_set_colour (cr, tamis_plot_fade (style->before, 0.55));
  bar (cr, columns->bar_start, top, unit * before, thick);
  tamis_plot_set_colour (cr, selected ? style->selection : style->after);
  bar (cr, columns->bar_start, top, after > 0.0 ? MAX (unit * after, 1.0) : 0.0, thick);
  draw_numbers (row, cr, style, columns->bar_start + unit * MAX (before, after) + 7.0,
                y + height / 2.0, marked);
}

/* The caller's translation of "… and %u more"; only the number is put in, nothing else is read. */
static char *
more_text (const char *format, guint n)
{
  const char *place = strstr (format, "%u");
  g_autofree char *count = tamis_plot_format_count (n);

  if (place == NULL)
    return g_strdup (format);
  return g_strdup_printf ("%.*s%s%s", (int)(place - format), format, count, place + 2);
}

void
tamis_plot_balance_draw (gconstpointer balance,
                         cairo_t *cr,
                         double width,
                         double height,
                         const TamisPlotStyle *style)
{
  const TamisPlotBalance *self = balance;
  guint n = rows_that_fit (self, height, style);
  Columns columns;

  tamis_plot_begin (cr, width, height, style);
  columns = measure (self, cr, width, n, style);
  if (self->n_rows == 0 && self->message != NULL)
    tamis_plot_message (cr, width, height, style, self->message);
  for (guint i = 0; i < n; i++)
    draw_row (self, cr, style, &columns, i);
  if (n < self->n_rows && self->more_format != NULL)
    {
      g_autofree char *more = more_text (self->more_format, self->n_rows - n);
      TamisPlotText text = { .x = n > 0 ? columns.bar_start : 4.0,
                             .y = (n + 0.5) * row_height (style),
                             .flags = TAMIS_PLOT_SMALL,
                             .colour = style->dim };

      tamis_plot_text (cr, style, &text, more);
    }
  tamis_plot_end (cr);
}
