/* Any painter into a file.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "style.h"

G_BEGIN_DECLS

typedef enum
{
  TAMIS_PLOT_PNG, /* two pixels a point */
  TAMIS_PLOT_SVG,
  TAMIS_PLOT_PDF,
} TamisPlotFormat;

typedef struct
{
  TamisPlotDraw draw;
  gconstpointer plot;
  double width, height;        /* points, 1 .. 14,400 */
  const TamisPlotStyle *style; /* nullable: paper, 10 points */
} TamisPlotPage;

/* By the end of the name (".png", ".svg", ".pdf", in any case); FALSE: none of these. */
gboolean tamis_plot_format_from_name (const char *name, TamisPlotFormat *format);

/**
 * tamis_plot_export:
 *
 * Written atomically. Thread: any. Errors: G_IO_ERROR codes, message with the path;
 * G_IO_ERROR_INVALID_ARGUMENT for a size out of range.
 */
gboolean tamis_plot_export (const TamisPlotPage *page,
                            const char *path,
                            TamisPlotFormat format,
                            GError **error);
/* Into memory instead, for reports that hold their pictures. */
GBytes *tamis_plot_export_bytes (const TamisPlotPage *page,
                                 TamisPlotFormat format,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
