/* A document as one HTML file that needs nothing else: styles, plots and pictures are inside.
 *
 * Plots are SVG in data URIs rather than inline: cairo numbers its glyphs from 0 in every file, so
 * two inline plots would share identifiers. Each is there twice, for light and for dark.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "document.h"

#include <cairo-svg.h>
#include <tamis/base.h>

static const char style[]
    = ":root{color-scheme:light dark;--page:#fafafa;--card:#fff;--text:#1e1e1e;--quiet:#6b6b6b;"
      "--line:#e2e2e2;--bar:#d4d4d4;--accent:#1c71d8;--gone:#a51d2d}"
      "@media(prefers-color-scheme:dark){:root{--page:#1d1d1d;--card:#282828;--text:#eee;"
      "--quiet:#a3a3a3;--line:#3d3d3d;--bar:#4a4a4a;--accent:#78aeed;--gone:#ff938c}}"
      "*{box-sizing:border-box}"
      "body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 Cantarell,'Inter',"
      "system-ui,sans-serif;font-variant-numeric:tabular-nums}"
      "main{max-width:1040px;margin:0 auto;padding:40px 24px 64px}"
      "h1{font-size:28px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}"
      "h2{font-size:19px;margin:44px 0 10px}p{margin:0 0 12px;max-width:75ch}"
      ".note{color:var(--quiet);font-size:13px}"
      ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:12px;"
      "margin:22px 0}"
      ".tile{background:var(--card);border:1px solid var(--line);border-radius:12px;"
      "padding:14px 16px}"
      ".tile b{display:block;font-size:24px;line-height:1.2;font-weight:600}"
      ".tile span{color:var(--quiet);font-size:13px}"
      ".scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);"
      "border-radius:12px;margin:0 0 14px}"
      "table{border-collapse:collapse;width:100%}"
      "th,td{padding:6px 14px;text-align:left;white-space:nowrap}"
      "td:first-child{white-space:normal;overflow-wrap:anywhere}"
      "th{font-weight:600;font-size:13px;color:var(--quiet);border-bottom:1px solid var(--line)}"
      "tr+tr td{border-top:1px solid var(--line)}.right{text-align:right}"
      ".bar{display:block;width:120px;height:8px;border-radius:4px;background:var(--bar);"
      "overflow:hidden}.bar i{display:block;height:100%;background:var(--accent)}"
      "figure{margin:0 0 14px}figure.plot{background:var(--card);border:1px solid var(--line);"
      "border-radius:12px;padding:12px}figure.plot img{display:block;width:100%;height:auto}"
      "figcaption{color:var(--quiet);font-size:13px;margin-top:6px}"
      ".pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(310px,1fr));gap:16px}"
      ".pair{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:12px;"
      "break-inside:avoid}"
      ".pair header{display:flex;justify-content:space-between;font-size:13px;"
      "color:var(--quiet);margin-bottom:8px}.pair header b{color:var(--text)}"
      ".two{display:grid;grid-template-columns:1fr 1fr;gap:10px}"
      ".two div{min-width:0}.two small{display:block;color:var(--quiet);font-size:12px;"
      "line-height:1.35;overflow-wrap:anywhere}"
      ".two img,.two .none{display:block;width:100%;aspect-ratio:4/3;object-fit:contain;"
      "background:#777;border-radius:6px;margin-bottom:5px}"
      ".two .none{color:#fff;font-size:12px;text-align:center;padding-top:30%}"
      ".goes small b{color:var(--gone)}.stays small b{color:var(--accent)}"
      "footer{margin-top:56px;padding-top:14px;border-top:1px solid var(--line);"
      "color:var(--quiet);font-size:13px}"
      "@media print{body{background:#fff}main{padding:0}}";

static void G_GNUC_PRINTF (2, 3)
put (GString *html, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_markup_vprintf_escaped (format, args);
  va_end (args);
  g_string_append (html, text);
}

static void
put_base64 (GString *html, const char *type, gconstpointer data, gsize length)
{
  g_autofree char *text = g_base64_encode (data, length);

  g_string_append_printf (html, "data:%s;base64,%s", type, text);
}

static cairo_status_t
collect (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
put_svg (GString *html, const DocumentPlot *plot, gboolean dark)
{
  g_autoptr (GByteArray) svg = g_byte_array_new ();
  cairo_surface_t *surface
      = cairo_svg_surface_create_for_stream (collect, svg, plot->width, plot->height);
  cairo_t *cr = cairo_create (surface);

  plot->draw (plot->data, cr, plot->width, plot->height, dark);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  put_base64 (html, "image/svg+xml", svg->data, svg->len);
}

static void
put_plot (GString *html, const DocumentPlot *plot)
{
  g_string_append (html, "<figure class=plot><picture><source "
                         "media=\"(prefers-color-scheme:dark)\" srcset=\"");
  put_svg (html, plot, TRUE);
  g_string_append (html, "\"><img src=\"");
  put_svg (html, plot, FALSE);
  put (html, "\" alt=\"%s\"></picture><figcaption>%s</figcaption></figure>\n", plot->caption,
       plot->caption);
}

static void
put_tiles (GString *html, const GArray *tiles)
{
  g_string_append (html, "<div class=tiles>");
  for (guint i = 0; i < tiles->len; i++)
    {
      const DocumentTile *tile = &g_array_index (tiles, DocumentTile, i);

      put (html, "<div class=tile><b>%s</b><span>%s</span></div>", tile->figure, tile->label);
    }
  g_string_append (html, "</div>\n");
}

static void
put_cell (GString *html, const DocumentTable *table, guint row, guint column)
{
  const char *cell = g_ptr_array_index (table->cells, row * table->n_columns + column);
  const char *tag = row == 0 ? "th scope=col" : "td";
  DocumentColumn kind = table->columns[column];

  put (html, kind == DOCUMENT_RIGHT ? "<%s class=right>" : "<%s>", tag);
  if (cell != NULL && kind == DOCUMENT_BAR && row > 0)
    g_string_append_printf (html, "<span class=bar><i style=\"width:%.1f%%\"></i></span>",
                            100.0 * g_ascii_strtod (cell, NULL));
  else if (cell != NULL)
    put (html, "%s", cell);
  g_string_append (html, row == 0 ? "</th>" : "</td>");
}

static void
put_table (GString *html, const DocumentTable *table)
{
  guint n_rows = table->cells->len / table->n_columns;

  g_string_append (html, "<div class=scroll><table>");
  for (guint row = 0; row < n_rows; row++)
    {
      g_string_append (html, "<tr>");
      for (guint column = 0; column < table->n_columns; column++)
        put_cell (html, table, row, column);
      g_string_append (html, "</tr>\n");
    }
  g_string_append (html, "</table></div>\n");
}

static void
put_picture (GString *html, const DocumentPicture *picture, const char *class, const char *fate)
{
  put (html, "<div class=%s>", class);
  if (picture->jpeg != NULL)
    {
      gsize length;
      const void *data = g_bytes_get_data (picture->jpeg, &length);

      g_string_append (html, "<img loading=lazy src=\"");
      put_base64 (html, "image/jpeg", data, length);
      put (html, "\" width=%d height=%d alt=\"%s: %s\">", picture->width, picture->height, fate,
           picture->caption);
    }
  else
    g_string_append (html, "<div class=none>no picture</div>");
  put (html, "<small><b>%s</b> %s</small></div>", fate, picture->caption);
}

static void
put_pairs (GString *html, const GArray *pairs)
{
  g_string_append (html, "<div class=pairs>");
  for (guint i = 0; i < pairs->len; i++)
    {
      const DocumentPair *pair = &g_array_index (pairs, DocumentPair, i);

      put (html, "<section class=pair><header><span>Similarity</span><b>%s</b></header>"
                 "<div class=two>", pair->similarity);
      put_picture (html, &pair->removed, "goes", "Removed");
      put_picture (html, &pair->witness, "stays", "Stays");
      g_string_append (html, "</div></section>\n");
    }
  g_string_append (html, "</div>\n");
}

static void
put_block (GString *html, const DocumentBlock *block)
{
  switch (block->kind)
    {
    case DOCUMENT_TITLE:
      put (html, "<h1>%s</h1>\n", block->text);
      break;
    case DOCUMENT_HEADING:
      put (html, "<h2>%s</h2>\n", block->text);
      break;
    case DOCUMENT_TEXT:
      put (html, "<p>%s</p>\n", block->text);
      break;
    case DOCUMENT_NOTE:
      put (html, "<p class=note>%s</p>\n", block->text);
      break;
    case DOCUMENT_TILES:
      put_tiles (html, block->tiles);
      break;
    case DOCUMENT_TABLE:
      put_table (html, block->table);
      break;
    case DOCUMENT_PLOT:
      put_plot (html, block->plot);
      break;
    case DOCUMENT_PAIRS:
      put_pairs (html, block->pairs);
      break;
    default:
      g_assert_not_reached ();
    }
}

static const char *
find_title (const Document *self)
{
  for (guint i = 0; i < self->blocks->len; i++)
    {
      const DocumentBlock *block = g_ptr_array_index (self->blocks, i);

      if (block->kind == DOCUMENT_TITLE)
        return block->text;
    }
  return "";
}

gboolean
document_write_html (const Document *self, const char *author, const char *path, GError **error)
{
  g_autoptr (GString) html = g_string_new ("<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n"
                                           "<meta name=viewport content=\"width=device-width\">\n");
  g_autoptr (TamisWriter) writer = NULL;

  put (html, "<meta name=generator content=\"%s\">\n<title>%s</title>\n", author,
       find_title (self));
  g_string_append_printf (html, "<style>%s</style>\n<main>\n", style);
  for (guint i = 0; i < self->blocks->len; i++)
    put_block (html, g_ptr_array_index (self->blocks, i));
  put (html, "<footer>Made by %s</footer>\n</main>\n</html>\n", author);
  writer = tamis_writer_new (path);
  tamis_writer_put (writer, html->str, html->len);
  return tamis_writer_commit (writer, error);
}
