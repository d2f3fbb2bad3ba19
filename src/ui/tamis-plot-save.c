/* Saving a plot: see tamis-plot-save.h.
 *
 * DESIGN: the painter's data belongs to the view, so the document is made here and now, in memory: a few
 * milliseconds for a plot. The file is a worker's. (A cairo recording played back by the worker would
 * be shorter still, but cairo 1.16 never frees a recording that an SVG or PDF surface has used.)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-plot-save.h"

#include <glib/gi18n.h>
#include <tamis/base.h>

typedef struct
{
  GBytes *document; /* NULL: error says why */
  GError *error;
  char *path;
  gboolean completed; /* an ending was put behind the name */
} Save;

static void
save_free (Save *save)
{
  g_clear_pointer (&save->document, g_bytes_unref);
  g_clear_error (&save->error);
  g_free (save->path);
  g_free (save);
}

static gboolean
write_document (Save *save, GError **error)
{
  g_autoptr (TamisWriter) writer = NULL;
  gsize size;
  const void *data;

  /* The file chooser has asked about the name that was typed, not about this one. */
  if (save->completed && g_file_test (save->path, G_FILE_TEST_EXISTS))
    {
      g_autofree char *shown = g_filename_display_name (save->path);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _("%s is there already"), shown);
      return FALSE;
    }
  data = g_bytes_get_data (save->document, &size);
  writer = tamis_writer_new (save->path);
  tamis_writer_put (writer, data, size);
  return tamis_writer_commit (writer, error);
}

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
  Save *save = data;
  GError *error = NULL;

  if (save->document == NULL)
    g_task_return_error (task, g_steal_pointer (&save->error));
  else if (write_document (save, &error))
    g_task_return_pointer (task, g_strdup (save->path), g_free);
  else
    g_task_return_error (task, error);
}

void
tamis_plot_save_async (const TamisPlotPage *page, const char *path, GAsyncReadyCallback callback,
                       gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  TamisPlotPage on_paper = { page->draw, page->plot, page->width, page->height, NULL };
  TamisPlotFormat format = TAMIS_PLOT_SVG;
  Save *save = g_new0 (Save, 1);

  save->completed = !tamis_plot_format_from_name (path, &format);
  if (save->completed)
    format = TAMIS_PLOT_SVG;
  save->path = save->completed ? g_strconcat (path, ".svg", NULL) : g_strdup (path);
  save->document = tamis_plot_export_bytes (&on_paper, format, &save->error);
  g_task_set_source_tag (task, tamis_plot_save_async);
  g_task_set_task_data (task, save, (GDestroyNotify) save_free);
  g_task_run_in_thread (task, save_thread);
}

char *
tamis_plot_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
