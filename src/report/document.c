/* Document: making and freeing blocks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "document.h"

static void
tile_clear (gpointer data)
{
  DocumentTile *tile = data;

  g_free (tile->figure);
  g_free (tile->label);
}

static void
picture_clear (DocumentPicture *picture)
{
  g_clear_pointer (&picture->jpeg, g_bytes_unref);
  g_free (picture->caption);
}

static void
pair_clear (gpointer data)
{
  DocumentPair *pair = data;

  picture_clear (&pair->removed);
  picture_clear (&pair->witness);
  g_free (pair->similarity);
}

static void
table_free (DocumentTable *table)
{
  g_free (table->columns);
  g_ptr_array_unref (table->cells);
  g_free (table);
}

static void
plot_free (DocumentPlot *plot)
{
  if (plot->data_free != NULL)
    plot->data_free (plot->data);
  g_free (plot->caption);
  g_free (plot);
}

static void
block_free (gpointer data)
{
  DocumentBlock *block = data;

  g_free (block->text);
  g_clear_pointer (&block->tiles, g_array_unref);
  g_clear_pointer (&block->table, table_free);
  g_clear_pointer (&block->plot, plot_free);
  g_clear_pointer (&block->pairs, g_array_unref);
  g_free (block);
}

Document *
document_new (void)
{
  Document *self = g_new0 (Document, 1);

  self->blocks = g_ptr_array_new_with_free_func (block_free);
  return self;
}

void
document_free (Document *self)
{
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

static DocumentBlock *
add_block (Document *self, DocumentKind kind)
{
  DocumentBlock *block = g_new0 (DocumentBlock, 1);

  block->kind = kind;
  g_ptr_array_add (self->blocks, block);
  return block;
}

void
document_add_text (Document *self, DocumentKind kind, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  add_block (self, kind)->text = g_strdup_vprintf (format, args);
  va_end (args);
}

GArray *
document_add_tiles (Document *self)
{
  DocumentBlock *block = add_block (self, DOCUMENT_TILES);

  block->tiles = g_array_new (FALSE, TRUE, sizeof (DocumentTile));
  g_array_set_clear_func (block->tiles, tile_clear);
  return block->tiles;
}

void
document_tiles_add (GArray *tiles, const char *label, const char *format, ...)
{
  DocumentTile tile = { NULL, g_strdup (label) };
  va_list args;

  va_start (args, format);
  tile.figure = g_strdup_vprintf (format, args);
  va_end (args);
  g_array_append_val (tiles, tile);
}

DocumentTable *
document_add_table (Document *self, guint n_columns, const DocumentColumn *columns)
{
  DocumentTable *table = g_new0 (DocumentTable, 1);

  table->n_columns = n_columns;
  table->columns = g_memdup2 (columns, n_columns * sizeof *columns);
  table->cells = g_ptr_array_new_with_free_func (g_free);
  add_block (self, DOCUMENT_TABLE)->table = table;
  return table;
}

void
document_table_take (DocumentTable *self, char *cell)
{
  g_ptr_array_add (self->cells, cell);
}

void
document_table_add (DocumentTable *self, const char *cell)
{
  g_ptr_array_add (self->cells, g_strdup (cell));
}

void
document_add_plot (Document *self, const DocumentPlot *plot)
{
  add_block (self, DOCUMENT_PLOT)->plot = g_memdup2 (plot, sizeof *plot);
}

GArray *
document_add_pairs (Document *self)
{
  DocumentBlock *block = add_block (self, DOCUMENT_PAIRS);

  block->pairs = g_array_new (FALSE, TRUE, sizeof (DocumentPair));
  g_array_set_clear_func (block->pairs, pair_clear);
  return block->pairs;
}
