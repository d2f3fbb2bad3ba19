/* Kernels without geometry: each fast one against its plain version.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guarded.h"

#include "kernels/activation.h"
#include "kernels/eigen.h"
#include "kernels/half.h"
#include "kernels/panels.h"
#include "kernels/reference.h"

static const gsize lengths[] = { 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 1000, 4095, 4097 };

/* One variant of the product with packed weights; plain rows of A. */
static float *
run_panels (const TamisPanelsVariant *variant, const int size[3], int flags)
{
  int rows = size[0];
  int n = size[1];
  int k = size[2];
  int c_stride = n + (flags & 4 ? 3 : 0);
  int a_stride = k + (flags & 8 ? 2 : 0);
  gsize n_a = (gsize) rows * a_stride;
  gsize n_packed = tamis_panels_size (k, n);
  float *a = guarded_random (n_a, 1);
  float *b = guarded_random ((gsize) k * n, 2);
  float *bias = guarded_random (n, 3);
  float *packed = guarded_new (n_packed);
  float *c = guarded_random ((gsize) rows * c_stride, 4);
  float *plain = guarded_copy (c, (gsize) rows * c_stride);
  TamisPanels p = { .rows = rows, .n = n, .k = k, .a = a, .a_stride = a_stride, .packed = packed,
                    .bias = flags & 1 ? bias : NULL, .relu = flags & 2,
                    .c = c, .c_stride = c_stride };

  tamis_panels_pack (k, n, b, n, packed);
  variant->multiply (&p);
  p.c = plain;
  tamis_reference_panels (&p, b);
  for (gsize i = 0; i < (gsize) rows * c_stride; i++)
    g_assert_cmpfloat_with_epsilon (c[i], plain[i], 2e-6 * (k + 1));
  guarded_free (a, n_a);
  guarded_free (b, (gsize) k * n);
  guarded_free (bias, n);
  guarded_free (packed, n_packed);
  guarded_free (plain, (gsize) rows * c_stride);
  return c;
}

/* Every variant against the plain product; the vector ones against each other, bit for bit. */
static void
test_panels (void)
{
  static const int sizes[][3]
      = { { 1, 1, 1 },     { 3, 7, 5 },     { 5, 32, 9 },   { 12, 33, 27 },
          { 13, 12, 128 }, { 25, 64, 100 }, { 31, 96, 17 }, { 7, 50, 1024 } };
  const TamisPanelsVariant *variants;
  int n = tamis_panels_get_variants (&variants);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int flags = 0; flags < 16; flags++)
      {
        gsize size = (gsize) sizes[i][0] * (sizes[i][1] + (flags & 4 ? 3 : 0));
        float *first = NULL;

        for (int v = 0; v < n; v++)
          {
            float *c = run_panels (&variants[v], sizes[i], flags);

            if (v == 1)
              first = guarded_copy (c, size);
            if (v > 1)
              g_assert_cmpmem (c, size * sizeof (float), first, size * sizeof (float));
            guarded_free (c, size);
          }
        if (first != NULL)
          guarded_free (first, size);
      }
}

/* Rows as a convolution has them: three pieces of an image each, in no order, overlapping; results
 * with gaps, and a gate. */
typedef struct
{
  int rows, k, n;
  gsize n_a, n_b, n_c;
  float *a, *b, *c, *plain, *gate;
  int *from, *to;
} Pieces;

static void
pieces_init (Pieces *self, int rows, int k, int n)
{
  TamisRandom random;

  *self = (Pieces){ .rows = rows, .k = k, .n = n };
  self->n_a = 7 * (gsize) k + 2 * rows;
  self->n_b = (gsize) MAX (rows, 3 * (k + 2)) * n;
  self->n_c = (gsize) MAX (rows, 3 * k) * (n + 3);
  self->a = guarded_random (self->n_a, 1);
  self->b = guarded_random (self->n_b, 2);
  self->c = guarded_random (self->n_c, 3);
  self->plain = guarded_copy (self->c, self->n_c);
  self->gate = guarded_random (self->n_c, 4);
  self->from = g_new (int, rows);
  self->to = g_new (int, rows);
  tamis_random_init (&random, rows);
  for (int row = 0; row < rows; row++)
    {
      self->from[row] = (int) tamis_random_below (&random, 2 * rows);
      self->to[row] = (rows - 1 - row) * (n + 3);
    }
}

static void
pieces_clear (Pieces *self)
{
  guarded_free (self->a, self->n_a);
  guarded_free (self->b, self->n_b);
  guarded_free (self->c, self->n_c);
  guarded_free (self->plain, self->n_c);
  guarded_free (self->gate, self->n_c);
  g_free (self->from);
  g_free (self->to);
}

static const int piece_sizes[][3] = { { 1, 1, 1 },   { 5, 2, 7 },   { 12, 9, 16 },  { 13, 9, 32 },
                                      { 29, 13, 33 }, { 64, 6, 64 }, { 300, 12, 40 }, { 515, 3, 65 } };

/* @flags: 1: a gate; 2: sums to begin with, 4: two of them; 8: the product leaves out the first two
 * of each piece's rows of B. Returns: the result, whose length is @n_c. */
static float *
run_pieces (const TamisPanelsVariant *variant, const int size[3], int flags, gsize *n_c)
{
  int k = size[1], n = size[2], left_out = flags & 8 ? 2 : 0;
  gsize n_packed = tamis_panels_size (3 * (k + left_out), n), n_starts = (gsize) size[0] * n;
  float *packed = guarded_new (n_packed);
  float *starts = guarded_random (n_starts, 6), *more = guarded_random (n_starts, 7);
  Pieces self;
  TamisPanels p;

  pieces_init (&self, size[0], k, n);
  tamis_panels_pack (3 * (k + left_out), n, self.b, n, packed);
  p = (TamisPanels){ .rows = self.rows, .k = k, .n = n, .pieces = 3,
                     .piece_stride = 2 * k + 1, .a = self.a, .a_offsets = self.from,
                     .packed = packed + left_out * TAMIS_PANEL,
                     .piece_rows = left_out > 0 ? k + left_out : 0,
                     .panel_rows = left_out > 0 ? 3 * (k + left_out) : 0,
                     .starts = { flags & 6 ? starts : NULL, flags & 4 ? more : NULL },
                     .gate = flags & 1 ? self.gate : NULL, .c = self.c, .c_offsets = self.to };
  variant->multiply (&p);
  p.c = self.plain;
  tamis_reference_panels (&p, self.b + (gsize) left_out * n);
  for (gsize i = 0; i < self.n_c; i++)
    g_assert_cmpfloat_with_epsilon (self.c[i], self.plain[i], 6e-6 * (k + 1));
  *n_c = self.n_c;
  guarded_free (packed, n_packed);
  guarded_free (starts, n_starts);
  guarded_free (more, n_starts);
  packed = guarded_copy (self.c, self.n_c);
  pieces_clear (&self);
  return packed;
}

static void
test_panels_pieces (void)
{
  const TamisPanelsVariant *variants;
  int n = tamis_panels_get_variants (&variants);

  for (guint i = 0; i < G_N_ELEMENTS (piece_sizes); i++)
    for (int flags = 0; flags < 16; flags++)
      {
        float *results[8];
        gsize n_c;

        g_assert_cmpint (n, <=, 8);
        for (int v = 0; v < n; v++)
          results[v] = run_pieces (&variants[v], piece_sizes[i], flags, &n_c);
        for (int v = 2; v < n; v++)
          g_assert_cmpmem (results[v], n_c * sizeof (float), results[1], n_c * sizeof (float));
        for (int v = 0; v < n; v++)
          guarded_free (results[v], n_c);
      }
}

static void
test_outer (void)
{
  const TamisPanelsVariant *variants;
  int n = tamis_panels_get_variants (&variants);

  for (guint i = 0; i < G_N_ELEMENTS (piece_sizes) * n * 2; i++)
    {
      const int *size = piece_sizes[i / 2 / n];
      Pieces self;
      TamisOuter p;

      pieces_init (&self, size[0], size[1], size[2]);
      p = (TamisOuter){ .rows = self.rows, .k = self.k, .n = self.n, .pieces = 3,
                        .piece_stride = 2 * self.k + 1, .a = self.a, .a_offsets = self.from,
                        .b = self.b, .b_stride = self.n, .c = self.c, .c_stride = self.n + 3,
                        .add = i % 2 };
      variants[i / 2 % n].outer (&p);
      p.c = self.plain;
      tamis_reference_outer (&p);
      for (gsize k = 0; k < self.n_c; k++)
        g_assert_cmpfloat_with_epsilon (self.c[k], self.plain[k], 2e-6 * (self.rows + 1));
      pieces_clear (&self);
    }
}

/* NaN goes through ReLU; a row is the same bits whatever rows are beside it. */
static void
test_panels_rows (void)
{
  enum { ROWS = 40, K = 19, N = 37 };
  const TamisPanelsVariant *variants;
  int n = tamis_panels_get_variants (&variants);
  float *a = guarded_random (ROWS * K, 1);
  float *b = guarded_random (K * N, 2);
  float *packed = guarded_new (tamis_panels_size (K, N));
  float *all = guarded_new (ROWS * N);
  float *one = guarded_new (N);

  a[5] = NAN;
  tamis_panels_pack (K, N, b, N, packed);
  for (int v = 0; v < n; v++)
    {
      TamisPanels p = { .rows = ROWS, .k = K, .n = N, .a = a, .a_stride = K, .packed = packed,
                        .relu = true, .c = all, .c_stride = N };

      variants[v].multiply (&p);
      g_assert_true (isnan (all[0]) && isnan (all[N - 1]) && !isnan (all[N]));
      p.rows = 1;
      p.c = one;
      for (int row = 1; row < ROWS; row++)
        {
          p.a = a + row * K;
          variants[v].multiply (&p);
          g_assert_cmpmem (one, sizeof (float[N]), all + row * N, sizeof (float[N]));
        }
    }
  guarded_free (a, ROWS * K);
  guarded_free (b, K * N);
  guarded_free (packed, tamis_panels_size (K, N));
  guarded_free (all, ROWS * N);
  guarded_free (one, N);
}

static void
test_tanh (void)
{
  static const float special[] = { 0.0f,  -0.0f, 1e-40f, -1e-30f, 0.625f, -0.625f,  0.62499994f,
                                   9.49f, 9.51f, -88.0f, 1e30f,   -1e30f, INFINITY, -INFINITY };
  float nothing = NAN;

  for (guint i = 0; i < G_N_ELEMENTS (special); i++)
    {
      float x = special[i];

      tamis_tanh (1, &x);
      g_assert_cmpfloat_with_epsilon (x, tanh ((double) special[i]), 2e-7);
      g_assert_true (special[i] == 0.0f || signbit (x) == signbit (special[i]));
    }
  for (int i = -100000; i <= 100000; i++)
    {
      float x = i * 1.1e-4f;
      double exact = tanh ((double) x);

      tamis_tanh (1, &x);
      g_assert_cmpfloat_with_epsilon (x, exact, 2e-7);
      g_assert_cmpfloat (fabs (x - exact), <=, 5e-7 * fabs (exact));
    }
  tamis_tanh (1, &nothing);
  g_assert_true (isnan (nothing));
}

static void
check_epilogue (gsize rows, int channels, int flags)
{
  gsize n = rows * channels;
  float *bias = guarded_random (channels, 4);
  float *gate = guarded_random (n, 5);
  float *fast = guarded_random (n, 6);
  float *plain = guarded_copy (fast, n);
  TamisEpilogue epilogue = { flags & 1 ? bias : NULL, flags / 4, flags & 2 ? gate : NULL };

  tamis_epilogue (&epilogue, rows, channels, fast);
  tamis_reference_epilogue (&epilogue, rows, channels, plain);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (fast[i], plain[i], 3e-7);
  guarded_free (bias, channels);
  guarded_free (gate, n);
  guarded_free (fast, n);
  guarded_free (plain, n);
}

static void
test_epilogue (void)
{
  float x[] = { NAN, 1.0f };

  for (int flags = 0; flags < 12; flags++)
    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
      check_epilogue (lengths[i] % 37 + 1, lengths[i] % 19 + 1, flags);
  /* A NaN must not become a harmless 0 in ReLU: divergence would go unseen. */
  tamis_epilogue (&(TamisEpilogue){ .activation = TAMIS_ACTIVATION_RELU }, 1, 2, x);
  g_assert_true (isnan (x[0]));
  x[0] = NAN;
  tamis_epilogue (&(TamisEpilogue){ (float[]){ 0, 0 }, TAMIS_ACTIVATION_RELU, NULL }, 1, 2, x);
  g_assert_true (isnan (x[0]));
}

static void
test_column_sums (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (int channels = 1; channels < 140; channels = channels * 2 + 1)
      {
        gsize n = lengths[i] * channels;
        float *x = guarded_random (n, i);
        float *fast = guarded_random (channels, 7);
        float *plain = guarded_copy (fast, channels);

        for (int add = 0; add < 2; add++)
          {
            tamis_column_sums (lengths[i], channels, x, fast, add);
            tamis_reference_column_sums (lengths[i], channels, x, plain, add);
            for (int c = 0; c < channels; c++)
              g_assert_cmpfloat_with_epsilon (fast[c], plain[c], 1e-6 * lengths[i] + 1e-6);
          }
        guarded_free (x, n);
        guarded_free (fast, channels);
        guarded_free (plain, channels);
      }
}

static void
test_loss (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      gsize n = lengths[i];
      float *output = guarded_random (n, 8);
      float *target = guarded_random (n, 9);
      float *fast = guarded_new (n);
      float *plain = guarded_new (n);
      double expected, got;

      tamis_tanh (n, output);
      expected = tamis_reference_mse_tanh_gradient (n, output, target, 0.25f, plain);
      got = tamis_mse_tanh_gradient (n, output, target, 0.25f, fast);
      g_assert_cmpfloat_with_epsilon (got, expected, 1e-6 * expected);
      g_assert_cmpfloat_with_epsilon (tamis_squared_error (n, output, target), expected,
                                      1e-6 * expected);
      assert_close (fast, plain, n, 1e-6);
      guarded_free (output, n);
      guarded_free (target, n);
      guarded_free (fast, n);
      guarded_free (plain, n);
    }
}

/* Steps of the fast and the plain Adam from the same start; gradients include exact zeros. */
static void
test_adam (void)
{
  TamisAdam adam = { 1e-3, 0.9, 0.999, 1e-8 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      gsize n = lengths[i];
      float *buffers[6];
      TamisAdamState fast, plain;

      for (int k = 0; k < 6; k++)
        buffers[k] = guarded_random (n, k % 3);
      fast = (TamisAdamState){ buffers[0], buffers[1], buffers[2] };
      plain = (TamisAdamState){ buffers[3], buffers[4], buffers[5] };
      for (int k = 1; k < 6; k += k == 2 ? 2 : 1)
        memset (buffers[k], 0, n * sizeof (float));
      for (long t = 1; t <= 5; t++)
        {
          float *gradient = guarded_random (n, 100 + t);
          TamisAdamStep step;

          gradient[n / 2] = 0.0f;
          tamis_adam_step_init (&step, &adam, t);
          tamis_adam_update (&step, n, gradient, &fast);
          tamis_reference_adam_update (&adam, t, n, gradient, &plain);
          guarded_free (gradient, n);
        }
      for (int k = 0; k < 3; k++)
        assert_close (buffers[k], buffers[k + 3], n, 2e-6);
      for (int k = 0; k < 6; k++)
        guarded_free (buffers[k], n);
    }
}

static void
assert_half (float x)
{
  guint16 half;

  tamis_half_from_float (1, &x, &half);
  g_assert_cmphex (half, ==, tamis_reference_half_from_float (x));
}

/* All 65,536 halves, and what lies exactly between two of them and one float to either side. */
static void
test_half (void)
{
  for (guint32 i = 0; i < 0x10000; i++)
    {
      guint16 half = i;
      guint16 back;
      float x;
      float expected = tamis_reference_half_to_float (half);

      tamis_half_to_float (1, &half, &x);
      if (isnan (expected))
        {
          g_assert_true (isnan (x));
          tamis_half_from_float (1, &x, &back);
          g_assert_true (isnan (tamis_reference_half_to_float (back)));
          continue;
        }
      g_assert_true (x == expected && signbit (x) == signbit (expected));
      tamis_half_from_float (1, &x, &back);
      g_assert_cmphex (back, ==, half);
      if ((i & 0x7fff) < 0x7bff)
        {
          float between = 0.5f * (x + tamis_reference_half_to_float (half + 1));

          assert_half (between);
          assert_half (nextafterf (between, INFINITY));
          assert_half (nextafterf (between, -INFINITY));
        }
    }
  for (guint i = 0; i < 4; i++)
    assert_half ((float[]){ 65519.996f, 65520.0f, 1e30f, 1e-30f }[i]);
}

static void
test_half_random (void)
{
  TamisRandom random;

  tamis_random_init (&random, 11);
  for (int i = 0; i < 500000; i++)
    {
      guint32 bits = tamis_random_next (&random);
      float x;

      memcpy (&x, &bits, sizeof x);
      if (!isnan (x))
        assert_half (x);
    }
}

static void
test_pixels (void)
{
  guint8 planar[3 * 5];
  float floats[3 * 5], interleaved[3 * 5], back[3 * 5];

  for (int i = 0; i < 15; i++)
    {
      planar[i] = i * 17;
      floats[i] = (planar[i] / 255.0f - 0.5f) / 0.5f;
    }
  tamis_pixels_to_input (5, 3, planar, interleaved);
  for (int i = 0; i < 15; i++)
    g_assert_true (interleaved[i] == floats[i % 3 * 5 + i / 3]);
  tamis_interleaved_to_planar (5, 3, interleaved, back);
  g_assert_cmpmem (back, sizeof back, floats, sizeof floats);
  g_assert_true (interleaved[0] == -1.0f && interleaved[14] == floats[14]);
}

static void
test_bordered (void)
{
  for (int channels = 1; channels <= 3; channels += 2)
    {
      float planar[3 * 2 * 2], bordered[3 * 3 * 3];

      for (int i = 0; i < 12; i++)
        planar[i] = (float) i;
      for (int i = 0; i < 27; i++)
        bordered[i] = -1.0f;
      tamis_planar_to_bordered (2, channels, planar, bordered);
      for (int y = 0; y < 3; y++)
        for (int x = 0; x < 3; x++)
          for (int c = 0; c < channels; c++)
            g_assert_cmpfloat (bordered[(y * 3 + x) * channels + c], ==,
                               x == 0 || y == 0 ? -1.0f : c * 4 + (y - 1) * 2 + x - 1);
    }
}

/* Residuals, orthonormality, order and sign of the leading eigenvectors of XᵀX. */
static void
check_eigen (int n, int k)
{
  float *x = guarded_random (2 * n * n, n);
  g_autofree double *matrix = g_new0 (double, n * n);
  g_autofree double *original = NULL;
  g_autofree double *values = g_new0 (double, n);
  g_autofree double *vectors = g_new0 (double, k * n);
  TamisEigenWork size = tamis_eigen_work (n);
  g_autofree double *real = g_new0 (double, size.n_real);
  g_autofree int *integer = g_new0 (int, size.n_integer);
  TamisEigen eigen = { n, k, matrix, values, vectors, real, integer };

  for (int i = 0; i < n * n; i++)
    for (int row = 0; row < 2 * n; row++)
      matrix[i] += (double) x[row * n + i / n] * x[row * n + i % n];
  original = g_memdup2 (matrix, n * n * sizeof (double));
  g_assert_true (tamis_eigen_top (&eigen));
  for (int a = 0; a < k; a++)
    {
      const double *v = vectors + a * n;
      double smallest = 0.0, largest = 0.0;

      g_assert_true (a == 0 || values[a] <= values[a - 1]);
      for (int i = 0; i < n; i++)
        {
          double residual = -values[a] * v[i];

          for (int j = 0; j < n; j++)
            residual += original[i * n + j] * v[j];
          g_assert_cmpfloat_with_epsilon (residual, 0.0, 1e-10 * values[0]);
          smallest = MIN (smallest, v[i]);
          largest = MAX (largest, v[i]);
        }
      g_assert_cmpfloat (largest, >=, -smallest);
      for (int b = 0; b <= a; b++)
        {
          double dot = 0.0;

          for (int i = 0; i < n; i++)
            dot += v[i] * vectors[b * n + i];
          g_assert_cmpfloat_with_epsilon (dot, a == b ? 1.0 : 0.0, 1e-12);
        }
    }
  guarded_free (x, 2 * n * n);
}

static void
test_eigen (void)
{
  check_eigen (1, 1);
  check_eigen (2, 1);
  check_eigen (2, 2);
  check_eigen (17, 5);
  check_eigen (64, 64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (1);
  g_test_add_func ("/kernels/panels/variants-agree", test_panels);
  g_test_add_func ("/kernels/panels/rows-are-independent", test_panels_rows);
  g_test_add_func ("/kernels/panels/pieces-agree-with-reference", test_panels_pieces);
  g_test_add_func ("/kernels/outer/agrees-with-reference", test_outer);
  g_test_add_func ("/kernels/bordered", test_bordered);
  g_test_add_func ("/kernels/tanh/error-is-below-2e-7", test_tanh);
  g_test_add_func ("/kernels/epilogue/agrees-with-reference", test_epilogue);
  g_test_add_func ("/kernels/column-sums/agrees-with-reference", test_column_sums);
  g_test_add_func ("/kernels/loss/agrees-with-reference", test_loss);
  g_test_add_func ("/kernels/adam/agrees-with-reference", test_adam);
  g_test_add_func ("/kernels/half/is-exact-and-rounds-to-even", test_half);
  g_test_add_func ("/kernels/half/random-bits", test_half_random);
  g_test_add_func ("/kernels/pixels/planar-and-interleaved", test_pixels);
  g_test_add_func ("/kernels/eigen/solves-the-equation", test_eigen);
  return g_test_run ();
}
