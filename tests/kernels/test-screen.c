/* The screen's kernels: each variant against the definition, in numbers that floats hold exactly.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guarded.h"

#include "kernels/screen.h"

#define ROWS TAMIS_SCREEN_ROWS
#define COLUMNS TAMIS_SCREEN_COLUMNS
#define GROUP TAMIS_SCREEN_GROUP
#define PLACES (2 * GROUP * COLUMNS)
#define SCALE 0x1.0p-10f

typedef struct
{
  gint8 rows[PLACES][TAMIS_SCREEN_DEPTH]; /* as vectors */
  guint8 columns[PLACES][TAMIS_SCREEN_DEPTH];
  gboolean is_signed; /* columns */
  TamisScreen screen;
} Case;

static gpointer
interleave (const guint8 vectors[PLACES][TAMIS_SCREEN_DEPTH], int stride, int panel)
{
  guint8 *packed = g_malloc ((gsize) PLACES * stride);

  for (int i = 0; i < PLACES; i++)
    for (int k = 0; k < stride; k++)
      packed[(gsize) (i / panel) * panel * stride + k / 4 * 4 * panel + i % panel * 4 + k % 4]
          = vectors[i][k];
  return packed;
}

/* Sixteenths: products of two and sums with multiples of SCALE are exact. */
static float *
numbers_new (TamisRandom *random, double low, double high)
{
  float *x = guarded_new (PLACES);

  for (int i = 0; i < PLACES; i++)
    x[i] = (float) (rint (16.0 * (low + (high - low) * tamis_random_uniform (random))) / 16.0);
  return x;
}

static Case *
case_new (const TamisScreenVariant *variant, int stride, const int *depths, int n_stages)
{
  Case *self = g_new0 (Case, 1);
  TamisRandom random;

  self->is_signed = variant->offset == 0;
  tamis_random_init (&random, (guint64) stride);
  for (int i = 0; i < PLACES; i++)
    for (int k = 0; k < stride; k++)
      {
        guint64 values = 2 * (guint64) variant->range + 1;
        /* Now and then all at the ends, where sums are largest. */
        int a = i % 37 == 0 ? variant->range
                            : (int) tamis_random_below (&random, values) - variant->range;
        int b = i % 41 == 0 ? variant->range
                            : (int) tamis_random_below (&random, values) - variant->range;

        self->rows[i][k] = (gint8) a;
        self->columns[i][k] = (guint8) (b + variant->offset);
      }
  self->screen = (TamisScreen){
    .rows = interleave ((const guint8 (*)[TAMIS_SCREEN_DEPTH]) self->rows, stride, ROWS),
    .columns = interleave ((const guint8 (*)[TAMIS_SCREEN_DEPTH]) self->columns, stride, COLUMNS),
    .stride = stride,
    .scale = SCALE,
    .first = numbers_new (&random, -1.0, 1.0),
    .n_stages = n_stages,
  };
  for (int s = 0; s < n_stages; s++)
    {
      float *limit = numbers_new (&random, -40.0, 90.0);

      limit[3] = INFINITY;
      self->screen.stages[s]
          = (TamisScreenStage){ depths[s], numbers_new (&random, 0.0, 2.0), limit,
                                numbers_new (&random, 0.0, 100.0) };
      ((float *) self->screen.stages[s].add)[5] = -INFINITY;
    }
  return self;
}

static void
case_free (Case *self)
{
  g_free ((gpointer) self->screen.rows);
  g_free ((gpointer) self->screen.columns);
  guarded_free ((float *) self->screen.first, PLACES);
  for (int s = 0; s < self->screen.n_stages; s++)
    {
      guarded_free ((float *) self->screen.stages[s].rest, PLACES);
      guarded_free ((float *) self->screen.stages[s].limit, PLACES);
      guarded_free ((float *) self->screen.stages[s].add, PLACES);
    }
  g_free (self);
}

static gboolean
passes (const Case *self, int stage, int i, int j)
{
  const TamisScreenStage *at = &self->screen.stages[stage];
  double bound = (double) self->screen.first[i] * self->screen.first[j]
                 + (double) at->rest[i] * at->rest[j] + at->add[j];
  int sum = 0;

  for (int k = 0; k < at->depth; k++)
    sum += self->rows[i][k]
           * (self->is_signed ? (gint8) self->columns[j][k] : self->columns[j][k]);
  return bound + sum * (double) SCALE > at->limit[i];
}

/* A pair must be marked if it passes every stage, and may only be if it passes the last. */
static void
check_sweep (const Case *self, const TamisScreenVariant *variant, int row, int column,
             guint32 tiles)
{
  TamisScreenHits hits = { 0 };
  guint64 marked = 0;

  variant->sweep (&self->screen, row, column, tiles, &hits);
  g_assert_cmphex (hits.live & ~tiles, ==, 0);
  for (int t = 0; t < GROUP; t++)
    for (int r = 0; r < ROWS && (tiles >> t & 1) != 0; r++)
      for (int c = 0; c < COLUMNS; c++)
        {
          int i = row * ROWS + r, j = (column + t) * COLUMNS + c;
          gboolean is = (hits.live >> t & 1) != 0 && (hits.masks[t][r] >> c & 1) != 0;
          gboolean all = TRUE;

          for (int s = 0; s < self->screen.n_stages; s++)
            all &= passes (self, s, i, j);
          if (all)
            g_assert_true (is);
          if (is)
            g_assert_true (passes (self, self->screen.n_stages - 1, i, j));
          marked += is;
        }
  if (tiles == 0xffff)
    g_assert_cmpuint (marked, >, 0);
}

static void
test_sweep (void)
{
  static const struct
  {
    int stride;
    int depths[4];
    int n;
  } cases[] = { { 4, { 4 }, 1 },
                { 32, { 16, 32 }, 2 },
                { 64, { 64 }, 1 },
                { 256, { 16, 48, 128, 256 }, 4 } };
  const TamisScreenVariant *variants;
  int n_variants = tamis_screen_get_variants (&variants);

  g_assert_cmpint (n_variants, >=, 1);
  for (int v = 0; v < n_variants; v++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        Case *self = case_new (&variants[v], cases[i].stride, cases[i].depths, cases[i].n);

        g_test_message ("%s, %d bytes", variants[v].name, cases[i].stride);
        check_sweep (self, &variants[v], 0, 0, 0xffff);
        check_sweep (self, &variants[v], 17, GROUP, 0xffff);
        check_sweep (self, &variants[v], 127, 3, 0x8001);
        check_sweep (self, &variants[v], 4, 2, 0);
        case_free (self);
      }
}

static void
test_near (void)
{
  const TamisScreenVariant *variants;
  int n_variants = tamis_screen_get_variants (&variants);
  TamisScreenBoxes boxes;
  TamisRandom random;

  tamis_random_init (&random, 5);
  for (int round = 0; round < 200; round++)
    {
      float low[TAMIS_SCREEN_AXES], high[TAMIS_SCREEN_AXES];
      guint32 expected = 0;

      for (int k = 0; k < TAMIS_SCREEN_AXES; k++)
        {
          low[k] = (float) tamis_random_below (&random, 64) / 64.0f;
          high[k] = low[k] + (float) tamis_random_below (&random, 16) / 64.0f;
          for (int t = 0; t < GROUP; t++)
            {
              boxes.low[k][t] = (float) tamis_random_below (&random, 64) / 64.0f;
              boxes.high[k][t] = boxes.low[k][t] + (float) tamis_random_below (&random, 16) / 64.0f;
            }
        }
      for (int t = 0; t < GROUP; t++)
        {
          double square = 0.0;

          for (int k = 0; k < TAMIS_SCREEN_AXES; k++)
            {
              double gap = MAX (boxes.low[k][t] - high[k], low[k] - boxes.high[k][t]);

              square += MAX (gap, 0.0) * MAX (gap, 0.0);
            }
          expected |= (guint32) (square <= 1.0) << t;
        }
      for (int v = 0; v < n_variants; v++)
        g_assert_cmphex (variants[v].near (low, high, &boxes, 1.0f), ==, expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernels/screen/sweep", test_sweep);
  g_test_add_func ("/kernels/screen/near", test_near);
  return g_test_run ();
}
