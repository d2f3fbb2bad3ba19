/* A document as PDF: A4 pages, one column, what belongs together kept on one page.
 *
 * DESIGN: one pass from top to bottom with a cursor. Each block says how high its next indivisible
 * piece is (a line of a table, a row of pairs, a plot); a piece that does not fit begins a new page.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "document.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <tamis/base.h>

#define PAGE_WIDTH 595.28 /* points */
#define PAGE_HEIGHT 841.89
#define MARGIN 48.0
#define WIDTH (PAGE_WIDTH - 2 * MARGIN)
#define GAP 10.0
#define ROW_HEIGHT 15.0
#define BAR_WIDTH 70.0
#define CELL_GAP 10.0
#define CELL_SIZE 8.5
#define CELL_SIZE_MIN 7.0
#define HEADING_HEIGHT 30.0
/* Painters set type for a screen; on paper it may be smaller, but not as much as the plot. */
#define PLOT_SCALE 0.75

static const double ink[3] = { 0.12, 0.12, 0.12 };
static const double quiet[3] = { 0.42, 0.42, 0.42 };
static const double accent[3] = { 0.11, 0.44, 0.85 };
static const double line[3] = { 0.85, 0.85, 0.85 };

typedef struct
{
  cairo_t *cr;
  PangoLayout *layout;
  const char *author;
  double y;
  guint page;
} Pdf;

static void
set_colour (Pdf *self, const double colour[3])
{
  cairo_set_source_rgb (self->cr, colour[0], colour[1], colour[2]);
}

/* Sets the layout; @width 0: as wide as the text. Returns its height. */
static double
set_text (Pdf *self, const char *text, const char *font, double width)
{
  g_autoptr (PangoFontDescription) description = pango_font_description_from_string (font);
  int height;

  pango_layout_set_font_description (self->layout, description);
  pango_layout_set_width (self->layout, width > 0 ? width * PANGO_SCALE : -1);
  pango_layout_set_ellipsize (self->layout, PANGO_ELLIPSIZE_NONE);
  pango_layout_set_wrap (self->layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (self->layout, text, -1);
  pango_layout_get_size (self->layout, NULL, &height);
  return height / (double) PANGO_SCALE;
}

static void
show_text (Pdf *self, double x, double y, const double colour[3])
{
  set_colour (self, colour);
  cairo_move_to (self->cr, x, y);
  pango_cairo_show_layout (self->cr, self->layout);
}

static double
text_width (Pdf *self)
{
  int width;

  pango_layout_get_size (self->layout, &width, NULL);
  return width / (double) PANGO_SCALE;
}

static void
end_page (Pdf *self)
{
  g_autofree char *number = g_strdup_printf ("%s    %u", self->author, ++self->page);
  PangoLayout *body = self->layout;

  /* A layout of its own: a page may end while the next piece is already set in the other. */
  self->layout = pango_cairo_create_layout (self->cr);
  set_text (self, number, "Cantarell, sans 7.5", 0);
  show_text (self, PAGE_WIDTH - MARGIN - text_width (self), PAGE_HEIGHT - MARGIN * 0.7, quiet);
  g_object_unref (self->layout);
  self->layout = body;
  cairo_show_page (self->cr);
  self->y = MARGIN;
}

static void
need (Pdf *self, double height)
{
  if (self->y + height > PAGE_HEIGHT - MARGIN && self->y > MARGIN)
    end_page (self);
}

static void
draw_words (Pdf *self, const char *text, const char *font, const double colour[3])
{
  double height = set_text (self, text, font, WIDTH);

  need (self, height);
  show_text (self, MARGIN, self->y, colour);
  self->y += height + GAP * 0.7;
}

static double
plot_height (const DocumentPlot *plot)
{
  return plot->height * WIDTH / plot->width * 1.15;
}

/* A heading alone at the foot of a page is worse than a gap there: what follows comes with it. */
static void
draw_heading (Pdf *self, const char *text, const DocumentBlock *next)
{
  double follows = 70;

  if (next != NULL && next->kind == DOCUMENT_PLOT)
    follows = plot_height (next->plot) + 20;
  self->y += self->y > MARGIN ? GAP * 1.4 : 0;
  need (self, HEADING_HEIGHT + follows);
  draw_words (self, text, "Cantarell, sans bold 13", ink);
}

static void
draw_tiles (Pdf *self, const GArray *tiles)
{
  double width = (WIDTH - GAP * (tiles->len - 1)) / tiles->len;

  need (self, 50);
  for (guint i = 0; i < tiles->len; i++)
    {
      const DocumentTile *tile = &g_array_index (tiles, DocumentTile, i);
      double x = MARGIN + i * (width + GAP);

      set_colour (self, line);
      cairo_set_line_width (self->cr, 0.7);
      cairo_rectangle (self->cr, x, self->y, width, 44);
      cairo_stroke (self->cr);
      set_text (self, tile->figure, "Cantarell, sans bold 13", 0);
      show_text (self, x + 7, self->y + 5, ink);
      set_text (self, tile->label, "Cantarell, sans 8", width - 12);
      show_text (self, x + 7, self->y + 26, quiet);
    }
  self->y += 44 + GAP * 1.5;
}

/* ---- tables ---- */

static const char *
get_cell (const DocumentTable *table, guint row, guint column)
{
  return g_ptr_array_index (table->cells, row * table->n_columns + column);
}

static double
set_cell (Pdf *self, const char *cell, double size, double width)
{
  g_autofree char *font = g_strdup_printf ("Cantarell, sans %.2f", size);

  return set_text (self, cell, font, width);
}

/* Natural widths at this size of type; returns their sum. */
static double
measure_columns (Pdf *self, const DocumentTable *table, double size, double *widths)
{
  double sum = 0;

  for (guint column = 0; column < table->n_columns; column++)
    {
      widths[column] = 0;
      for (guint row = 0; row < table->cells->len / table->n_columns; row++)
        {
          const char *cell = get_cell (table, row, column);
          gboolean bar = row > 0 && table->columns[column] == DOCUMENT_BAR;

          if (bar || cell == NULL)
            widths[column] = MAX (widths[column], bar ? BAR_WIDTH : 0);
          else
            {
              set_cell (self, cell, size, 0);
              widths[column] = MAX (widths[column], text_width (self));
            }
        }
      widths[column] += CELL_GAP;
      sum += widths[column];
    }
  return sum;
}

/* The widest columns become equally wide, no wider than the page allows; the others stay. */
static void
narrow_columns (const DocumentTable *table, double *widths)
{
  double limit = WIDTH / table->n_columns;

  for (guint round = 0; round < table->n_columns; round++)
    {
      double room = WIDTH;
      guint n_wide = 0;

      for (guint column = 0; column < table->n_columns; column++)
        if (widths[column] > limit)
          n_wide++;
        else
          room -= widths[column];
      limit = room / MAX (n_wide, 1);
    }
  for (guint column = 0; column < table->n_columns; column++)
    widths[column] = MIN (widths[column], limit);
}

/* A table too wide for the page is set smaller, and at last its widest columns give way and wrap.
 * Returns the size of its type. */
static double
fit_columns (Pdf *self, const DocumentTable *table, double *widths)
{
  double size = CELL_SIZE, sum = measure_columns (self, table, size, widths);

  if (sum > WIDTH)
    {
      size = MAX (size * WIDTH / sum * 0.98, CELL_SIZE_MIN);
      sum = measure_columns (self, table, size, widths);
    }
  if (sum > WIDTH)
    narrow_columns (table, widths);
  return size;
}

static void
draw_bar (Pdf *self, double x, double share)
{
  cairo_rectangle (self->cr, x, self->y + 4, BAR_WIDTH, 5);
  set_colour (self, line);
  cairo_fill (self->cr);
  cairo_rectangle (self->cr, x, self->y + 4, BAR_WIDTH * CLAMP (share, 0, 1), 5);
  set_colour (self, accent);
  cairo_fill (self->cr);
}

/* As high as its highest cell. */
static double
measure_row (Pdf *self, const DocumentTable *table, guint row, double size, const double *widths)
{
  double height = ROW_HEIGHT;

  for (guint column = 0; column < table->n_columns; column++)
    {
      const char *cell = get_cell (table, row, column);

      if (cell != NULL)
        height = MAX (height, set_cell (self, cell, size, widths[column] - CELL_GAP + 1) + 3);
    }
  return height;
}

static void
draw_row (Pdf *self, const DocumentTable *table, guint row, double size, const double *widths)
{
  double x = MARGIN, height = measure_row (self, table, row, size, widths);

  for (guint column = 0; column < table->n_columns; column++)
    {
      const char *cell = get_cell (table, row, column);
      double room = widths[column] - CELL_GAP;

      if (cell != NULL && row > 0 && table->columns[column] == DOCUMENT_BAR)
        draw_bar (self, x, g_ascii_strtod (cell, NULL));
      else if (cell != NULL)
        {
          set_cell (self, cell, size, room + 1);
          pango_layout_set_alignment (self->layout, table->columns[column] == DOCUMENT_RIGHT
                                                        ? PANGO_ALIGN_RIGHT
                                                        : PANGO_ALIGN_LEFT);
          show_text (self, x, self->y, row == 0 ? quiet : ink);
          pango_layout_set_alignment (self->layout, PANGO_ALIGN_LEFT);
        }
      x += widths[column];
    }
  self->y += height;
  set_colour (self, line);
  cairo_set_line_width (self->cr, row == 0 ? 0.8 : 0.3);
  cairo_move_to (self->cr, MARGIN, self->y - 2);
  cairo_line_to (self->cr, x - CELL_GAP, self->y - 2);
  cairo_stroke (self->cr);
}

static void
draw_table (Pdf *self, const DocumentTable *table)
{
  g_autofree double *widths = g_new0 (double, table->n_columns);
  double size = fit_columns (self, table, widths);
  guint n_rows = table->cells->len / table->n_columns;

  for (guint row = 0; row < n_rows; row++)
    {
      double before = self->y;

      need (self, row == 0 ? 4 * ROW_HEIGHT : measure_row (self, table, row, size, widths));
      if (row > 0 && self->y < before)
        draw_row (self, table, 0, size, widths);
      draw_row (self, table, row, size, widths);
    }
  self->y += GAP;
}

/* ---- plots and pictures ---- */

static void
draw_plot (Pdf *self, const DocumentPlot *plot)
{
  double height = plot_height (plot);

  need (self, height + 20);
  cairo_save (self->cr);
  cairo_translate (self->cr, MARGIN, self->y);
  cairo_scale (self->cr, PLOT_SCALE, PLOT_SCALE);
  plot->draw (plot->data, self->cr, WIDTH / PLOT_SCALE, height / PLOT_SCALE, FALSE);
  cairo_restore (self->cr);
  self->y += height + 2;
  draw_words (self, plot->caption, "Cantarell, sans 8", quiet);
}

/* The JPEG goes into the file as it is: cairo only needs a surface of its size to hang it on. */
static void
draw_picture (Pdf *self, const DocumentPicture *picture, double x, double side)
{
  cairo_surface_t *surface;
  gsize length;
  const void *data;
  double scale, height = side * 3 / 4;

  cairo_rectangle (self->cr, x, self->y, side, height);
  cairo_set_source_rgb (self->cr, 0.467, 0.467, 0.467);
  cairo_fill (self->cr);
  if (picture->jpeg == NULL)
    return;
  data = g_bytes_get_data (picture->jpeg, &length);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, picture->width, picture->height);
  cairo_surface_set_mime_data (surface, CAIRO_MIME_TYPE_JPEG, data, length,
                               (cairo_destroy_func_t) g_bytes_unref,
                               g_bytes_ref (picture->jpeg));
  scale = MIN (side / picture->width, height / picture->height);
  cairo_save (self->cr);
  cairo_translate (self->cr, x + (side - scale * picture->width) / 2,
                   self->y + (height - scale * picture->height) / 2);
  cairo_scale (self->cr, scale, scale);
  cairo_set_source_surface (self->cr, surface, 0, 0);
  cairo_paint (self->cr);
  cairo_restore (self->cr);
  cairo_surface_destroy (surface);
}

static void
draw_caption (Pdf *self, const char *fate, const char *caption, double x, double side)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", fate, caption);

  set_text (self, text, "Cantarell, sans 6.5", side);
  pango_layout_set_height (self->layout, -3);
  pango_layout_set_ellipsize (self->layout, PANGO_ELLIPSIZE_MIDDLE);
  show_text (self, x, self->y + side * 3 / 4 + 2, ink);
  pango_layout_set_height (self->layout, -1);
}

/* Two pairs a row, four pictures beside one another. */
static void
draw_pairs (Pdf *self, const GArray *pairs)
{
  double side = (WIDTH - 3 * GAP) / 4, height = 12 + side * 3 / 4 + 42;

  for (guint i = 0; i < pairs->len; i++)
    {
      const DocumentPair *pair = &g_array_index (pairs, DocumentPair, i);
      double x = MARGIN + (i % 2) * 2 * (side + GAP);
      g_autofree char *head = g_strdup_printf ("similarity %s", pair->similarity);

      if (i % 2 == 0)
        need (self, height);
      set_text (self, head, "Cantarell, sans 7.5", 0);
      show_text (self, x, self->y, quiet);
      self->y += 12;
      draw_picture (self, &pair->removed, x, side);
      draw_caption (self, "removed", pair->removed.caption, x, side);
      draw_picture (self, &pair->witness, x + side + GAP / 2, side);
      draw_caption (self, "stays", pair->witness.caption, x + side + GAP / 2, side);
      self->y -= 12;
      if (i % 2 == 1 || i + 1 == pairs->len)
        self->y += height;
    }
}

static void
draw_block (Pdf *self, const DocumentBlock *block, const DocumentBlock *next)
{
  switch (block->kind)
    {
    case DOCUMENT_TITLE:
      draw_words (self, block->text, "Cantarell, sans bold 20", ink);
      break;
    case DOCUMENT_HEADING:
      draw_heading (self, block->text, next);
      break;
    case DOCUMENT_TEXT:
      draw_words (self, block->text, "Cantarell, sans 9.5", ink);
      break;
    case DOCUMENT_NOTE:
      draw_words (self, block->text, "Cantarell, sans 8", quiet);
      break;
    case DOCUMENT_TILES:
      draw_tiles (self, block->tiles);
      break;
    case DOCUMENT_TABLE:
      draw_table (self, block->table);
      break;
    case DOCUMENT_PLOT:
      draw_plot (self, block->plot);
      break;
    case DOCUMENT_PAIRS:
      draw_pairs (self, block->pairs);
      break;
    default:
      g_assert_not_reached ();
    }
}

static cairo_status_t
write_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  tamis_writer_put (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

gboolean
document_write_pdf (const Document *self, const char *author, const char *path, GError **error)
{
  g_autoptr (TamisWriter) writer = tamis_writer_new (path);
  cairo_surface_t *surface
      = cairo_pdf_surface_create_for_stream (write_bytes, writer, PAGE_WIDTH, PAGE_HEIGHT);
  Pdf pdf = { cairo_create (surface), NULL, author, MARGIN, 0 };
  cairo_status_t status;

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, author);
  pdf.layout = pango_cairo_create_layout (pdf.cr);
  for (guint i = 0; i < self->blocks->len; i++)
    draw_block (&pdf, g_ptr_array_index (self->blocks, i),
                i + 1 < self->blocks->len ? g_ptr_array_index (self->blocks, i + 1) : NULL);
  end_page (&pdf);
  g_object_unref (pdf.layout);
  cairo_destroy (pdf.cr);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Could not draw the PDF: %s",
                   cairo_status_to_string (status));
      return FALSE;
    }
  return tamis_writer_commit (writer, error);
}
