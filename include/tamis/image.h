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
  float sharpness;    /* tamis_image_sharpness_of_thumbnail(); 0: unknown */
} TamisImageFacts;

/* For hash tables of facts by what the file holds: GHashFunc and GEqualFunc of the digest. */
guint tamis_image_facts_hash (gconstpointer facts);
gboolean tamis_image_facts_equal (gconstpointer a, gconstpointer b);

#define TAMIS_EXIF_NAME 64

/* What a file says of how it was taken; what it does not say is empty. */
typedef struct
{
  char make[TAMIS_EXIF_NAME];  /* of the camera; printable ASCII */
  char model[TAMIS_EXIF_NAME];
  char taken[20];              /* "2024-05-31 17:02:59", by the camera's clock */
  gboolean has_position;
  double latitude;             /* degrees, north positive */
  double longitude;            /* degrees, east positive */
  int orientation;             /* 1 .. 8; already applied to the pixels */
} TamisExif;

/* A rectangle of whole pixels. */
typedef struct
{
  int x;
  int y;
  int width;
  int height;
} TamisImageRegion;

/* Is all of @other in @self? */
gboolean tamis_image_region_covers (const TamisImageRegion *self, const TamisImageRegion *other);

/* A rectangle of an image, in its pixels; edges may lie between them. */
typedef struct
{
  double x;
  double y;
  double width;
  double height;
} TamisImageBox;

/* Metres between the places where two images were taken; NaN unless both say it. */
double tamis_exif_distance (const TamisExif *a, const TamisExif *b);

/**
 * TamisImageLoad:
 * @max_pixels: refuse larger images before allocating (default 500 million)
 * @max_bytes: refuse larger files (default 2 GiB)
 * @at_least: if above 0, a scaled decode is welcome as long as both sides of the result stay at
 *   least this long (never enlarged); 0 decodes at full size
 * @longer_at_least: the same for the longer side alone: enough to show, not to measure
 * @halve: the result is to be the smallest of the image's halvings whose sides are at least so long, see
 *   tamis_image_load_reduced(); without it only a JPEG is reduced
 * @region: (nullable): only these pixels of the upright image, at full size; they must be inside it
 * @exif: (nullable) (out): filled with what the file says of how it was taken, as far as the
 *   decoder came
 * @digest: fill facts.digest, also of a file that then cannot be decoded
 * @cancel: (nullable): polled between rows; a load that it ends fails with G_IO_ERROR_CANCELLED
 */
typedef struct
{
  guint64 max_pixels;
  guint64 max_bytes;
  int at_least;
  int longer_at_least;
  gboolean halve;
  const TamisImageRegion *region;
  TamisExif *exif;
  gboolean digest;
  GCancellable *cancel;
} TamisImageLoad;
#define TAMIS_IMAGE_LOAD_INIT { .max_pixels = 500u * 1000 * 1000, .max_bytes = (guint64) 2 << 30 }

/* Longest side of the images that are kept to be shown small, and that sharpness is measured at. */
#define TAMIS_THUMBNAIL_SIDE 256

/**
 * tamis_image_load_for_input:
 * @side: input side of the model
 *
 * A load for tamis_image_to_input(): scaled where at least twice @side remains of the shorter side
 * and four times of the longer, and enough for a thumbnail. What the model makes of it has a cosine
 * of at least 0.9995, in both metrics, with what it makes of a full decode. Measured with
 * bench-oversampling on the photographs of the development pack (shorter, longer; those that are
 * large enough; lowest cosine paper, whitened):
 *   1, 1: 206 images, 0.99938, 0.99616; at the recommended T 0 of 539 and 4 of 457 pairs change
 *   2, 2: 204 images, 0.99991, 0.99912; 0 of 522, 1 of 440
 *   2, 4: 183 images, 0.99991, 0.99968; 0 of 498, 1 of 416
 *   4, 4:  41 images, 0.99994, 0.99979; 0 of 79, 0 of 79
 */
TamisImageLoad tamis_image_load_for_input (int side);

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

/**
 * TamisImageFile:
 *
 * tamis_image_load() in its two halves: a file in memory, known by its content, not yet decoded. So
 * that whoever knows the content already can save the work. One thread at a time.
 */
typedef struct _TamisImageFile TamisImageFile;
/* Asks the system to read the beginning of a file (8 MiB) that tamis_image_file_read() will want soon.
 * Returns at once; what cannot be read ahead is read later, so there is no error. Thread: any. */
void tamis_image_file_expect (const char *path);
/* @facts: (out): the digest, if @load asks for it. Other arguments and errors as tamis_image_load(). */
TamisImageFile *tamis_image_file_read (const char *path, const TamisImageLoad *load,
                                       TamisImageFacts *facts, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* @facts: (out) (optional): all of them; left as they are where decoding fails. */
TamisImage *tamis_image_file_decode (TamisImageFile *self, const TamisImageLoad *load,
                                     TamisImageFacts *facts, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void tamis_image_file_free (TamisImageFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisImageFile, tamis_image_file_free)

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
 * tamis_image_resize_part:
 * @part: inside @self
 *
 * The same of a part: a piece of the resized whole, if @part begins and ends between pixels of that.
 * Pixels around it take part where the filter reaches them.
 */
TamisImage *tamis_image_resize_part (const TamisImage *self, const TamisImageBox *part, int width,
                                     int height) G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_image_to_input:
 * @side: input size of the model, in pixels
 * @out: 3 · side · side floats, planar (C, H, W), in [-1, 1]
 *
 * What the encoder sees: resize, scale to [0, 1], (v - 0.5) / 0.5 (METHOD A1). Of an image decoded
 * at full size this is PIL's and torchvision's result to the bit. After a scaled decode it differs,
 * most where colours clip and where sides are no multiples of the reduction: see
 * tamis_image_load_for_input().
 */
void tamis_image_to_input (const TamisImage *self, int side, float *out);
/* The same of an image that may be enormous. FALSE: cancelled, @out says nothing. */
gboolean tamis_image_to_input_cancellable (const TamisImage *self, int side, float *out,
                                           GCancellable *cancel);
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
/* The same of an image at hand; a new reference to it where it is no larger. */
TamisImage *tamis_image_reduce (TamisImage *self, int side) G_GNUC_WARN_UNUSED_RESULT;
/* NULL: cancelled. */
TamisImage *tamis_image_reduce_cancellable (TamisImage *self, int side, GCancellable *cancel)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_image_load_reduced:
 * @longer: least length of the longer side of the result, in pixels; 0 for the image as it is
 * @facts: (out) (optional): size and format of the file
 * @cancel: (nullable)
 *
 * The smallest of the image's halvings (both sides divided by 1, 2, 4, 8 …, rounded up) that is at
 * least so long. A JPEG is decoded at that size, down to an eighth; PNG, TIFF, BMP and GIF are
 * reduced row by row while they are decoded, so that the whole is never in memory. WebP, interlaced
 * PNG, run-length coded BMP and TIFF of floats are decoded whole first.
 *
 * Thread: any. Errors as tamis_image_load(), G_IO_ERROR_CANCELLED.
 */
TamisImage *tamis_image_load_reduced (const char *path, int longer, TamisImageFacts *facts,
                                      GCancellable *cancel, GError **error);

/**
 * tamis_image_load_region:
 * @region: inside the upright image
 * @facts: (out) (optional): size and format of the file
 * @cancel: (nullable)
 *
 * These pixels, each as tamis_image_load() has it. Of a JPEG and a WebP little more than @region is
 * decoded, and what lies above it is passed over; of other formats all rows down to its lower edge
 * are decoded, or the tiles that it touches, and only @region is kept. What lies below is not looked
 * at: damage there goes unnoticed.
 *
 * Thread: any. Errors as tamis_image_load(), also where @region is not inside the image
 * (TAMIS_IMAGE_ERROR_UNREADABLE); G_IO_ERROR_CANCELLED.
 */
TamisImage *tamis_image_load_region (const char *path, const TamisImageRegion *region,
                                     TamisImageFacts *facts, GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_image_sharpness:
 *
 * Variance of the four-neighbour Laplacian of the luminance (ITU-R BT.601), in squared 8-bit values,
 * over all pixels but the outermost; 0 below 3 × 3. Blur lowers it, noise and halos raise it, and it
 * depends on the scale: compare images of one size only. Source: Pech-Pacheco et al., ICPR 2000.
 */
double tamis_image_sharpness (const TamisImage *self);

/**
 * tamis_image_sharpness_of_thumbnail:
 * @self: an image whose longest side is at most TAMIS_THUMBNAIL_SIDE
 *
 * tamis_image_sharpness() at one scale, so that images of different size compare. An image smaller
 * than a thumbnail is not enlarged: its value is multiplied by (longest side /
 * TAMIS_THUMBNAIL_SIDE)³, which is about what enlarging would leave of it (by bilinear
 * interpolation by k, the Laplacian is k times smaller and stands in one line of k).
 *
 * Returns: 0 and up, in squared 8-bit values
 */
float tamis_image_sharpness_of_thumbnail (const TamisImage *self);

/**
 * tamis_image_save_jpeg, tamis_image_save_png:
 * @quality: 1 .. 100
 *
 * Written atomically. Errors: G_IO_ERROR / G_FILE_ERROR.
 */
gboolean tamis_image_save_jpeg (const TamisImage *self, const char *path, int quality,
                                GError **error);
gboolean tamis_image_save_png (const TamisImage *self, const char *path, GError **error);

/* ---- small copies, kept between runs and known by content ---- */

/* A cache in a folder: anything in it may vanish at any time. Any thread; several processes too. */
typedef struct _TamisThumbnails TamisThumbnails;

#define TAMIS_THUMBNAILS_BUDGET ((guint64) 1 << 30)

/**
 * tamis_thumbnails_new:
 * @folder: (nullable): made when needed; NULL is the user's own, $XDG_CACHE_HOME/tamis/thumbnails
 * @budget: bytes to keep; beyond them those that were not asked for the longest go
 */
TamisThumbnails *tamis_thumbnails_new (const char *folder, guint64 budget) G_GNUC_WARN_UNUSED_RESULT;
void tamis_thumbnails_free (TamisThumbnails *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisThumbnails, tamis_thumbnails_free)

/* Is the content known, and the image at least twice as large as a thumbnail? One that is smaller is
 * nearly as quickly decoded itself. */
gboolean tamis_thumbnails_takes (const TamisImageFacts *facts);

/**
 * tamis_thumbnails_put:
 * @facts: of the image, with its digest
 * @small: the image, its longest side at most TAMIS_THUMBNAIL_SIDE
 *
 * Keeps @small, unless it is there already or tamis_thumbnails_takes() says no. What cannot be
 * written is left out in silence.
 */
void tamis_thumbnails_put (TamisThumbnails *self, const TamisImageFacts *facts,
                           const TamisImage *small);

/* (transfer full) (nullable): the small copy, with losses as JPEG has them; NULL if there is none. */
TamisImage *tamis_thumbnails_get (TamisThumbnails *self, const TamisDigest *digest)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
