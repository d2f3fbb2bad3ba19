/* The difference map: see tamis-compare-difference.h.
 *
 * DESIGN: two maps, as an image has two sets of pixels: one of a halving of the whole, and over it one of the
 * part that is seen, in which a pixel is one of the witness. Of the removed image that part is taken which
 * covers the same share of the scene, to fractions of its pixels, so that the two maps agree and images of
 * other sizes stay aligned.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tamis-compare-difference.h"

#include <math.h>

/* What a pane of that size shows of the scene. */
typedef struct
{
  graphene_rect_t whole;
  graphene_rect_t area;
  int scale;
} Look;

static void
set_tiles (TamisTiles **tiles, TamisImage *image)
{
  if (*tiles != NULL && tamis_tiles_get_image (*tiles) != image)
    g_clear_pointer (tiles, tamis_tiles_unref);
  if (*tiles == NULL && image != NULL)
    *tiles = tamis_tiles_new (image);
}

void
tamis_compare_difference_take (TamisCompareStage *stage, TamisPairStudy *study)
{
  set_tiles (&stage->difference, tamis_pair_study_get_difference (study));
  set_tiles (&stage->difference_part,
             tamis_pair_study_get_difference_part (study, &stage->difference_part_at));
}

void
tamis_compare_difference_clear (TamisCompareStage *stage)
{
  g_clear_pointer (&stage->difference, tamis_tiles_unref);
  g_clear_pointer (&stage->difference_part, tamis_tiles_unref);
  stage->difference_part_asked = (TamisImageRegion){ 0 };
}

static void
ask_whole (TamisCompareStage *stage, TamisPairStudy *study, guint gain)
{
  TamisDifference wanted = { .gain = gain };

  for (int i = 0; i < 2; i++)
    tamis_pixels_want (stage->pixels, stage->file[i], TAMIS_DIFFERENCE_LONGER, TAMIS_PIXELS_NOW);
  for (int i = 0; i < 2; i++)
    if (!tamis_pixels_has (stage->pixels, stage->file[i], TAMIS_DIFFERENCE_LONGER))
      return;
  for (int i = 0; i < 2; i++)
    {
      TamisImage *image = tamis_tiles_get_image (
          tamis_pixels_look (stage->pixels, stage->file[i], TAMIS_DIFFERENCE_LONGER));

      wanted.part[i] = (TamisImagePart){ image, { 0, 0, image->width, image->height } };
    }
  tamis_pair_study_ask_difference (study, &wanted);
}

/* Has the map of the whole fewer pixels than are seen and the witness has? */
static gboolean
needs_part (const TamisCompareStage *stage, const Look *look)
{
  graphene_size_t size = stage->size[TAMIS_WITNESS_SIDE];
  TamisImage *map = stage->difference != NULL ? tamis_tiles_get_image (stage->difference) : NULL;
  int wanted = tamis_compare_stage_wanted_longer (stage, TAMIS_WITNESS_SIDE, &look->whole, look->scale);

  return map != NULL && MAX (map->width, map->height) < MIN (wanted, (int) MAX (size.width, size.height));
}

/* Where what @at is of the witness lies in image @i, and the whole pixels which that takes. */
static void
find_box (const TamisCompareStage *stage, int i, const TamisImageRegion *at, TamisImageBox *box,
          TamisImageRegion *pixels)
{
  graphene_size_t size = stage->size[i], of = stage->size[TAMIS_WITNESS_SIDE];
  double across = (double) size.width / of.width, down = (double) size.height / of.height;
  int reach_x = i == TAMIS_WITNESS_SIDE ? 0 : (int) ceil (MAX (across, 1)) + 1;
  int reach_y = i == TAMIS_WITNESS_SIDE ? 0 : (int) ceil (MAX (down, 1)) + 1;
  int right, bottom;

  *box = (TamisImageBox){ at->x * across, at->y * down, at->width * across, at->height * down };
  pixels->x = MAX ((int) floor (box->x) - reach_x, 0);
  pixels->y = MAX ((int) floor (box->y) - reach_y, 0);
  right = MIN ((int) ceil (box->x + box->width) + reach_x, (int) size.width);
  bottom = MIN ((int) ceil (box->y + box->height) + reach_y, (int) size.height);
  pixels->width = right - pixels->x;
  pixels->height = bottom - pixels->y;
}

static gboolean
may_have (const TamisCompareStage *stage, const TamisImageRegion *at)
{
  for (int i = 0; i < 2; i++)
    {
      TamisImageRegion pixels;
      TamisImageBox box;

      find_box (stage, i, at, &box, &pixels);
      if (!tamis_pixels_may_have_part (stage->pixels, stage->file[i], &pixels))
        return FALSE;
    }
  return TRUE;
}

/* The part of the witness that a map is to be made of: the one that was asked for last as long as it covers
 * what is seen. FALSE: it would be too large. */
static gboolean
choose_part (TamisCompareStage *stage, const Look *look, TamisImageRegion *at)
{
  graphene_size_t size = stage->size[TAMIS_WITNESS_SIDE];
  TamisImageRegion seen;

  if (!tamis_viewport_find_seen (&look->whole, &look->area, size, 0, &seen)
      || !tamis_viewport_find_seen (&look->whole, &look->area, size, TAMIS_COMPARE_AROUND, at))
    return FALSE;
  if (tamis_image_region_covers (&stage->difference_part_asked, &seen))
    *at = stage->difference_part_asked;
  if (!may_have (stage, at))
    *at = seen;
  if (!may_have (stage, at))
    return FALSE;
  stage->difference_part_asked = *at;
  return TRUE;
}

static void
ask_part (TamisCompareStage *stage, TamisPairStudy *study, const TamisImageRegion *at, guint gain)
{
  TamisDifference wanted = { .at = *at, .gain = gain };
  gboolean ready = TRUE;

  for (int i = 0; i < 2; i++)
    {
      TamisImageRegion pixels, there;
      TamisTiles *tiles;

      find_box (stage, i, at, &wanted.part[i].box, &pixels);
      tamis_pixels_want_part (stage->pixels, stage->file[i], &pixels);
      tiles = tamis_pixels_look_part (stage->pixels, stage->file[i], &pixels, &there);
      if (tiles == NULL || !tamis_image_region_covers (&there, &pixels))
        {
          ready = FALSE;
          continue;
        }
      wanted.part[i].image = tamis_tiles_get_image (tiles);
      wanted.part[i].box.x -= there.x;
      wanted.part[i].box.y -= there.y;
    }
  if (ready)
    tamis_pair_study_ask_difference (study, &wanted);
}

void
tamis_compare_difference_ask (TamisCompareStage *stage, TamisPairStudy *study, graphene_size_t pane,
                              int scale, guint gain)
{
  Look look = { .area = { { 0, 0 }, pane }, .scale = scale };
  TamisImageRegion at;

  if (stage->mode != TAMIS_COMPARE_DIFFERENCE || stage->file[0] == NULL || stage->file[1] == NULL)
    return;
  ask_whole (stage, study, gain);
  if (stage->size[0].width <= 0 || stage->size[1].width <= 0 || pane.width <= 0)
    return;
  look.whole = tamis_viewport_place (&stage->viewport, stage->size[TAMIS_WITNESS_SIDE], pane);
  if (needs_part (stage, &look) && choose_part (stage, &look, &at))
    ask_part (stage, study, &at, gain);
  else if (stage->difference_part != NULL)
    {
      tamis_pair_study_forget_part (study);
      stage->difference_part_asked = (TamisImageRegion){ 0 };
      tamis_compare_difference_take (stage, study);
    }
}
