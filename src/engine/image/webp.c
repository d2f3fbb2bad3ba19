/* WebP through libwebp; of an animation the first frame, on its canvas.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/image/codec.h"

#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

/* Above this, decoding takes longer than a cancel may wait. */
#define LARGE_PIXELS (4 << 20)
#define PIECE_PIXELS (1 << 20)
#define MIN_PIECE ((gsize) 512)
/* What is decoded around a region. */
#define MARGIN 16

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebPDemuxer, WebPDemuxDelete)

static gboolean
fail (VP8StatusCode status, GError **error)
{
  if (status == VP8_STATUS_OUT_OF_MEMORY)
    g_set_error_literal (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_TOO_LARGE,
                         "the image does not fit in memory");
  else if (status == VP8_STATUS_NOT_ENOUGH_DATA || status == VP8_STATUS_SUSPENDED)
    _tamis_image_corrupt (error, "broken WebP: the file ends early");
  else if (status == VP8_STATUS_UNSUPPORTED_FEATURE)
    g_set_error_literal (error, TAMIS_IMAGE_ERROR, TAMIS_IMAGE_ERROR_FORMAT,
                         "a kind of WebP that Tamis does not read");
  else
    _tamis_image_corrupt (error, "broken WebP");
  return FALSE;
}

/* libwebp cannot be stopped while it decodes, so a large image is handed to it piece by piece: about as
 * many bytes as are one of PIECE_PIXELS, since a plain image has few bytes. */
static gboolean
decode_pieces (const WebPIterator *frame, WebPDecoderConfig *config,
               const TamisImageSource *source, GError **error)
{
  WebPIDecoder *decoder = WebPIDecode (NULL, 0, config);
  VP8StatusCode status = decoder != NULL ? VP8_STATUS_SUSPENDED : VP8_STATUS_OUT_OF_MEMORY;
  guint64 pixels = (guint64) frame->width * (guint64) frame->height;
  gsize piece = MAX ((gsize) (frame->fragment.size / (pixels / PIECE_PIXELS + 1)), MIN_PIECE);
  gboolean stopped = FALSE;
  gsize at = 0;

  while (status == VP8_STATUS_SUSPENDED && at < frame->fragment.size && !stopped)
    {
      at += MIN (frame->fragment.size - at, piece);
      status = WebPIUpdate (decoder, frame->fragment.bytes, at);
      stopped = _tamis_image_stopped (source, error);
    }
  WebPIDelete (decoder);
  return !stopped && (status == VP8_STATUS_OK || fail (status, error));
}

/* What of a frame is decoded, in its pixels: @needed and some pixels around, because libwebp spreads
 * colours without their neighbours at the edges of what it is asked for, and begins at even ones. */
static TamisImageRegion
widen (const TamisImageRegion *needed, const WebPIterator *frame)
{
  int left = MAX (needed->x - MARGIN, 0) / 2 * 2, top = MAX (needed->y - MARGIN, 0) / 2 * 2;
  int right = MIN (needed->x + needed->width + MARGIN, frame->width);
  int bottom = MIN (needed->y + needed->height + MARGIN, frame->height);

  return (TamisImageRegion){ left, top, right - left, bottom - top };
}

/* Decodes @part of @frame into @out, rows packed. */
static gboolean
decode_to (const WebPIterator *frame, const TamisImageRegion *part, WEBP_CSP_MODE mode,
           const TamisImageSource *source, guint8 *out, GError **error)
{
  const guint8 *data = frame->fragment.bytes;
  gsize size = frame->fragment.size;
  WebPDecoderConfig config;
  int channels = mode == MODE_RGB ? 3 : 4;
  VP8StatusCode status;

  if (!WebPInitDecoderConfig (&config))
    return fail (VP8_STATUS_INVALID_PARAM, error);
  config.output.colorspace = mode;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = out;
  config.output.u.RGBA.stride = channels * part->width;
  config.output.u.RGBA.size = (gsize) channels * (gsize) part->width * (gsize) part->height;
  config.options.use_cropping = part->width < frame->width || part->height < frame->height;
  config.options.crop_left = part->x;
  config.options.crop_top = part->y;
  config.options.crop_width = part->width;
  config.options.crop_height = part->height;
  status = WebPGetFeatures (data, size, &config.input);
  if (status != VP8_STATUS_OK)
    return fail (status, error);
  /* The container and the bitstream may disagree; the buffer is of the container's size. */
  if (config.input.width != frame->width || config.input.height != frame->height)
    return fail (VP8_STATUS_BITSTREAM_ERROR, error);
  if ((gint64) frame->width * frame->height > LARGE_PIXELS)
    return decode_pieces (frame, &config, source, error);
  status = WebPDecode (data, size, &config);
  WebPFreeDecBuffer (&config.output);
  return status == VP8_STATUS_OK || fail (status, error);
}

/* Decodes what the canvas needs of the frame. The container says whether there is alpha: a bitstream
 * that says otherwise is not asked. */
static gboolean
draw_part (const WebPIterator *frame, const TamisImageRegion *needed, const TamisImageSource *source,
           TamisCanvas *canvas, GError **error)
{
  TamisImageRegion part = widen (needed, frame);
  gsize channels = frame->has_alpha ? 4 : 3;
  gsize stride = channels * (gsize) part.width;
  g_autofree guint8 *pixels = g_try_malloc_n (stride, (gsize) part.height);

  if (pixels == NULL)
    return fail (VP8_STATUS_OUT_OF_MEMORY, error);
  if (!decode_to (frame, &part, frame->has_alpha ? MODE_RGBA : MODE_RGB, source, pixels, error))
    return FALSE;
  for (int y = needed->y; y < needed->y + needed->height; y++)
    {
      const guint8 *in
          = pixels + (gsize) (y - part.y) * stride + (gsize) (needed->x - part.x) * channels;
      guint8 *out = _tamis_canvas_pixel (canvas, (gsize) (frame->x_offset + needed->x),
                                         (gsize) (frame->y_offset + y));

      if (_tamis_image_stopped (source, error))
        return FALSE;
      if (frame->has_alpha)
        _tamis_rgba_over_gray (in, out, (gsize) needed->width);
      else
        memcpy (out, in, 3 * (gsize) needed->width);
    }
  return TRUE;
}

/* The part of the frame that the canvas needs, in the frame's pixels. FALSE: nothing of it. */
static gboolean
find_needed (const WebPIterator *frame, const TamisImageRegion *part, TamisImageRegion *needed)
{
  int left = MAX (part->x - frame->x_offset, 0), top = MAX (part->y - frame->y_offset, 0);
  int right = MIN (part->x + part->width - frame->x_offset, frame->width);
  int bottom = MIN (part->y + part->height - frame->y_offset, frame->height);

  *needed = (TamisImageRegion){ left, top, right - left, bottom - top };
  return right > left && bottom > top;
}

static gboolean
draw_frame (const WebPIterator *frame, const TamisImageSource *source, TamisCanvas *canvas,
            GError **error)
{
  const TamisImageRegion whole = { 0, 0, source->facts.width, source->facts.height };
  TamisImage *image = canvas->image;
  gboolean is_whole = frame->width == whole.width && frame->height == whole.height
                      && image->width == whole.width && image->height == whole.height;
  TamisImageRegion needed;

  if (frame->x_offset < 0 || frame->y_offset < 0 || frame->width < 1 || frame->height < 1
      || frame->width > whole.width - frame->x_offset
      || frame->height > whole.height - frame->y_offset)
    return fail (VP8_STATUS_BITSTREAM_ERROR, error);
  if (is_whole && !frame->has_alpha)
    return decode_to (frame, &whole, MODE_RGB, source, image->pixels, error);
  memset (image->pixels, 128, 3 * (gsize) image->width * (gsize) image->height);
  return !find_needed (frame, &canvas->part, &needed)
         || draw_part (frame, &needed, source, canvas, error);
}

static void
read_exif (const WebPDemuxer *demuxer, TamisImageSource *source)
{
  WebPChunkIterator chunk;

  if (WebPDemuxGetChunk (demuxer, "EXIF", 1, &chunk))
    {
      _tamis_image_note_exif (source, chunk.chunk.bytes, chunk.chunk.size);
      WebPDemuxReleaseChunkIterator (&chunk);
    }
}

TamisImage *
_tamis_image_decode_webp (TamisImageSource *source, GError **error)
{
  WebPData data = { source->data, source->size };
  WebPDemuxState state;
  g_autoptr (WebPDemuxer) demuxer = WebPDemuxPartial (&data, &state);
  g_auto (TamisCanvas) canvas = { NULL };
  WebPIterator frame;
  gboolean ok;

  if (demuxer == NULL || state == WEBP_DEMUX_PARSE_ERROR)
    {
      fail (demuxer == NULL && state != WEBP_DEMUX_PARSE_ERROR ? VP8_STATUS_NOT_ENOUGH_DATA
                                                               : VP8_STATUS_BITSTREAM_ERROR, error);
      return NULL;
    }
  if (!_tamis_image_accept_size (source, WebPDemuxGetI (demuxer, WEBP_FF_CANVAS_WIDTH),
                                 WebPDemuxGetI (demuxer, WEBP_FF_CANVAS_HEIGHT), error))
    return NULL;
  read_exif (demuxer, source);
  if (!_tamis_canvas_open (&canvas, source, FALSE, error))
    return NULL;
  if (!WebPDemuxGetFrame (demuxer, 1, &frame))
    {
      fail (VP8_STATUS_NOT_ENOUGH_DATA, error);
      return NULL;
    }
  ok = draw_frame (&frame, source, &canvas, error);
  WebPDemuxReleaseIterator (&frame);
  return ok ? _tamis_canvas_steal (&canvas) : NULL;
}
