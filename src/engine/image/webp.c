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

/* Decodes @frame into @out, rows packed. */
static gboolean
decode_to (const WebPIterator *frame, WEBP_CSP_MODE mode, const TamisImageSource *source,
           guint8 *out, GError **error)
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
  config.output.u.RGBA.stride = channels * frame->width;
  config.output.u.RGBA.size = (gsize) channels * (gsize) frame->width * (gsize) frame->height;
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

static gboolean
draw_frame (const WebPIterator *frame, const TamisImageSource *source, TamisImage *canvas,
            GError **error)
{
  gsize width = (gsize) frame->width;
  gsize height = (gsize) frame->height;
  g_autofree guint8 *rgba = NULL;

  if (frame->x_offset < 0 || frame->y_offset < 0 || frame->width < 1 || frame->height < 1
      || frame->width > canvas->width - frame->x_offset
      || frame->height > canvas->height - frame->y_offset)
    return fail (VP8_STATUS_BITSTREAM_ERROR, error);
  if (!frame->has_alpha && frame->width == canvas->width && frame->height == canvas->height)
    return decode_to (frame, MODE_RGB, source, canvas->pixels, error);
  rgba = g_try_malloc_n (4 * width, height);
  if (rgba == NULL)
    return fail (VP8_STATUS_OUT_OF_MEMORY, error);
  if (!decode_to (frame, MODE_RGBA, source, rgba, error))
    return FALSE;
  memset (canvas->pixels, 128, 3 * (gsize) canvas->width * (gsize) canvas->height);
  for (gsize y = 0; y < height; y++)
    {
      gsize at = (y + (gsize) frame->y_offset) * (gsize) canvas->width + (gsize) frame->x_offset;

      if (_tamis_image_stopped (source, error))
        return FALSE;
      _tamis_rgba_over_gray (rgba + y * 4 * width, canvas->pixels + 3 * at, width);
    }
  return TRUE;
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
  g_autoptr (TamisImage) image = NULL;
  WebPIterator frame;
  gboolean ok;

  if (demuxer == NULL || state == WEBP_DEMUX_PARSE_ERROR)
    {
      fail (demuxer == NULL && state != WEBP_DEMUX_PARSE_ERROR ? VP8_STATUS_NOT_ENOUGH_DATA
                                                               : VP8_STATUS_BITSTREAM_ERROR, error);
      return NULL;
    }
  image = _tamis_image_new_for (source, WebPDemuxGetI (demuxer, WEBP_FF_CANVAS_WIDTH),
                                WebPDemuxGetI (demuxer, WEBP_FF_CANVAS_HEIGHT), error);
  if (image == NULL)
    return NULL;
  read_exif (demuxer, source);
  if (!WebPDemuxGetFrame (demuxer, 1, &frame))
    {
      fail (VP8_STATUS_NOT_ENOUGH_DATA, error);
      return NULL;
    }
  ok = draw_frame (&frame, source, image, error);
  WebPDemuxReleaseIterator (&frame);
  return ok ? g_steal_pointer (&image) : NULL;
}
