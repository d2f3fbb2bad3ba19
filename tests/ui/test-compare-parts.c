/* ui: parts of the compare view: places, tiles and the pixels it keeps.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-compare-pane.h"
#include "tamis-textures.h"
#include "ui-test.h"

static char *folder;

static char *
file_in (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
write_noise (const char *path, int width, int height, guint64 seed, gboolean jpeg)
{
  g_autoptr (TamisImage) image = tamis_image_new (width, height);
  TamisRandom random;

  tamis_random_init (&random, seed);
  for (int i = 0; i < 3 * width * height; i++)
    image->pixels[i] = (guint8) tamis_random_below (&random, 256);
  if (jpeg)
    g_assert_true (tamis_image_save_jpeg (image, path, 80, NULL));
  else
    g_assert_true (tamis_image_save_png (image, path, NULL));
}

/* ---- places ---- */

static const graphene_size_t pane = { 400, 300 };

static void
assert_close (double a, double b)
{
  g_assert_cmpfloat_with_epsilon (a, b, 0.02);
}

/* The pixels that are seen: all that touch the pane, none beyond the image. */
static void
test_place_of_what_is_seen (void)
{
  const graphene_size_t image = { 10000, 8000 };
  const graphene_rect_t area = { { 0, 0 }, pane };
  TamisImageRegion seen;

  g_assert_true (tamis_viewport_find_seen (&GRAPHENE_RECT_INIT (-1200, -700, 10000, 8000), &area, image, 0,
                                           &seen));
  g_assert_true (seen.x == 1200 && seen.y == 700 && seen.width == 400 && seen.height == 300);
  g_assert_true (tamis_viewport_find_seen (&GRAPHENE_RECT_INIT (-1200.5f, -700, 10000, 8000), &area, image,
                                           0.5, &seen));
  g_assert_true (seen.x == 1000 && seen.y == 550 && seen.width == 801 && seen.height == 600);
  g_assert_true (tamis_viewport_find_seen (&GRAPHENE_RECT_INIT (12.5f, 0, 375, 300), &area, image, 0.5,
                                           &seen));
  g_assert_true (seen.x == 0 && seen.y == 0 && seen.width == 10000 && seen.height == 8000);
  g_assert_false (tamis_viewport_find_seen (&GRAPHENE_RECT_INIT (500, 0, 375, 300), &area, image, 0, &seen));
  g_assert_false (tamis_viewport_find_seen (&GRAPHENE_RECT_INIT (0, 0, 0, 0), &area, image, 0, &seen));
}

static void
test_place_fits (void)
{
  static const graphene_size_t images[] = { { 4000, 3000 }, { 100, 300 }, { 64, 64 }, { 9000, 10 } };
  TamisViewport viewport;

  tamis_viewport_fit (&viewport);
  for (guint i = 0; i < G_N_ELEMENTS (images); i++)
    {
      graphene_rect_t at = tamis_viewport_place (&viewport, images[i], pane);

      g_assert_true (at.origin.x >= -0.01f && at.origin.y >= -0.01f);
      assert_close (at.origin.x + at.size.width / 2, 200);
      assert_close (at.origin.y + at.size.height / 2, 150);
      assert_close (at.size.width / at.size.height, images[i].width / images[i].height);
      g_assert_true (fabsf (at.size.width - 400) < 0.1f || fabsf (at.size.height - 300) < 0.1f);
    }
}

static void
test_zoom_keeps_what_is_under_the_pointer (void)
{
  graphene_size_t image = { 4000, 3000 };
  TamisViewport viewport;
  graphene_rect_t before, after;

  tamis_viewport_fit (&viewport);
  tamis_viewport_zoom_at (&viewport, 4, image, pane, GRAPHENE_POINT_INIT (200, 150));
  before = tamis_viewport_place (&viewport, image, pane);
  tamis_viewport_zoom_at (&viewport, 2, image, pane, GRAPHENE_POINT_INIT (130, 260));
  after = tamis_viewport_place (&viewport, image, pane);
  assert_close ((130 - before.origin.x) / before.size.width, (130 - after.origin.x) / after.size.width);
  assert_close ((260 - before.origin.y) / before.size.height,
                (260 - after.origin.y) / after.size.height);
  assert_close (after.size.width, 8 * 400);
  /* At fit all is seen again. */
  tamis_viewport_zoom_at (&viewport, 1 / viewport.zoom, image, pane, GRAPHENE_POINT_INIT (10, 10));
  after = tamis_viewport_place (&viewport, image, pane);
  assert_close (after.origin.x, 0);
  assert_close (after.origin.y, 0);
}

static void
test_pan_leaves_no_gap (void)
{
  graphene_size_t image = { 4000, 3000 };
  TamisViewport viewport;
  graphene_rect_t at;

  tamis_viewport_fit (&viewport);
  tamis_viewport_pan (&viewport, 50, 50, image, pane); /* nothing to move to */
  at = tamis_viewport_place (&viewport, image, pane);
  assert_close (at.origin.x, 0);
  tamis_viewport_zoom_at (&viewport, 3, image, pane, GRAPHENE_POINT_INIT (200, 150));
  tamis_viewport_pan (&viewport, 1e5, -1e5, image, pane);
  at = tamis_viewport_place (&viewport, image, pane);
  assert_close (at.origin.x, 0);
  assert_close (at.origin.y + at.size.height, 300);
  /* And back at once: what went past the edge is not remembered. */
  tamis_viewport_pan (&viewport, -10, 0, image, pane);
  assert_close (tamis_viewport_place (&viewport, image, pane).origin.x, -10);
}

/* The same share of each image lies in the middle of its pane, whatever its size and shape. */
static void
test_panes_are_linked_by_share (void)
{
  static const graphene_size_t others[] = { { 2000, 1500 }, { 800, 600 }, { 5000, 3000 }, { 300, 400 } };
  graphene_size_t image = { 4000, 3000 };
  TamisViewport viewport;
  graphene_rect_t a;

  tamis_viewport_fit (&viewport);
  tamis_viewport_zoom_at (&viewport, 6, image, pane, GRAPHENE_POINT_INIT (260, 120));
  a = tamis_viewport_place (&viewport, image, pane);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      graphene_rect_t b = tamis_viewport_place (&viewport, others[i], pane);

      assert_close ((200 - a.origin.x) / a.size.width, (200 - b.origin.x) / b.size.width);
      assert_close ((150 - a.origin.y) / a.size.height, (150 - b.origin.y) / b.size.height);
    }
}

static void
test_one_to_one_is_of_the_larger (void)
{
  TamisCompareStage stage = { .size = { { 4000, 3000 }, { 1000, 750 } } };

  tamis_viewport_fit (&stage.viewport);
  for (int scale = 1; scale <= 2; scale++)
    {
      stage.viewport.zoom = tamis_compare_stage_one_to_one (&stage, pane, scale);
      assert_close (tamis_compare_stage_magnification (&stage, 0, pane, scale), 1);
      assert_close (tamis_compare_stage_magnification (&stage, 1, pane, scale), 4);
    }
  tamis_viewport_fit (&stage.viewport);
  tamis_compare_stage_toggle (&stage, 0, pane, 1, GRAPHENE_POINT_INIT (0, 0));
  assert_close (stage.viewport.zoom, 10);
  assert_close (tamis_viewport_place (&stage.viewport, stage.size[0], pane).origin.x, 0);
  tamis_compare_stage_toggle (&stage, 0, pane, 1, GRAPHENE_POINT_INIT (0, 0));
  g_assert_cmpfloat (stage.viewport.zoom, ==, 1);
  /* Limits: 32 device pixels an image pixel; all of it, or its own size if that is less. */
  tamis_compare_stage_zoom (&stage, 1e9, 0, pane, 1, GRAPHENE_POINT_INIT (0, 0));
  assert_close (tamis_compare_stage_magnification (&stage, 0, pane, 1), 32);
  tamis_compare_stage_zoom (&stage, 1e-9, 0, pane, 1, GRAPHENE_POINT_INIT (0, 0));
  g_assert_cmpfloat (stage.viewport.zoom, ==, 1);
  /* In a shared pane both lie over the witness. */
  stage.mode = TAMIS_COMPARE_SPLIT;
  stage.size[0] = GRAPHENE_SIZE_INIT (500, 1000);
  g_assert_cmpfloat (tamis_compare_stage_frame (&stage, 0).width, ==, 1000);
}

/* ---- tiles ---- */

static cairo_surface_t *
draw_tiles (TamisTiles *tiles, graphene_rect_t whole)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 400, 300);
  cairo_t *cr = cairo_create (surface);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  graphene_rect_t visible = { { 0, 0 }, pane };

  tamis_tiles_snapshot (tiles, snapshot, &whole, &visible, 1);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL)
    {
      gsk_render_node_draw (node, cr);
      gsk_render_node_unref (node);
    }
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static const guint8 *
pixel_at (cairo_surface_t *surface, int x, int y)
{
  return cairo_image_surface_get_data (surface) + cairo_image_surface_get_stride (surface) * y + 4 * x;
}

static void
assert_shows (cairo_surface_t *surface, const TamisImage *image, int left, int top)
{
  for (int y = 0; y < 300; y++)
    for (int x = 0; x < 400; x++)
      {
        const guint8 *expected = image->pixels + 3 * (image->width * (y + top) + x + left);
        const guint8 *p = pixel_at (surface, x, y);

        g_assert_true (p[2] == expected[0] && p[1] == expected[1] && p[0] == expected[2]);
      }
}

/* A part lies where its pixels do. */
static void
test_tiles_of_a_part_are_in_place (void)
{
  g_autofree char *path = file_in ("noise.png");
  const TamisImageRegion part = { 217, 333, 700, 500 };
  const graphene_rect_t whole = { { -300.3f, -400.2f }, { 1100, 900 } };
  const graphene_rect_t visible = { { 0, 0 }, pane };
  g_autoptr (TamisImage) image = NULL, cut = NULL;
  g_autoptr (TamisTiles) tiles = NULL;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 400, 300);
  cairo_t *cr = cairo_create (surface);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  write_noise (path, 1100, 900, 1, FALSE);
  image = tamis_image_load (path, NULL, NULL, NULL);
  cut = tamis_image_load_region (path, &part, NULL, NULL, NULL);
  tiles = tamis_tiles_new (cut);
  tamis_tiles_snapshot_part (tiles, snapshot, &part, GRAPHENE_SIZE_INIT (1100, 900), &whole, &visible, 1);
  node = gtk_snapshot_free_to_node (snapshot);
  gsk_render_node_draw (node, cr);
  gsk_render_node_unref (node);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  assert_shows (surface, image, 300, 400);
  cairo_surface_destroy (surface);
  g_remove (path);
}

/* Over the seams of tiles, which lie at multiples of 512. */
static void
test_tiles_at_one_to_one_are_the_pixels (void)
{
  g_autofree char *path = file_in ("noise.png");
  g_autoptr (TamisImage) image = NULL;
  g_autoptr (TamisTiles) tiles = NULL;
  cairo_surface_t *surface;

  write_noise (path, 1100, 900, 1, FALSE);
  image = tamis_image_load (path, NULL, NULL, NULL);
  tiles = tamis_tiles_new (image);
  surface = draw_tiles (tiles, GRAPHENE_RECT_INIT (-300.3f, -400.2f, 1100, 900));
  assert_shows (surface, image, 300, 400);
  cairo_surface_destroy (surface);
  g_remove (path);
}

static void
test_tiles_have_no_seams (void)
{
  static const float scales[] = { 0.55f, 0.7f, 0.999f, 1.3f, 2.6f, 7.3f, 40.0f };
  g_autoptr (TamisImage) image = tamis_image_new (1100, 900);
  g_autoptr (TamisTiles) tiles = tamis_tiles_new (image);

  memset (image->pixels, 200, (gsize) 3 * 1100 * 900);
  g_assert_cmpuint (tamis_tiles_get_bytes (tiles), ==, 3 * 1100 * 900);
  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      float s = scales[i];
      cairo_surface_t *surface = draw_tiles (
          tiles, GRAPHENE_RECT_INIT (200 - 512 * s, 150 - 512 * s, 1100 * s, 900 * s));

      for (int y = 100; y < 200; y++)
        for (int x = 100; x < 300; x++)
          g_assert_cmpuint (pixel_at (surface, x, y)[1], ==, 200);
      cairo_surface_destroy (surface);
    }
}

/* Enlarged, a pixel is a square of one colour. */
static void
test_tiles_enlarge_in_whole_pixels (void)
{
  g_autoptr (TamisImage) image = tamis_image_new (8, 8);
  g_autoptr (TamisTiles) tiles = tamis_tiles_new (image);
  cairo_surface_t *surface;

  for (int i = 0; i < 64; i++)
    memset (image->pixels + 3 * i, (i / 8 + i % 8) % 2 != 0 ? 255 : 0, 3);
  surface = draw_tiles (tiles, GRAPHENE_RECT_INIT (0, 0, 128, 128));
  for (int y = 0; y < 8; y++)
    for (int x = 0; x < 8; x++)
      for (int at = 2; at < 14; at += 11)
        g_assert_cmpuint (pixel_at (surface, 16 * x + at, 16 * y + at)[0], ==,
                          (x + y) % 2 != 0 ? 255 : 0);
  cairo_surface_destroy (surface);
}

/* ---- pixels ---- */

#define BUDGET ((gsize) 8 << 20)

static void
wait_for (TamisPixels *pixels, const char *file, int longer)
{
  tamis_pixels_want (pixels, file, longer, TAMIS_PIXELS_NOW);
  WAIT_FOR (tamis_pixels_has (pixels, file, longer) || tamis_pixels_get_reason (pixels, file) != NULL);
}

static void
test_pixels_give_what_is_wanted (void)
{
  TamisPixels *pixels = tamis_pixels_new (BUDGET);
  g_autofree char *path = file_in ("levels.jpg");
  TamisImageFacts facts;
  guint n = 0;

  write_noise (path, 1200, 800, 2, TRUE);
  g_signal_connect_swapped (pixels, "changed", G_CALLBACK (g_atomic_int_inc), &n);
  g_assert_null (tamis_pixels_look (pixels, path, 100));
  g_assert_false (tamis_pixels_get_facts (pixels, path, &facts));
  wait_for (pixels, path, 200);
  g_assert_cmpint (tamis_tiles_get_image (tamis_pixels_look (pixels, path, 200))->width, ==, 300);
  g_assert_true (tamis_pixels_get_facts (pixels, path, &facts));
  g_assert_cmpint (facts.width, ==, 1200);
  wait_for (pixels, path, 5000); /* more than there is */
  g_assert_cmpint (tamis_tiles_get_image (tamis_pixels_look (pixels, path, 5000))->width, ==, 1200);
  g_assert_cmpint (tamis_tiles_get_image (tamis_pixels_look (pixels, path, 250))->width, ==, 300);
  g_assert_cmpuint (tamis_pixels_get_bytes (pixels), ==, 3 * (300 * 200 + 1200 * 800));
  g_assert_cmpuint (n, ==, 2);
  tamis_pixels_want (pixels, path, 1000, TAMIS_PIXELS_NOW); /* at hand */
  settle ();
  g_assert_cmpuint (n, ==, 2);
  g_assert_finalize_object (pixels);
  g_remove (path);
}

static void
test_pixels_prefetch_becomes_urgent (void)
{
  TamisPixels *pixels = tamis_pixels_new (BUDGET);
  g_autofree char *path = file_in ("ahead.jpg");

  write_noise (path, 900, 600, 3, TRUE);
  tamis_pixels_want (pixels, path, 200, TAMIS_PIXELS_AHEAD);
  tamis_pixels_want (pixels, path, 200, TAMIS_PIXELS_NOW);
  wait_for (pixels, path, 200);
  settle ();
  g_assert_cmpuint (tamis_pixels_get_bytes (pixels), ==, 3 * 225 * 150); /* decoded once */
  g_assert_finalize_object (pixels);
  g_remove (path);
}

/* Thirty pairs, each looked at whole, fitted, and whole again. */
static void
test_pixels_stay_within_the_budget (void)
{
  TamisPixels *pixels = tamis_pixels_new (BUDGET);
  gsize most = 0;

  for (int i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("budget%d.jpg", i);
      g_autofree char *path = file_in (name);

      if (i < 3)
        write_noise (path, 1000, 900, i, TRUE);
      else
        {
          g_autofree char *first = g_strdup_printf ("%s/budget%d.jpg", folder, i % 3);

          g_assert_cmpint (link (first, path), ==, 0);
        }
      tamis_pixels_turn_to (pixels, path, NULL);
      wait_for (pixels, path, 200);
      wait_for (pixels, path, 1000);
      most = MAX (most, tamis_pixels_get_bytes (pixels));
      g_assert_cmpuint (tamis_pixels_get_bytes (pixels), <=, BUDGET);
      g_assert_true (tamis_pixels_has (pixels, path, 1000));
    }
  g_assert_cmpuint (most, >, BUDGET / 2); /* it is made use of */
  g_assert_finalize_object (pixels);
}

/* 3 · 2000 · 1000 bytes are more than three eighths of the budget: the half of it is all there is. */
static void
test_pixels_reduce_what_is_too_large (void)
{
  TamisPixels *pixels = tamis_pixels_new (BUDGET);
  g_autofree char *path = file_in ("large.png");
  TamisImageFacts facts;

  write_noise (path, 2000, 1000, 4, FALSE);
  for (int i = 0; i < 2; i++) /* first with its size unknown */
    {
      wait_for (pixels, path, 2000);
      g_assert_cmpint (tamis_tiles_get_image (tamis_pixels_look (pixels, path, 2000))->width, ==, 1000);
      g_assert_true (tamis_pixels_has (pixels, path, 2000));
    }
  g_assert_true (tamis_pixels_get_facts (pixels, path, &facts));
  g_assert_cmpint (facts.width, ==, 2000);
  g_assert_cmpuint (tamis_pixels_get_bytes (pixels), ==, 3 * 1000 * 500);
  g_assert_finalize_object (pixels);
  g_remove (path);
}

/* Of an image too large to be kept whole: what is seen is there pixel for pixel, within the budget. */
static void
test_pixels_of_a_part (void)
{
  TamisPixels *pixels = tamis_pixels_new (BUDGET);
  g_autofree char *path = file_in ("parts.png");
  const TamisImageRegion seen[] = { { 1200, 700, 300, 200 }, { 0, 0, 300, 200 }, { 1900, 1100, 100, 100 },
                                    { 150, 20, 300, 200 } };
  g_autoptr (TamisImage) whole = NULL;

  write_noise (path, 2000, 1200, 6, FALSE);
  whole = tamis_image_load (path, NULL, NULL, NULL);
  g_assert_false (tamis_pixels_is_reduced (pixels, path, 2000)); /* not known yet */
  g_assert_false (tamis_pixels_may_have_part (pixels, path, &seen[0]));
  wait_for (pixels, path, 200);
  g_assert_true (tamis_pixels_is_reduced (pixels, path, 2000));
  g_assert_false (tamis_pixels_is_reduced (pixels, path, 1000));
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    {
      TamisImageRegion at = { 0 };
      const TamisImage *part;

      g_assert_true (tamis_pixels_may_have_part (pixels, path, &seen[i]));
      tamis_pixels_want_part (pixels, path, &seen[i]);
      WAIT_FOR (tamis_pixels_look_part (pixels, path, &seen[i], &at) != NULL
                && tamis_image_region_covers (&at, &seen[i]));
      part = tamis_tiles_get_image (tamis_pixels_look_part (pixels, path, &seen[i], &at));
      g_assert_true (part->width == at.width && part->height == at.height);
      g_assert_cmpint (at.x + at.width, <=, 2000);
      for (int y = 0; y < at.height; y++)
        g_assert_cmpmem (part->pixels + 3 * at.width * y, 3 * at.width,
                         whole->pixels + 3 * (2000 * (at.y + y) + at.x), 3 * at.width);
      g_assert_cmpuint (tamis_pixels_get_bytes (pixels), <=, BUDGET);
    }
  /* More than a part may take. */
  g_assert_false (tamis_pixels_may_have_part (pixels, path, &(TamisImageRegion){ 0, 0, 1000, 700 }));
  g_assert_finalize_object (pixels);
  g_remove (path);
}

/* A file is replaced by another while parts of it are on show: nothing of the old one stays. */
static void
test_pixels_of_a_file_that_was_replaced (void)
{
  TamisPixels *pixels = tamis_pixels_new (BUDGET);
  g_autofree char *path = file_in ("replaced.png");
  const TamisImageRegion far = { 1900, 1100, 100, 100 };
  TamisImageRegion at;
  TamisImageFacts facts;

  write_noise (path, 2000, 1200, 7, FALSE);
  wait_for (pixels, path, 200);
  write_noise (path, 900, 600, 8, FALSE);
  tamis_pixels_want_part (pixels, path, &far);
  WAIT_FOR (!tamis_pixels_may_have_part (pixels, path, &far)); /* it has no such part */
  g_assert_null (tamis_pixels_look_part (pixels, path, &far, &at));
  wait_for (pixels, path, 1000); /* a halving of the old one: the new one is found out */
  g_assert_true (tamis_pixels_get_facts (pixels, path, &facts));
  g_assert_cmpint (facts.width, ==, 900);
  g_assert_cmpuint (tamis_pixels_get_bytes (pixels), ==, 3 * 900 * 600);
  g_assert_finalize_object (pixels);
  g_remove (path);
}

/* Whoever moves on does not wait for a decode that nobody wants: the threads are free again at once. */
static void
test_pixels_call_off_what_is_decoded (void)
{
  TamisPixels *pixels = tamis_pixels_new (64u << 20);
  g_autofree char *large = file_in ("slow.png");
  g_autofree char *small = file_in ("quick.png");
  gint64 begun = 0, whole, ended;

  write_noise (large, 4000, 3000, 9, FALSE);
  write_noise (small, 40, 40, 10, FALSE);
  for (int i = 0; i < 2; i++) /* the second time the file is in memory */
    {
      begun = g_get_monotonic_time ();
      wait_for (pixels, large, i == 0 ? 200 : 3000);
    }
  whole = g_get_monotonic_time () - begun;
  g_assert_finalize_object (pixels);
  pixels = tamis_pixels_new (64u << 20);
  for (int i = 0; i < 4; i++) /* more than there are threads */
    {
      tamis_pixels_want (pixels, large, 200, TAMIS_PIXELS_NOW);
      g_usleep (10 * 1000); /* one works on it */
      tamis_pixels_turn_to (pixels, small, NULL);
    }
  wait_for (pixels, small, 40);
  g_assert_false (tamis_pixels_has (pixels, large, 200));
  tamis_pixels_want (pixels, large, 200, TAMIS_PIXELS_NOW);
  g_usleep (10 * 1000);
  begun = g_get_monotonic_time ();
  g_assert_finalize_object (pixels); /* waits for its threads */
  ended = g_get_monotonic_time () - begun;
  g_test_message ("decoded in %.0f ms, called off in %.0f", (double) whole / 1e3, (double) ended / 1e3);
  g_assert_cmpint (ended, <, MAX (whole, 250 * 1000));
  g_remove (large);
  g_remove (small);
}

static void
test_pixels_say_what_is_wrong (void)
{
  TamisPixels *pixels = tamis_pixels_new (BUDGET);
  g_autofree char *path = file_in ("missing.png");

  wait_for (pixels, path, 100);
  g_assert_nonnull (strstr (tamis_pixels_get_reason (pixels, path), "No such file"));
  write_noise (path, 50, 50, 5, FALSE);
  tamis_pixels_want (pixels, path, 100, TAMIS_PIXELS_NOW); /* not asked again on each frame */
  settle ();
  g_assert_nonnull (tamis_pixels_get_reason (pixels, path));
  tamis_pixels_turn_to (pixels, path, NULL);
  wait_for (pixels, path, 100);
  g_assert_null (tamis_pixels_get_reason (pixels, path));
  g_assert_finalize_object (pixels);
  g_remove (path);
}

static void
test_pixels_end_while_they_work (void)
{
  TamisPixels *pixels = tamis_pixels_new (BUDGET);

  for (int i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/budget%d.jpg", folder, i);

      tamis_pixels_want (pixels, name, 1000, i % 2 != 0 ? TAMIS_PIXELS_NOW : TAMIS_PIXELS_AHEAD);
    }
  g_assert_finalize_object (pixels);
  settle ();
}

int
main (int argc, char **argv)
{
  int status;

  if (!begin_ui_tests (&argc, &argv))
    return 0;
  folder = g_dir_make_tmp ("tamis-pixels-XXXXXX", NULL);
  g_test_add_func ("/compare/place/fits", test_place_fits);
  g_test_add_func ("/compare/place/seen", test_place_of_what_is_seen);
  g_test_add_func ("/compare/place/zoom-at-pointer", test_zoom_keeps_what_is_under_the_pointer);
  g_test_add_func ("/compare/place/pan", test_pan_leaves_no_gap);
  g_test_add_func ("/compare/place/linked", test_panes_are_linked_by_share);
  g_test_add_func ("/compare/place/one-to-one", test_one_to_one_is_of_the_larger);
  g_test_add_func ("/compare/tiles/one-to-one", test_tiles_at_one_to_one_are_the_pixels);
  g_test_add_func ("/compare/tiles/part", test_tiles_of_a_part_are_in_place);
  g_test_add_func ("/compare/tiles/no-seams", test_tiles_have_no_seams);
  g_test_add_func ("/compare/tiles/whole-pixels", test_tiles_enlarge_in_whole_pixels);
  g_test_add_func ("/compare/pixels/wanted", test_pixels_give_what_is_wanted);
  g_test_add_func ("/compare/pixels/urgent", test_pixels_prefetch_becomes_urgent);
  g_test_add_func ("/compare/pixels/budget", test_pixels_stay_within_the_budget);
  g_test_add_func ("/compare/pixels/too-large", test_pixels_reduce_what_is_too_large);
  g_test_add_func ("/compare/pixels/part", test_pixels_of_a_part);
  g_test_add_func ("/compare/pixels/replaced", test_pixels_of_a_file_that_was_replaced);
  g_test_add_func ("/compare/pixels/called-off", test_pixels_call_off_what_is_decoded);
  g_test_add_func ("/compare/pixels/reason", test_pixels_say_what_is_wrong);
  g_test_add_func ("/compare/pixels/end", test_pixels_end_while_they_work);
  status = run_ui_tests ();
  remove_tree (folder);
  g_free (folder);
  return status;
}
