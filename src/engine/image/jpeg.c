/* JPEG through libjpeg-turbo.
 *
 * libjpeg goes on after most damage and fills the rest with gray; its warnings decide whether that
 * happened. These mean that pixels were lost, and fail the image:
 *   JWRN_HIT_MARKER, JWRN_HUFF_BAD_CODE, JWRN_ARITH_BAD_CODE, JWRN_MUST_RESYNC,
 *   JWRN_BOGUS_PROGRESSION, and JWRN_JPEG_EOF where the image has several scans or is
 *   arithmetic-coded (there nothing else tells of a missing end).
 * These are common in files that look right everywhere and are let pass: JWRN_EXTRANEOUS_DATA
 * (padding), JWRN_JPEG_EOF in a single Huffman scan (at worst the end mark is missing: lost pixels
 * raise JWRN_HIT_MARKER), JWRN_ADOBE_XFORM, JWRN_JFIF_MAJOR, JWRN_NOT_SEQUENTIAL.
 *
 * CMYK is taken as inverted, as Adobe writes it and PIL reads it, with or without Adobe's marker.
 * Profiles are not applied. Of a multi-picture file the first picture is read.
 *
 * DESIGN: errors come by longjmp; as in png.c, state to be freed lives outside the function that
 * calls setjmp.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

/* More scans than any encoder writes: a small file could otherwise ask for hours of work. */
#define MAX_SCANS 100
/* Coefficients of a progressive image are kept whole, 2 bytes each. */
#define MAX_COEFFICIENT_BYTES (3L << 30)
#define ROWS_AT_ONCE 8
/* At least two rows and columns of blocks of colour at half size, around a region. */
#define MARGIN 32
/* What is passed over between two looks at the cancellable. */
#define PIECE_PIXELS (2 << 20)

typedef struct
{
  struct jpeg_decompress_struct decoder;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  TamisImageSource *source;
  gboolean end_matters; /* a missing end of file means missing pixels */
  gboolean cmyk;
  TamisCanvas canvas; /* but for a region, of the size that libjpeg gives */
  GError *error;
} Reader;

static G_NORETURN void
fail (Reader *self)
{
  char text[JMSG_LENGTH_MAX];
  int code = self->errors.msg_code;

  self->errors.format_message ((j_common_ptr) &self->decoder, text);
  if (code == JERR_OUT_OF_MEMORY || code == JERR_NO_BACKING_STORE)
    g_set_error_literal (&self->error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                         "the image does not fit in memory");
  else if (code == JERR_BAD_PRECISION || code == JERR_SOF_UNSUPPORTED || code == JERR_ARITH_NOTIMPL
           || code == JERR_CONVERSION_NOTIMPL)
    g_set_error (&self->error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_FORMAT,
                 "a kind of JPEG that Tamis does not read (%s)", text);
  else
    _tamis_image_corrupt (&self->error, "broken JPEG: %s", text);
  longjmp (self->escape, 1);
}

static void
on_error (j_common_ptr common)
{
  fail (common->client_data);
}

static gboolean
means_lost_pixels (const Reader *self)
{
  switch (self->errors.msg_code)
    {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
      return TRUE;
    case JWRN_JPEG_EOF:
      return self->end_matters;
    default:
      return FALSE;
    }
}

static void
on_message (j_common_ptr common, int level)
{
  Reader *self = common->client_data;

  if (level < 0 && means_lost_pixels (self))
    fail (self);
}

static void
on_output (j_common_ptr common)
{
}

/* libjpeg calls this for every row of blocks, of every scan. */
static void
on_progress (j_common_ptr common)
{
  Reader *self = common->client_data;

  if (self->decoder.input_scan_number > MAX_SCANS)
    _tamis_image_corrupt (&self->error, "broken JPEG: more than %d scans", MAX_SCANS);
  else if (!_tamis_image_stopped (self->source, &self->error))
    return;
  longjmp (self->escape, 1);
}

static void
read_exif (Reader *self)
{
  for (jpeg_saved_marker_ptr m = self->decoder.marker_list; m != NULL; m = m->next)
    if (m->data_length >= 6 && memcmp (m->data, "Exif\0\0", 6) == 0)
      {
        _tamis_image_note_exif (self->source, m->data, m->data_length);
        return;
      }
}

/* Powers of two only: the other scales of libjpeg-turbo have no SIMD code and are slower. */
static guint
choose_reduction (const struct jpeg_decompress_struct *decoder, const TamisImageLoad *load)
{
  guint shorter = MIN (decoder->image_width, decoder->image_height);
  guint longer = MAX (decoder->image_width, decoder->image_height);
  guint reduction = 8;

  if (load->region != NULL || (load->at_least <= 0 && load->longer_at_least <= 0))
    return 1;
  while (reduction > 1
         && ((shorter + reduction - 1) / reduction < (guint) MAX (load->at_least, 0)
             || (longer + reduction - 1) / reduction < (guint) MAX (load->longer_at_least, 0)))
    reduction /= 2;
  return reduction;
}

static void
convert_row (const Reader *self, JSAMPROW row, guint8 *out, gsize n)
{
  if (!self->cmyk)
    {
      memcpy (out, row, 3 * n);
      return;
    }
  for (gsize i = 0; i < 4 * n; i++)
    row[i] = 255 - row[i];
  _tamis_cmyk_to_rgb (row, out, n);
}

static JSAMPARRAY
need_row (Reader *self, JDIMENSION width)
{
  return self->decoder.mem->alloc_sarray ((j_common_ptr) &self->decoder, JPOOL_IMAGE,
                                          width * (JDIMENSION) self->decoder.output_components, 1);
}

static void
read_rgb (Reader *self)
{
  gsize stride = 3 * (gsize) self->canvas.image->width;

  while (self->decoder.output_scanline < self->decoder.output_height)
    {
      JSAMPROW rows[ROWS_AT_ONCE];
      guint n = MIN (self->decoder.output_height - self->decoder.output_scanline, ROWS_AT_ONCE);

      for (guint i = 0; i < n; i++)
        rows[i] = self->canvas.image->pixels + (self->decoder.output_scanline + i) * stride;
      jpeg_read_scanlines (&self->decoder, rows, n);
    }
}

static void
read_cmyk (Reader *self)
{
  gsize width = (gsize) self->canvas.image->width;
  JSAMPARRAY row = need_row (self, self->decoder.output_width);

  while (self->decoder.output_scanline < self->decoder.output_height)
    {
      guint8 *out = self->canvas.image->pixels + 3 * width * self->decoder.output_scanline;

      jpeg_read_scanlines (&self->decoder, row, 1);
      convert_row (self, row[0], out, width);
    }
}

static void
skip_rows (Reader *self, JDIMENSION n)
{
  /* Whole rows of blocks, or the rest of one would be decoded each time. */
  JDIMENSION piece = MAX (PIECE_PIXELS / self->decoder.image_width / 32, 1) * 32;

  while (self->decoder.output_scanline < n)
    {
      if (_tamis_image_stopped (self->source, &self->error))
        longjmp (self->escape, 1);
      jpeg_skip_scanlines (&self->decoder, MIN (piece, n - self->decoder.output_scanline));
    }
}

/* libjpeg-turbo passes over the rows above (their bits have to be read, the rest of the work is spared) and
 * the columns beside. Where it begins and ends so, it spreads colours without their neighbours; hence some
 * pixels more than the region are decoded all around, and dropped. */
static void
read_region (Reader *self)
{
  const TamisImageRegion *part = &self->canvas.part;
  gsize bytes = 3 * (gsize) part->width;
  JDIMENSION left = (JDIMENSION) MAX (part->x - MARGIN, 0);
  JDIMENSION right = (JDIMENSION) MIN ((gint64) part->x + part->width + MARGIN, self->source->facts.width);
  JDIMENSION width = right - left;
  JSAMPARRAY row;

  jpeg_crop_scanline (&self->decoder, &left, &width);
  row = need_row (self, width);
  skip_rows (self, (JDIMENSION) MAX (part->y - MARGIN, 0));
  while (self->decoder.output_scanline < _tamis_canvas_end (&self->canvas))
    {
      gint64 y = (gint64) self->decoder.output_scanline - part->y;
      gsize skipped = (gsize) ((JDIMENSION) part->x - left) * (gsize) self->decoder.output_components;

      jpeg_read_scanlines (&self->decoder, row, 1);
      if (y >= 0)
        convert_row (self, row[0] + skipped, self->canvas.image->pixels + (gsize) y * bytes,
                     (gsize) part->width);
    }
}

static void
read_pixels (Reader *self)
{
  if (self->source->load->region != NULL)
    {
      if (_tamis_canvas_open (&self->canvas, self->source, FALSE, &self->error))
        read_region (self);
      return;
    }
  self->canvas.image = _tamis_image_try_new ((int) self->decoder.output_width,
                                             (int) self->decoder.output_height, &self->error);
  if (self->canvas.image == NULL)
    return;
  if (self->cmyk)
    read_cmyk (self);
  else
    read_rgb (self);
}

static void
run (Reader *self)
{
  struct jpeg_decompress_struct *decoder = &self->decoder;

  if (setjmp (self->escape) != 0)
    return;
  jpeg_create_decompress (decoder);
  decoder->mem->max_memory_to_use = MAX_COEFFICIENT_BYTES;
  decoder->progress = &self->progress;
  jpeg_mem_src (decoder, self->source->data, self->source->size);
  jpeg_save_markers (decoder, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header (decoder, TRUE);
  if (!_tamis_image_accept_size (self->source, decoder->image_width, decoder->image_height,
                                 &self->error))
    return;
  self->end_matters = decoder->arith_code || jpeg_has_multiple_scans (decoder);
  read_exif (self);
  self->cmyk = decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK;
  decoder->out_color_space = self->cmyk ? JCS_CMYK : JCS_RGB;
  decoder->scale_num = 1;
  decoder->scale_denom = choose_reduction (decoder, self->source->load);
  jpeg_start_decompress (decoder);
  read_pixels (self);
}

TamisImage *
_tamis_image_decode_jpeg (TamisImageSource *source, GError **error)
{
  Reader reader = { .source = source };

  reader.decoder.err = jpeg_std_error (&reader.errors);
  reader.decoder.client_data = &reader;
  reader.errors.error_exit = on_error;
  reader.errors.emit_message = on_message;
  reader.errors.output_message = on_output;
  reader.progress.progress_monitor = on_progress;
  run (&reader);
  jpeg_destroy_decompress (&reader.decoder);
  if (reader.error == NULL)
    return _tamis_canvas_steal (&reader.canvas);
  _tamis_canvas_clear (&reader.canvas);
  g_propagate_error (error, reader.error);
  return NULL;
}
