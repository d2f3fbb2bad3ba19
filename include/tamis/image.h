/* Pixels: decode any supported file to 8-bit RGB, resize it as PIL does, never trust a header.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/base.h>

G_BEGIN_DECLS

#define TAMIS_IMAGE_ERROR (tamis_image_error_quark ())
GQuark tamis_image_error_quark (void);

typedef enum {
  TAMIS_IMAGE_ERROR_UNREADABLE, /* the file cannot be opened or read */
  TAMIS_IMAGE_ERROR_FORMAT,     /* not an image, or a format Tamis does not read */
  TAMIS_IMAGE_ERROR_CORRUPT,    /* truncated or broken inside */
  TAMIS_IMAGE_ERROR_TOO_LARGE,  /* more pixels or bytes than the limits allow */
} TamisImageError;

/* Row-major 8-bit RGB, rows packed (stride = 3 · width), upright (EXIF orientation applied), alpha
 * laid over mid-gray (128). Immutable after publication; reference-counted. */
typedef struct
{
  int width;
  int height;
  guint8 *pixels; /* 3 · width · height bytes, owned */
} TamisImage;

typedef enum {
  TAMIS_IMAGE_FORMAT_UNKNOWN,
  TAMIS_IMAGE_FORMAT_PNG,
  TAMIS_IMAGE_FORMAT_JPEG,
  TAMIS_IMAGE_FORMAT_WEBP,
  TAMIS_IMAGE_FORMAT_TIFF,
  TAMIS_IMAGE_FORMAT_BMP,
  TAMIS_IMAGE_FORMAT_GIF,
} TamisImageFormat;

typedef struct
{
  int width;  /* as stored upright, before any scaled decode */
  int height;
  TamisImageFormat format;
  TamisDigest digest; /* of the file's bytes; zeros unless asked for */
} TamisImageFacts;

/**
 * TamisImageLoad:
 * @max_pixels: refuse larger images before allocating (default 500 million)
 * @max_bytes: refuse larger files (default 2 GiB)
 * @at_least: if above 0, a scaled decode is welcome as long as both sides of the result stay at
 *   least this long (never enlarged); 0 decodes at full size
 * @digest: fill facts.digest, also of a file that then cannot be decoded
 */
typedef struct
{
  guint64 max_pixels;
  guint64 max_bytes;
  int at_least;
  gboolean digest;
} TamisImageLoad;
#define TAMIS_IMAGE_LOAD_INIT { 500u * 1000 * 1000, (guint64) 2 << 30, 0, FALSE }
/* How many times the model's input side @at_least has to be for the input to stay within 2/255 of a
 * full decode's (METHOD A1 asks for that; measured on photographs: 4 is off by up to 13/255). */
#define TAMIS_IMAGE_INPUT_OVERSAMPLING 8

/**
 * tamis_image_load:
 * @path: file name as the system has it
 * @load: (nullable): limits; NULL for the defaults
 * @facts: (out) (optional): size and format of the file
 *
 * Thread: any; reentrant. The file is opened once; only regular files are read (no devices, no
 * pipes). Content decides the format, not the name. Truncated data is an error, not a gray rest.
 * Errors: TAMIS_IMAGE_ERROR with a one-line reason that does not repeat the path.
 *
 * Returns: (transfer full): the image, or NULL
 */
TamisImage *tamis_image_load (const char *path, const TamisImageLoad *load, TamisImageFacts *facts,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
TamisImage *tamis_image_new (int width, int height) G_GNUC_WARN_UNUSED_RESULT;
TamisImage *tamis_image_ref (TamisImage *self);
void tamis_image_unref (TamisImage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisImage, tamis_image_unref)

/* "JPEG", "PNG" …; never NULL. */
const char *tamis_image_format_name (TamisImageFormat format);

/**
 * tamis_image_resize:
 *
 * Antialiased bilinear (triangle filter whose support grows with the reduction), as PIL's
 * Image.resize ((w, h), BILINEAR), including its 8-bit rounding between the two passes.
 * Aspect ratio is not kept (METHOD A1).
 *
 * Returns: (transfer full): a new image of exactly @width × @height
 */
TamisImage *tamis_image_resize (const TamisImage *self, int width, int height)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_image_to_input:
 * @side: input size of the model, in pixels
 * @out: 3 · side · side floats, planar (C, H, W), in [-1, 1]
 *
 * What the encoder sees: resize, scale to [0, 1], (v - 0.5) / 0.5 (METHOD A1). Of an image decoded
 * at full size this is PIL's and torchvision's result to the bit. After a scaled decode it differs:
 * measured on photographs with at_least = 2 · side by up to 31/255 (mean 2.1/255 in the worst
 * image), with 4 · side by up to 13/255 (0.4), with 8 · side (9 photographs are
 * large enough) by at most 2/255.
 */
void tamis_image_to_input (const TamisImage *self, int side, float *out);
/* The way back: planar floats in [-1, 1] (clamped) to pixels. */
TamisImage *tamis_image_from_input (const float *in, int side) G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_image_load_thumbnail:
 * @side: longest side of the result; never enlarged
 *
 * Aspect ratio kept; scaled decode used. Thread: any. Errors as tamis_image_load().
 */
TamisImage *tamis_image_load_thumbnail (const char *path, int side, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_image_save_jpeg, tamis_image_save_png:
 * @quality: 1 .. 100
 *
 * Written atomically. Errors: G_IO_ERROR / G_FILE_ERROR.
 */
gboolean tamis_image_save_jpeg (const TamisImage *self, const char *path, int quality,
                                GError **error);
gboolean tamis_image_save_png (const TamisImage *self, const char *path, GError **error);

G_END_DECLS
