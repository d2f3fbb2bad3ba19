/* Encoders for tests: small files of every kind, in memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

/* A smooth pattern that every channel runs through from 0 to 255 and back; @channel 3 serves as
 * alpha. */
guint8 test_tone (int x, int y, int channel);

typedef struct
{
  int width;
  int height;
  int color_type; /* PNG_COLOR_TYPE_… */
  int depth;
  gboolean interlaced;
  gboolean trns; /* palette: entry i has alpha i; else the colour of pixel (0, 0) is transparent */
} TestPng;
/* Samples are test_tone() cut to the depth (16 bits: tone · 257 - 3 where that is not negative);
 * palette entry i is (i, 255 - i, i ^ 0x55) and pixels are its tone cut to the depth. */
GBytes *test_encode_png (const TestPng *how);

/* An EXIF block ("Exif\0\0" before it) of a camera: make "Tamis", model "Sieve 2", taken at
 * 2024-05-31 17:02:59, orientation 6, at 50° 27′ 0.36″ north, 30° 31′ 24″ east. */
GBytes *test_encode_exif (gboolean big_endian);

typedef struct
{
  int width;
  int height;
  int channels; /* 1, 3 or 4: gray, RGB, CMYK (stored inverted, as Adobe does) */
  gboolean progressive;
  int orientation; /* 0: no EXIF block */
  gboolean big_endian_exif;
  gboolean camera; /* test_encode_exif() instead */
  int across;      /* samples of brightness to one of colour; 0: 2 */
  int down;
  int restart;     /* rows of blocks between restart marks; 0: none */
} TestJpeg;
GBytes *test_encode_jpeg (const TestJpeg *how);

/* Lossless; @animated: the frame begins at (4, 2) of a canvas 8 wider and 6 higher. */
GBytes *test_encode_webp (int width, int height, gboolean alpha, gboolean animated);
GBytes *test_encode_webp_lossy (int width, int height);

typedef struct
{
  int width;
  int height;
  int bits;
  int format;      /* SAMPLEFORMAT_…; 0: unsigned */
  int samples;
  int photometric; /* PHOTOMETRIC_… */
  int extra;       /* EXTRASAMPLE_… + 1 of the last sample, or 0 */
  int compression; /* COMPRESSION_…; 0: none */
  int orientation; /* 0: none stated */
  gboolean planar;
  gboolean tiled;
  double scale; /* floats: value = tone · scale + offset */
  double offset;
} TestTiff;
GBytes *test_encode_tiff (const TestTiff *how);

typedef struct
{
  int width;
  int height; /* negative: top down */
  int bits;
  int compression; /* 0 plain, 1 RLE8, 2 RLE4, 3 bit fields (16: 565, 32: RGBA with alpha) */
} TestBmp;
/* Palette as for PNG; pixels of up to 8 bits are the tone of channel 0 cut to the depth. */
GBytes *test_encode_bmp (const TestBmp *how);

/* 24 × 20, index (x · y) % 7, written by another program; palette entry i is
 * (i · 30, 255 - i · 30, i · 7). With interlace, index 3 is transparent, too. */
GBytes *test_gif (gboolean interlaced);

/* One of every kind, for damage. */
GPtrArray *test_encode_all (void);
