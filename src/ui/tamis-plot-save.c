/* Saving a plot: see tamis-plot-save.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-plot-save.h"

#include <glib/gi18n.h>

#define TEXT_SIZE 10.0

typedef struct
{
  cairo_surface_t *recording;
  double width, height;
  char *path;
} Save;

static void
save_free (Save *save)
{
  cairo_surface_destroy (save->recording);
  g_free (save->path);
  g_free (save);
}

static cairo_surface_t *
record (const TamisPlotPage *page)
{
  cairo_rectangle_t extents = { 0, 0, page->width, page->height };
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &extents);
  cairo_t *cr = cairo_create (surface);
  TamisPlotStyle style;

  tamis_plot_style_init (&style, TAMIS_PLOT_PAPER, NULL, TEXT_SIZE);
  page->draw (page->plot, cr, page->width, page->height, &style);
  cairo_destroy (cr);
  return surface;
}

/* A painter that plays the recording back: still vectors. */
static void
replay (gconstpointer plot, cairo_t *cr, double width, double height, const TamisPlotStyle *style)
{
  cairo_save (cr);
  cairo_set_source_surface (cr, (cairo_surface_t *) plot, 0, 0);
  cairo_paint (cr);
  cairo_restore (cr);
}

/* FALSE: the name that the file chooser has not asked about is taken. */
static gboolean
complete_path (Save *save, TamisPlotFormat *format, GError **error)
{
  g_autofree char *path = NULL;

  if (tamis_plot_format_from_name (save->path, format))
    return TRUE;
  path = g_strconcat (save->path, ".svg", NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _("%s is there already"), shown);
      return FALSE;
    }
  g_free (save->path);
  save->path = g_steal_pointer (&path);
  *format = TAMIS_PLOT_SVG;
  return TRUE;
}

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
  Save *save = data;
  TamisPlotPage page = { replay, save->recording, save->width, save->height, NULL };
  TamisPlotFormat format;
  GError *error = NULL;

  if (complete_path (save, &format, &error) && tamis_plot_export (&page, save->path, format, &error))
    g_task_return_pointer (task, g_strdup (save->path), g_free);
  else
    g_task_return_error (task, error);
}

void
tamis_plot_save_async (const TamisPlotPage *page, const char *path, GAsyncReadyCallback callback,
                       gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  Save *save = g_new (Save, 1);

  *save = (Save){ record (page), page->width, page->height, g_strdup (path) };
  g_task_set_source_tag (task, tamis_plot_save_async);
  g_task_set_task_data (task, save, (GDestroyNotify) save_free);
  g_task_run_in_thread (task, save_thread);
}

char *
tamis_plot_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
