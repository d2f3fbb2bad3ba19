/* Between load.c and the decoders; private to image/.
 *
 * A decoder gets the whole file in memory. It must be silent, must not abort or leak whatever the
 * bytes are, and must call _tamis_image_accept_size() before it allocates anything of the image's
 * size. Then it notes EXIF, opens a canvas and delivers rows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "kernels/resize.h"

#include <tamis/image.h>

typedef struct
{
  const guint8 *data;
  gsize size;
  const TamisImageLoad *load;

  /* Set by the decoder */
  TamisImageFacts facts; /* as stored, before the orientation is applied */
  int orientation;       /* EXIF 1 .. 8 */
} TamisImageSource;

typedef TamisImage *(*TamisImageDecoder) (TamisImageSource *source, GError **error);

TamisImage *_tamis_image_decode_bmp (TamisImageSource *source, GError **error);
TamisImage *_tamis_image_decode_gif (TamisImageSource *source, GError **error);
TamisImage *_tamis_image_decode_png (TamisImageSource *source, GError **error);
TamisImage *_tamis_image_decode_jpeg (TamisImageSource *source, GError **error);
TamisImage *_tamis_image_decode_webp (TamisImageSource *source, GError **error);
TamisImage *_tamis_image_decode_tiff (TamisImageSource *source, GError **error);

/* As tamis_image_load(), from memory. */
TamisImage *_tamis_image_load_bytes (const guint8 *data, gsize size, const TamisImageLoad *load,
                                     TamisImageFacts *facts, GError **error);

/* Are these sides within the limits? Keeps them as facts; sets TOO_LARGE or CORRUPT. */
gboolean _tamis_image_accept_size (TamisImageSource *source, guint64 width, guint64 height,
                                   GError **error);
/* An image of a size that was accepted, or TOO_LARGE where memory is short. */
TamisImage *_tamis_image_try_new (int width, int height, GError **error);

/* What is made of the rows of a stored image. All zeros: not open. */
typedef struct
{
  TamisImage *image;     /* what comes out; part.width × part.height pixels, unless it reduces */
  TamisImageRegion part; /* the pixels of the stored image that are needed */

  /* For canvas.c */
  gsize width;    /* of the stored image */
  guint8 *row;    /* nullable */
  gboolean reduces;
  TamisResize resize;
  void *scratch; /* of the resize; nullable */
} TamisCanvas;

/* For an image whose size is accepted and whose orientation is known. @in_order: the rows of part come
 * from the top down, each once; only then can they be reduced (load.c reduces the rest later).
 * UNREADABLE where the region is not inside the image, TOO_LARGE where memory is short; to be
 * cleared then, too. */
gboolean _tamis_canvas_open (TamisCanvas *self, TamisImageSource *source, gboolean in_order,
                             GError **error);
/* Room for the whole stored row @y of part, of 3 bytes a pixel, until it is done. */
guint8 *_tamis_canvas_row (const TamisCanvas *self, gsize y);
void _tamis_canvas_row_done (TamisCanvas *self, gsize y);
/* Of a canvas that does not reduce: the place of stored pixel (x, y), or NULL where it is not needed. */
static inline guint8 *
_tamis_canvas_pixel (const TamisCanvas *self, gsize x, gsize y)
{
  gsize column = x - (gsize) self->part.x, row = y - (gsize) self->part.y;

  if (column >= (gsize) self->part.width || row >= (gsize) self->part.height)
    return NULL;
  return self->image->pixels + 3 * (row * (gsize) self->part.width + column);
}
/* The row after the last one that is needed. */
static inline gsize
_tamis_canvas_end (const TamisCanvas *self)
{
  return (gsize) self->part.y + (gsize) self->part.height;
}
/* (transfer full): what was made; the canvas is cleared. */
TamisImage *_tamis_canvas_steal (TamisCanvas *self);
void _tamis_canvas_clear (TamisCanvas *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TamisCanvas, _tamis_canvas_clear)
/* Takes a decoded image to the halving that was asked for, if it is not there yet. (transfer full) both
 * ways; NULL where memory is short, or when stopped. */
TamisImage *_tamis_image_halved (TamisImage *self, const TamisImageSource *source, GError **error);

/* Reads an EXIF block (with or without "Exif\0\0" before it); what it does not say stays empty. */
void _tamis_exif_parse (const guint8 *data, gsize size, TamisExif *exif);
/* The same for a decoder: sets the source's orientation, and fills what the caller asked for. */
void _tamis_image_note_exif (TamisImageSource *source, const guint8 *data, gsize size);
/* Turns an image as @source's orientation says. (transfer full) both ways; NULL where memory is
 * short, or when stopped. */
TamisImage *_tamis_image_upright (TamisImage *self, const TamisImageSource *source, GError **error);

/* Has the caller lost interest? Sets G_IO_ERROR_CANCELLED then. Cheap: once a row is fine. */
gboolean _tamis_image_stopped (const TamisImageSource *source, GError **error);

/* A JPEG file in memory, to be released with free(); NULL if it cannot be made. */
guint8 *_tamis_image_encode_jpeg (const TamisImage *self, int quality, gsize *size);

/* CORRUPT with a printf message; returns NULL, so that decoders can return it. */
gpointer _tamis_image_corrupt (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Straight alpha over mid-gray. */
static inline guint8
_tamis_over_gray (guint value, guint alpha)
{
  return (guint8) ((value * alpha + 128 * (255 - alpha) + 127) / 255);
}

/* @n pixels of RGBA with straight alpha; @out may not overlap @rgba. */
static inline void
_tamis_rgba_over_gray (const guint8 *rgba, guint8 *out, gsize n)
{
  for (gsize i = 0; i < n; i++, rgba += 4, out += 3)
    {
      out[0] = _tamis_over_gray (rgba[0], rgba[3]);
      out[1] = _tamis_over_gray (rgba[1], rgba[3]);
      out[2] = _tamis_over_gray (rgba[2], rgba[3]);
    }
}

/* @n pixels of CMYK where 255 is full ink, by the plain device formula (no profiles). */
static inline void
_tamis_cmyk_to_rgb (const guint8 *cmyk, guint8 *out, gsize n)
{
  for (gsize i = 0; i < n; i++, cmyk += 4, out += 3)
    {
      guint light = 255 - cmyk[3];

      for (int c = 0; c < 3; c++)
        out[c] = (guint8) (((255 - cmyk[c]) * light + 127) / 255);
    }
}
