/* PNG, SVG and PDF: see export.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "export.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <tamis/base.h>

#define PIXELS_A_POINT 2.0
#define MAX_POINTS 14400.0 /* PDF's limit, 200 inches */

gboolean
tamis_plot_format_from_name (const char *name, TamisPlotFormat *format)
{
  static const char *const ends[] = { ".png", ".svg", ".pdf" };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (lower, ends[i]))
      {
        *format = (TamisPlotFormat)i;
        return TRUE;
      }
  return FALSE;
}

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
surface_for (const TamisPlotPage *page, TamisPlotFormat format, GByteArray *out)
{
  cairo_surface_t *surface;

  if (format == TAMIS_PLOT_PNG)
    {
      surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32,
                                            (int)(page->width * PIXELS_A_POINT + 0.5),
                                            (int)(page->height * PIXELS_A_POINT + 0.5));
      cairo_surface_set_device_scale (surface, PIXELS_A_POINT, PIXELS_A_POINT);
    }
  else if (format == TAMIS_PLOT_SVG)
    surface = cairo_svg_surface_create_for_stream (append, out, page->width, page->height);
  else
    surface = cairo_pdf_surface_create_for_stream (append, out, page->width, page->height);
  return surface;
}

static cairo_status_t
render (const TamisPlotPage *page, TamisPlotFormat format, GByteArray *out)
{
  cairo_surface_t *surface = surface_for (page, format, out);
  cairo_t *cr = cairo_create (surface);
  TamisPlotStyle style;
  cairo_status_t status;

  if (page->style != NULL)
    style = *page->style;
  else
    tamis_plot_style_init (&style, TAMIS_PLOT_PAPER, NULL, 10.0);
  style.scale = format == TAMIS_PLOT_PNG ? PIXELS_A_POINT : 1.0;
  page->draw (page->plot, cr, page->width, page->height, &style);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (format == TAMIS_PLOT_PNG && status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append, out);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return status;
}

GBytes *
tamis_plot_export_bytes (const TamisPlotPage *page, TamisPlotFormat format, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  cairo_status_t status;

  if (!(page->width >= 1.0 && page->width <= MAX_POINTS && page->height >= 1.0
        && page->height <= MAX_POINTS))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "A plot of %g × %g points cannot be drawn", page->width, page->height);
      return NULL;
    }
  status = render (page, format, out);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Could not draw the plot: %s",
                   cairo_status_to_string (status));
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

gboolean
tamis_plot_export (const TamisPlotPage *page,
                   const char *path,
                   TamisPlotFormat format,
                   GError **error)
{
  g_autoptr (GBytes) bytes = tamis_plot_export_bytes (page, format, error);
  g_autoptr (TamisWriter) writer = NULL;

  if (bytes == NULL)
    return FALSE;
  writer = tamis_writer_new (path);
  tamis_writer_put (writer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return tamis_writer_commit (writer, error);
}
