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

typedef struct
{
  struct jpeg_decompress_struct decoder;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  TamisImageSource *source;
  gboolean end_matters; /* a missing end of file means missing pixels */
  TamisImage *image;
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

  if (load->at_least <= 0 && load->longer_at_least <= 0)
    return 1;
  while (reduction > 1
         && ((shorter + reduction - 1) / reduction < (guint) MAX (load->at_least, 0)
             || (longer + reduction - 1) / reduction < (guint) MAX (load->longer_at_least, 0)))
    reduction /= 2;
  return reduction;
}

static void
read_rgb (Reader *self)
{
  gsize stride = 3 * (gsize) self->image->width;

  while (self->decoder.output_scanline < self->decoder.output_height)
    {
      JSAMPROW rows[ROWS_AT_ONCE];
      guint n = MIN (self->decoder.output_height - self->decoder.output_scanline, ROWS_AT_ONCE);

      for (guint i = 0; i < n; i++)
        rows[i] = self->image->pixels + (self->decoder.output_scanline + i) * stride;
      jpeg_read_scanlines (&self->decoder, rows, n);
    }
}

static void
read_cmyk (Reader *self)
{
  gsize width = (gsize) self->image->width;
  JSAMPARRAY row = self->decoder.mem->alloc_sarray ((j_common_ptr) &self->decoder, JPOOL_IMAGE,
                                                    self->decoder.output_width * 4, 1);

  while (self->decoder.output_scanline < self->decoder.output_height)
    {
      guint8 *out = self->image->pixels + 3 * width * self->decoder.output_scanline;

      jpeg_read_scanlines (&self->decoder, row, 1);
      for (gsize i = 0; i < 4 * width; i++)
        row[0][i] = 255 - row[0][i];
      _tamis_cmyk_to_rgb (row[0], out, width);
    }
}

static void
run (Reader *self)
{
  struct jpeg_decompress_struct *decoder = &self->decoder;
  gboolean cmyk;

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
  cmyk = decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK;
  decoder->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
  decoder->scale_num = 1;
  decoder->scale_denom = choose_reduction (decoder, self->source->load);
  jpeg_start_decompress (decoder);
  self->image = _tamis_image_try_new ((int) decoder->output_width, (int) decoder->output_height,
                                      &self->error);
  if (self->image == NULL)
    return;
  if (cmyk)
    read_cmyk (self);
  else
    read_rgb (self);
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
  if (reader.error != NULL)
    {
      g_clear_pointer (&reader.image, tamis_image_unref);
      g_propagate_error (error, reader.error);
    }
  return reader.image;
}
