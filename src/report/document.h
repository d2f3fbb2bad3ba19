/* A report before it has a form: a list of blocks, which html.c and pdf.c lay out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <cairo.h>
#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  DOCUMENT_TITLE,
  DOCUMENT_HEADING,
  DOCUMENT_TEXT,
  DOCUMENT_NOTE, /* small and quiet */
  DOCUMENT_TILES,
  DOCUMENT_TABLE,
  DOCUMENT_PLOT,
  DOCUMENT_PAIRS,
} DocumentKind;

/* One figure and what it counts. */
typedef struct
{
  char *figure;
  char *label;
} DocumentTile;

typedef enum {
  DOCUMENT_LEFT,
  DOCUMENT_RIGHT,
  DOCUMENT_BAR, /* the cell is a number from 0 to 1: the filled share of a bar */
} DocumentColumn;

/* Cells row by row, n_columns each; the first row is the head. A cell may be NULL: empty. */
typedef struct
{
  guint n_columns;
  DocumentColumn *columns;
  GPtrArray *cells; /* char * */
} DocumentTable;

/* Draws into @width × @height units; see src/plot. Runs more than once, on any surface. */
typedef void (*DocumentDraw) (gpointer data, cairo_t *cr, double width, double height,
                              gboolean dark);

typedef struct
{
  char *caption; /* also what a screen reader says */
  double width;  /* units of 1/96 inch */
  double height;
  DocumentDraw draw;
  gpointer data;
  GDestroyNotify data_free;
} DocumentPlot;

/* A JPEG picture with its words, on the left what goes and on the right what stays. */
typedef struct
{
  GBytes *jpeg; /* NULL: could not be read again */
  int width;
  int height;
  char *caption;
} DocumentPicture;

typedef struct
{
  DocumentPicture removed;
  DocumentPicture witness;
  char *similarity;
} DocumentPair;

typedef struct
{
  DocumentKind kind;
  char *text;         /* title, heading, text, note */
  GArray *tiles;      /* DocumentTile */
  DocumentTable *table;
  DocumentPlot *plot;
  GArray *pairs;      /* DocumentPair */
} DocumentBlock;

typedef struct
{
  GPtrArray *blocks; /* DocumentBlock * */
} Document;

Document *document_new (void) G_GNUC_WARN_UNUSED_RESULT;
void document_free (Document *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Document, document_free)

/* @kind: one of the four that are words. */
void document_add_text (Document *self, DocumentKind kind, const char *format, ...)
  G_GNUC_PRINTF (3, 4);
/* The block is the document's; the pointer is for filling it. */
GArray *document_add_tiles (Document *self);
void document_tiles_add (GArray *tiles, const char *label, const char *format, ...)
  G_GNUC_PRINTF (3, 4);
DocumentTable *document_add_table (Document *self, guint n_columns, const DocumentColumn *columns);
/* @cell: (transfer full) (nullable). */
void document_table_take (DocumentTable *self, char *cell);
void document_table_add (DocumentTable *self, const char *cell);
/* @plot: its members are taken over. */
void document_add_plot (Document *self, const DocumentPlot *plot);
GArray *document_add_pairs (Document *self);

/* Either form, written atomically. @author: what made it. */
gboolean document_write_html (const Document *self, const char *author, const char *path,
                              GError **error);
gboolean document_write_pdf (const Document *self, const char *author, const char *path,
                             GError **error);

G_END_DECLS
