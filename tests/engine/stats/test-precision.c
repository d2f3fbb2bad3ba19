/* stats: the precision of a threshold, measured on a judged sample of pairs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common.h"

#include "engine/stats/stats-private.h"

#include <glib/gstdio.h>

/* ---- quantiles, against SciPy 1.10.1 ---- */

static void
test_quantiles (void)
{
  /* p, a, b, scipy.stats.beta.ppf; those with halves are ends of Jeffreys's intervals */
  static const double beta[][4] = {
    { 0.025, 0.5, 0.5, 0.00154133313343601 },  { 0.975, 0.5, 0.5, 0.998458666866564 },
    { 0.025, 9.5, 1.5, 0.618685228933384 },    { 0.975, 9.5, 1.5, 0.988988326236839 },
    { 0.05, 100.5, 0.5, 0.981023112296927 },   { 0.025, 0.5, 50.5, 9.77166330180405e-06 },
    { 0.975, 0.5, 50.5, 0.0487584594440714 },  { 0.025, 198.5, 2.5, 0.968310464589437 },
    { 0.975, 198.5, 2.5, 0.997916310069434 },  { 0.5, 3.25, 7.75, 0.282694778763396 },
    { 0.025, 5000.5, 12.5, 0.995948653864148 }, { 0.975, 100000.5, 3.5, 0.999991550837651 },
  };
  /* p, degrees of freedom, scipy.stats.t.ppf */
  static const double student[][3] = {
    { 0.975, 1, 12.7062047364321 },   { 0.975, 2.5, 3.57465484201188 },
    { 0.975, 9, 2.26215716274099 },   { 0.95, 17.3, 1.73787283858202 },
    { 0.995, 60, 2.66028303115069 },  { 0.975, 5000, 1.96043855170651 },
  };
  /* p, scipy.stats.norm.ppf */
  static const double normal[][2] = {
    { 0.9, 1.2815515655446 }, { 0.95, 1.64485362695147 }, { 0.975, 1.95996398454005 },
    { 0.995, 2.5758293035489 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (beta); i++)
    {
      double x = _tamis_beta_quantile (beta[i][0], beta[i][1], beta[i][2]);

      assert_near (x, beta[i][3], 1e-11);
      assert_near (_tamis_beta_cdf (x, beta[i][1], beta[i][2]), beta[i][0], 1e-8);
    }
  for (guint i = 0; i < G_N_ELEMENTS (student); i++)
    assert_near (_tamis_student_quantile (student[i][0], student[i][1]), student[i][2], 1e-9);
  for (guint i = 0; i < G_N_ELEMENTS (normal); i++)
    assert_near (_tamis_normal_quantile (normal[i][0]), normal[i][1], 1e-11);
}

/* ---- data: classes of random directions, some files copied byte for byte ---- */

typedef struct
{
  TamisDataset *dataset;
  TamisLatents *latents;
  TamisPairs *pairs;
} Fixture;

/* Every @copied-th image is a copy of the one before it; 0: none. The content of an image is its
 * @shift-ed number: files may be added in front without changing the others. */
static void
set_up (Fixture *self, guint n_classes, guint per_class, guint added, guint copied)
{
  guint n = n_classes * (per_class + added), row = 0;
  g_autofree TamisImageFacts *facts = g_new0 (TamisImageFacts, n);
  g_autofree const char **reasons = g_new0 (const char *, n);
  g_autofree guint32 *rows = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GString) csv = g_string_new ("path,label\n");
  g_autoptr (TamisDataset) plain = NULL;
  float *values = g_new (float, 5 * n);
  TamisJoinParams join = TAMIS_JOIN_PARAMS_INIT;
  TamisRandom random;

  for (guint c = 0; c < n_classes; c++)
    for (guint i = 0; i < per_class + added; i++, row++)
      {
        guint own = copied > 0 && i % copied == 1 ? i - 1 : i;
        g_autofree char *content = g_strdup_printf ("%u of %u", own, c);

        g_string_append_printf (csv, "c%u/%05u.png,c%u\n", c, i, c);
        facts[row].digest = tamis_digest_of (content, strlen (content));
        tamis_random_init (&random, 1000 * c + own);
        for (guint j = 0; j < 5; j++)
          values[5 * row + j] = (float) (tamis_random_normal (&random) + (j == 0 ? 1.5 : 0));
      }
  g_assert_true (g_close (g_file_open_tmp ("tamis-labels-XXXXXX", &path, NULL), NULL));
  g_assert_true (g_file_set_contents (path, csv->str, csv->len, NULL));
  plain = tamis_dataset_open_labels (path, &rows, NULL);
  g_unlink (path);
  self->dataset = tamis_dataset_refine (plain, reasons, facts);
  self->latents = tamis_latents_new_take (values, n, 5);
  self->pairs = tamis_join_run (self->dataset, self->latents, &join, NULL, NULL, NULL);
  g_assert_nonnull (self->pairs);
}

static void
tear_down (Fixture *self)
{
  tamis_pairs_unref (self->pairs);
  tamis_latents_unref (self->latents);
  tamis_dataset_unref (self->dataset);
}

static TamisCheck *
draw (const Fixture *f, guint64 seed, guint size, int class_index)
{
  TamisCheckParams params = { seed, size, -1.0, class_index };
  g_autoptr (GError) error = NULL;
  TamisCheck *check = tamis_check_new (f->dataset, f->pairs, &params, NULL, &error);

  g_assert_no_error (error);
  return check;
}

static TamisCheck *
redraw (const Fixture *f, const char *text, guint size)
{
  g_autoptr (GError) error = NULL;
  TamisCheck *check = tamis_check_new_from_text (f->dataset, f->pairs, text, size, NULL, &error);

  g_assert_no_error (error);
  return check;
}

/* A pair is a near-duplicate more likely the more similar it is; @middle: as likely as not. */
static gboolean
is_duplicate (guint a, guint b, double similarity, double middle)
{
  TamisRandom random;

  tamis_random_init (&random, (guint64) a << 32 | b);
  return tamis_random_uniform (&random) < 1 / (1 + exp (-40 * (similarity - middle)));
}

/* By looking at every pair: those above @level without copies, and the duplicates among them. */
static double
count_truth (const Fixture *f, int class_index, double threshold, double middle, guint64 *n)
{
  guint64 duplicates = 0;

  *n = 0;
  for (guint a = 0; a < tamis_dataset_get_n_images (f->dataset); a++)
    {
      const guint32 *others;
      const double *similarities;
      guint degree = tamis_pairs_get_row (f->pairs, a, &others, &similarities);

      if (class_index >= 0 && (int) tamis_dataset_get_class (f->dataset, a) != class_index)
        continue;
      for (guint i = 0; i < degree; i++)
        if (others[i] > a && similarities[i] > threshold
            && tamis_dataset_get_content (f->dataset, a)
                   != tamis_dataset_get_content (f->dataset, others[i]))
          {
            ++*n;
            duplicates += is_duplicate (a, others[i], similarities[i], middle);
          }
    }
  return *n > 0 ? (double) duplicates / (double) *n : 0.0;
}

static guint8 *
judge_all (TamisCheck *check, double middle)
{
  guint8 *judgements = g_new (guint8, tamis_check_get_n (check) + 1);

  for (guint i = 0; i < tamis_check_get_n (check); i++)
    {
      TamisCheckPair pair = tamis_check_get_pair (check, i);

      judgements[i] = is_duplicate (pair.a, pair.b, pair.similarity, middle) ? TAMIS_JUDGEMENT_YES
                                                                              : TAMIS_JUDGEMENT_NO;
    }
  return judgements;
}

/* ---- the sample ---- */

static void
test_strata (void)
{
  Fixture f;

  set_up (&f, 3, 90, 0, 5);
  for (int class_index = -1; class_index < 3; class_index++)
    {
      g_autoptr (TamisCheck) check = draw (&f, 7, 100, class_index);
      guint64 n_pairs = 0, n;
      guint n_drawn = 0;

      count_truth (&f, class_index, 0.5, 0.8, &n);
      g_assert_cmpuint (tamis_check_get_n_pairs (check), ==, n);
      /* Each class has 18 files twice. */
      g_assert_cmpuint (tamis_check_get_n_identical (check), ==, class_index < 0 ? 54 : 18);
      g_assert_cmpuint (tamis_check_get_n_strata (check), ==, 10);
      for (guint h = 0; h < 10; h++)
        {
          TamisCheckStratum stratum = tamis_check_get_stratum (check, h);

          g_assert_cmpfloat (stratum.high, ==,
                             h == 0 ? 1.0 : tamis_check_get_stratum (check, h - 1).low);
          g_assert_cmpuint (stratum.n_drawn, ==, 10);
          n_pairs += stratum.n_pairs;
          n_drawn += stratum.n_drawn;
        }
      g_assert_cmpuint (n_pairs, ==, n);
      g_assert_cmpuint (n_drawn, ==, tamis_check_get_n (check));
      for (guint i = 0; i < n_drawn; i++)
        {
          TamisCheckPair pair = tamis_check_get_pair (check, i);
          TamisCheckStratum stratum = tamis_check_get_stratum (check, pair.stratum);

          g_assert_cmpuint (pair.a, <, pair.b);
          g_assert_cmpfloat (pair.similarity, >, stratum.low);
          g_assert_true (pair.stratum == 0 || pair.similarity <= stratum.high);
          g_assert_cmpuint (tamis_dataset_get_content (f.dataset, pair.a), !=,
                            tamis_dataset_get_content (f.dataset, pair.b));
          g_assert_true (class_index < 0
                         || (int) tamis_dataset_get_class (f.dataset, pair.a) == class_index);
        }
      /* What is judged at any moment is spread over the strata. */
      for (guint i = 0; i < 10; i++)
        for (guint j = 0; j < i; j++)
          g_assert_cmpuint (tamis_check_get_pair (check, i).stratum, !=,
                            tamis_check_get_pair (check, j).stratum);
    }
  tear_down (&f);
}

static gboolean
holds (TamisCheck *check, TamisCheckPair pair)
{
  for (guint i = 0; i < tamis_check_get_n (check); i++)
    {
      TamisCheckPair other = tamis_check_get_pair (check, i);

      if (other.a == pair.a && other.b == pair.b)
        return TRUE;
    }
  return FALSE;
}

static void
test_text_and_growth (void)
{
  Fixture f, grown;
  g_autoptr (TamisCheck) check = NULL;
  g_autoptr (TamisCheck) again = NULL;
  g_autoptr (TamisCheck) larger = NULL;
  g_autoptr (TamisCheck) later = NULL;
  g_autofree char *text = NULL;
  guint kept = 0;

  set_up (&f, 2, 80, 0, 0);
  check = draw (&f, 3, 60, 1);
  text = tamis_check_dup_text (check);
  again = redraw (&f, text, 0);
  larger = redraw (&f, text, 150);
  g_assert_cmpuint (tamis_check_get_n (again), ==, 60);
  g_assert_cmpuint (tamis_check_get_n (larger), ==, 150);
  for (guint i = 0; i < 60; i++)
    {
      TamisCheckPair pair = tamis_check_get_pair (check, i), same = tamis_check_get_pair (again, i);

      g_assert_true (pair.a == same.a && pair.b == same.b && pair.stratum == same.stratum);
      /* A larger sample begins with the smaller one. */
      same = tamis_check_get_pair (larger, i);
      g_assert_cmpuint (pair.a, ==, same.a);
      g_assert_cmpuint (pair.b, ==, same.b);
    }

  /* Ten more files in each class: a third more pairs, and most of the sample stays. */
  set_up (&grown, 2, 80, 10, 0);
  later = redraw (&grown, text, 0);
  for (guint i = 0; i < 60; i++)
    {
      TamisCheckPair pair = tamis_check_get_pair (check, i);

      pair.a += pair.a >= 80 ? 10 : 0;
      pair.b += pair.b >= 80 ? 10 : 0;
      kept += holds (later, pair);
    }
  g_assert_cmpuint (kept, >=, 35);
  g_assert_cmpuint (kept, <, 60);
  tear_down (&f);
  tear_down (&grown);
}

static void
test_text_is_checked (void)
{
  static const char *const wrong[] = {
    "", "check", "check 1 seed=1 size=10", "check 1 seed=1 size=10 edges=", "check 2 seed=1 size=10 edges=1000,500",
    "check 1 seed=1 size=10 edges=900,500", "check 1 seed=1 size=10 edges=1000,500,600",
    "check 1 seed=1 size=10 edges=1000,500 class=nobody", "check 1 seed=1 size=10 edges=1000,x",
    "check 1 seed=1 size=10 edges=1000,9,8,7,6,5,4,3,2,1,0,0", "check 1 seed=1 size=10 edges=1000,500 more",
  };
  Fixture f;

  set_up (&f, 1, 20, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tamis_check_new_from_text (f.dataset, f.pairs, wrong[i], 0, NULL, &error));
      g_assert_error (error, TAMIS_DEDUP_ERROR, TAMIS_DEDUP_ERROR_RANGE);
    }
  tear_down (&f);
}

static void
test_cancelled (void)
{
  Fixture f;
  TamisCheckParams params = TAMIS_CHECK_PARAMS_INIT;
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  set_up (&f, 1, 20, 0, 0);
  g_cancellable_cancel (cancel);
  g_assert_null (tamis_check_new (f.dataset, f.pairs, &params, cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  tear_down (&f);
}

/* Over the seeds every pair of a stratum is drawn equally often. */
static void
test_each_pair_as_likely (void)
{
  enum { SEEDS = 4000 };
  Fixture f;
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  g_autoptr (TamisCheck) first = NULL;
  guint n = 0;
  double chi = 0;

  set_up (&f, 1, 40, 0, 0);
  first = draw (&f, 0, 40, -1);
  for (guint seed = 0; seed < SEEDS; seed++)
    {
      g_autoptr (TamisCheck) check = draw (&f, seed, 40, -1);

      for (guint i = 0; i < tamis_check_get_n (check); i++)
        {
          TamisCheckPair pair = tamis_check_get_pair (check, i);
          gpointer key = GUINT_TO_POINTER (1 + pair.a * 40 + pair.b);

          if (pair.stratum == 2)
            g_hash_table_insert (counts, key, GUINT_TO_POINTER (
                                     GPOINTER_TO_UINT (g_hash_table_lookup (counts, key)) + 1));
        }
    }
  {
    TamisCheckStratum stratum = tamis_check_get_stratum (first, 2);
    double expected = (double) SEEDS * stratum.n_drawn / (double) stratum.n_pairs;
    GHashTableIter iter;
    gpointer count;

    n = (guint) stratum.n_pairs;
    g_assert_cmpuint (g_hash_table_size (counts), ==, n);
    g_hash_table_iter_init (&iter, counts);
    while (g_hash_table_iter_next (&iter, NULL, &count))
      chi += pow (GPOINTER_TO_UINT (count) - expected, 2) / expected;
    /* Without replacement the sum is smaller by the share drawn. */
    chi /= 1.0 - stratum.n_drawn / (double) stratum.n_pairs;
  }
  g_test_message ("chi² %.1f of %u pairs", chi, n);
  g_assert_cmpfloat (fabs (chi - n), <, 4.5 * sqrt (2.0 * n));
  tear_down (&f);
}

/* ---- the band ---- */

/* One stratum of many pairs: Jeffreys's interval, as SciPy has it. */
static void
test_jeffreys (void)
{
  /* judged, duplicates, beta.ppf (0.025, x + 1/2, n - x + 1/2), beta.ppf (0.975, …) */
  static const double cases[][4] = {
    { 10, 9, 0.618685228933384, 0.988988326236839 },
    { 50, 0, 0, 0.0487584594440714 },
    { 200, 198, 0.968310464589437, 0.997916310069434 },
  };
  Fixture f;

  set_up (&f, 1, 1500, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("check 1 seed=5 size=%.0f edges=1000,500", cases[i][0]);
      g_autoptr (TamisCheck) check = redraw (&f, text, 0);
      g_autofree guint8 *judgements = g_new (guint8, tamis_check_get_n (check));
      TamisPrecision precision;

      for (guint k = 0; k < cases[i][0]; k++)
        judgements[k] = k < cases[i][1] ? TAMIS_JUDGEMENT_YES : TAMIS_JUDGEMENT_NO;
      precision = tamis_check_precision (check, judgements, -1, 0.5, 0.95);
      g_assert_cmpuint (precision.n_pairs, >, 300000);
      g_assert_cmpuint (precision.n_judged, ==, (guint) cases[i][0]);
      g_assert_cmpuint (precision.n_duplicates, ==, (guint) cases[i][1]);
      assert_near (precision.value, cases[i][1] / cases[i][0], 1e-12);
      /* Up to the share of the pairs that is judged. */
      assert_near (precision.low, cases[i][2], 3e-4);
      assert_near (precision.high, cases[i][3], 3e-4);
    }
  tear_down (&f);
}

static void
test_all_judged (void)
{
  Fixture f;
  g_autoptr (TamisCheck) check = NULL;
  g_autofree guint8 *judgements = NULL;

  set_up (&f, 2, 30, 0, 4);
  check = draw (&f, 1, 1000, -1);
  judgements = judge_all (check, 0.8);
  g_assert_cmpuint (tamis_check_get_n (check), ==, tamis_check_get_n_pairs (check));
  for (double t = 0.5; t < 0.9; t += 0.02)
    for (int c = -1; c < 2; c++)
      {
        TamisPrecision precision = tamis_check_precision (check, judgements, c, t, 0.95);
        guint64 n;
        double truth = count_truth (&f, c, round (t * 1000) / 1000, 0.8, &n);

        g_assert_cmpuint (precision.n_pairs, ==, n);
        g_assert_cmpuint (precision.n_judged, ==, n);
        assert_near (precision.value, truth, 1e-9);
        assert_near (precision.low, truth, 1e-9);
        assert_near (precision.high, truth, 1e-9);
      }
  tear_down (&f);
}

static void
test_reasons (void)
{
  Fixture f;
  g_autoptr (TamisCheck) check = NULL;
  g_autofree guint8 *judgements = NULL;
  TamisPrecision precision;

  set_up (&f, 12, 30, 0, 0);
  check = draw (&f, 1, 60, -1);
  judgements = g_new0 (guint8, 60);
  precision = tamis_check_precision (check, judgements, -1, 0.6, 0.95);
  g_assert_cmpint (precision.reason, ==, TAMIS_REASON_TOO_FEW);
  g_assert_cmpfloat (precision.high - precision.low, ==, 1.0);
  memset (judgements, TAMIS_JUDGEMENT_YES, 60);
  precision = tamis_check_precision (check, judgements, -1, 0.6, 0.95);
  g_assert_cmpint (precision.reason, ==, TAMIS_REASON_NONE);
  g_assert_cmpfloat (precision.value, ==, 1.0);
  g_assert_cmpfloat (precision.high, ==, 1.0);
  g_assert_cmpfloat (precision.low, >, 0.5);
  /* 60 pairs in 12 classes: none has 15. */
  for (int c = 0; c < 12; c++)
    g_assert_cmpint (tamis_check_precision (check, judgements, c, 0.5, 0.95).reason, ==,
                     TAMIS_REASON_TOO_FEW);
  tear_down (&f);
}

/* Over the seeds of the sample the band holds the true share as often as it says. */
static void
test_coverage (void)
{
  static const struct { guint size, judged; int class_index; double middle; } cases[]
      = { { 100, 100, -1, 0.80 }, { 100, 100, -1, 0.90 }, { 60, 60, 0, 0.85 },
          { 200, 200, -1, 0.80 }, { 150, 150, -1, 0.95 },
          /* Somebody stopped early. */
          { 100, 30, -1, 0.80 }, { 100, 55, -1, 0.90 } };
  enum { SEEDS = 300, STEPS = 9 };
  guint n_all = 0, n_covered = 0, n_wrong = 0, n_answered = 0;
  Fixture f;

  set_up (&f, 3, 150, 0, 6);
  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      double truth[STEPS], width[STEPS] = { 0 };
      guint covered[STEPS] = { 0 };
      guint64 n;

      for (guint i = 0; i < STEPS; i++)
        truth[i] = count_truth (&f, cases[k].class_index, (500 + 50 * i) / 1000.0, cases[k].middle, &n);
      for (guint seed = 0; seed < SEEDS; seed++)
        {
          g_autoptr (TamisCheck) check = draw (&f, seed, cases[k].size, cases[k].class_index);
          g_autofree guint8 *judgements = judge_all (check, cases[k].middle);
          int least = -1;

          for (guint i = cases[k].judged; i < tamis_check_get_n (check); i++)
            judgements[i] = TAMIS_JUDGEMENT_NONE;
          for (guint i = 0; i < STEPS; i++)
            {
              TamisPrecision p = tamis_check_precision (check, judgements, -1,
                                                        (500 + 50 * i) / 1000.0, 0.95);

              covered[i] += truth[i] >= p.low - 1e-12 && truth[i] <= p.high + 1e-12;
              width[i] += (p.high - p.low) / SEEDS;
              if (least < 0 && p.low >= 0.9)
                least = (int) i;
            }
          n_answered += least >= 0;
          n_wrong += least >= 0 && truth[least] < 0.9;
        }
      g_test_message ("%u of %u pairs, class %d, half of the pairs at %.2f are duplicates",
                      cases[k].judged, cases[k].size, cases[k].class_index, cases[k].middle);
      for (guint i = 0; i < STEPS; i++)
        {
          g_test_message ("  T %.2f  true %.3f  covered %.3f  mean width %.3f", 0.5 + 0.05 * i,
                          truth[i], covered[i] / (double) SEEDS, width[i]);
          g_assert_cmpfloat (covered[i], >=, 0.88 * SEEDS);
          n_all += SEEDS;
          n_covered += covered[i];
        }
    }
  g_test_message ("covered %.4f of %u; a T for 0.9 found %u times, wrongly %u", n_covered / (double) n_all,
                  n_all, n_answered, n_wrong);
  g_assert_cmpfloat (n_covered, >, 0.92 * n_all);
  g_assert_cmpfloat (n_covered, <, 0.98 * n_all);
  g_assert_cmpuint (n_answered, >, 300);
  g_assert_cmpfloat (n_wrong, <, 0.05 * n_answered);
  tear_down (&f);
}

/* ---- the T wanted ---- */

static void
test_solve (void)
{
  Fixture f;
  g_autoptr (TamisCheck) check = NULL;
  g_autofree guint8 *judgements = NULL;
  g_autofree TamisPrecision *curve = NULL;
  TamisPrecisionAnswer answer, strict, none;
  guint n;

  set_up (&f, 3, 150, 0, 0);
  check = draw (&f, 2, 200, -1);
  judgements = judge_all (check, 0.8);
  curve = tamis_check_curve (check, judgements, 0.95, &n);
  g_assert_cmpuint (n, ==, 500);
  for (guint i = 0; i < n; i++)
    {
      TamisPrecision p = tamis_check_precision (check, judgements, -1, 0.5 + i / 1000.0, 0.95);

      g_assert_cmpfloat (curve[i].threshold, ==, p.threshold);
      g_assert_cmpfloat (curve[i].low, ==, p.low);
      if (p.reason == TAMIS_REASON_NONE)
        {
          g_assert_cmpfloat (p.low, <=, p.value);
          g_assert_cmpfloat (p.value, <=, p.high);
        }
    }
  answer = tamis_check_solve (check, judgements, curve, n, 0.85, 0.95);
  g_assert_cmpint (answer.found, >=, 0);
  g_assert_cmpfloat (curve[answer.found].low, >=, 0.85);
  g_assert_cmpint (answer.possible, <=, answer.found);
  g_assert_cmpfloat (curve[answer.possible].high, >=, 0.85);
  for (int i = 0; i < answer.found; i++)
    g_assert_true (curve[i].reason != TAMIS_REASON_NONE || curve[i].low < 0.85);

  /* 200 judgements do not prove 0.99; more would, above a T where all are duplicates so far. */
  strict = tamis_check_solve (check, judgements, curve, n, 0.99, 0.95);
  g_assert_cmpint (strict.found, ==, -1);
  g_assert_cmpint (strict.best, >=, 0);
  g_assert_cmpuint (strict.n_more, >, 0);
  g_assert_cmpint (strict.aim, >=, 0);
  g_assert_cmpfloat (curve[strict.aim].value, >, 0.99);
  g_assert_cmpuint (curve[strict.aim].n_judged + strict.n_more, <=, curve[strict.aim].n_pairs);

  /* Where nothing is a duplicate no number of judgements helps. */
  g_free (curve);
  memset (judgements, TAMIS_JUDGEMENT_NO, tamis_check_get_n (check));
  curve = tamis_check_curve (check, judgements, 0.95, &n);
  none = tamis_check_solve (check, judgements, curve, n, 0.5, 0.95);
  g_assert_cmpint (none.found, ==, -1);
  g_assert_cmpuint (none.n_more, ==, 0);
  tear_down (&f);
}

/* ---- verdicts ---- */

static void
test_verdicts (void)
{
  Fixture f;
  g_autoptr (TamisCheck) check = NULL;
  g_autoptr (TamisVerdicts) verdicts = NULL;
  guint8 judgements[40];
  static const struct { TamisVerdict verdict; TamisJudgement judgement; } cases[]
      = { { TAMIS_VERDICT_DUPLICATES, TAMIS_JUDGEMENT_YES },
          { TAMIS_VERDICT_NOT_DUPLICATES, TAMIS_JUDGEMENT_NO },
          { TAMIS_VERDICT_REMOVE, TAMIS_JUDGEMENT_YES },
          { TAMIS_VERDICT_KEEP_BOTH, TAMIS_JUDGEMENT_YES },
          { TAMIS_VERDICT_LATER, TAMIS_JUDGEMENT_NONE } };

  set_up (&f, 1, 60, 0, 2); /* each file twice */
  check = draw (&f, 4, 40, -1);
  verdicts = tamis_verdicts_new (f.dataset);
  /* A verdict on a pair that was not drawn changes nothing: 0 and 1 are copies of one file. */
  tamis_verdicts_set (verdicts, 0, 1, TAMIS_VERDICT_REMOVE);
  tamis_check_read_verdicts (check, verdicts, judgements);
  for (guint i = 0; i < 40; i++)
    g_assert_cmpuint (judgements[i], ==, TAMIS_JUDGEMENT_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TamisCheckPair pair = tamis_check_get_pair (check, i);
      g_autoptr (TamisVerdicts) one = tamis_verdicts_new (f.dataset);

      tamis_verdicts_set (one, pair.b, pair.a, cases[i].verdict);
      tamis_check_read_verdicts (check, one, judgements);
      g_assert_cmpuint (judgements[i], ==, cases[i].judgement);
      /* The same of the two other files. */
      tamis_verdicts_set (one, pair.b, pair.a, TAMIS_VERDICT_NONE);
      tamis_verdicts_set (one, pair.a ^ 1, pair.b ^ 1, cases[i].verdict);
      tamis_check_read_verdicts (check, one, judgements);
      g_assert_cmpuint (judgements[i], ==, cases[i].judgement);
    }
  tear_down (&f);
}

/* A judged duplicate confirms whichever way a plan removes it, and changes no plan. */
static void
test_duplicates_confirm (void)
{
  Fixture f;
  TamisPlanParams params = TAMIS_PLAN_PARAMS_INIT;
  g_autoptr (TamisPlan) plan = NULL;
  g_autoptr (TamisPlan) after = NULL;
  g_autoptr (TamisVerdicts) verdicts = NULL;
  g_autoptr (TamisQuestions) questions = NULL;
  guint n;

  set_up (&f, 1, 60, 0, 0);
  plan = tamis_plan_new (f.dataset, f.pairs, &params, NULL);
  n = tamis_plan_get_n_removed (plan);
  g_assert_cmpuint (n, >, 10);
  verdicts = tamis_verdicts_new (f.dataset);
  for (guint i = 0; i < 10; i++)
    {
      TamisRemoval removal = tamis_plan_get_removal (plan, i);

      if (i % 2 == 0)
        tamis_verdicts_set (verdicts, removal.removed, removal.witness, TAMIS_VERDICT_DUPLICATES);
      else
        tamis_verdicts_set (verdicts, removal.witness, removal.removed, TAMIS_VERDICT_DUPLICATES);
    }
  params.verdicts = verdicts;
  after = tamis_plan_new (f.dataset, f.pairs, &params, NULL);
  questions = tamis_questions_new (f.dataset, after, verdicts);
  g_assert_cmpuint (tamis_plan_get_n_removed (after), ==, n);
  g_assert_cmpuint (tamis_plan_get_n_conflicts (after), ==, 0);
  for (guint i = 0; i < n; i++)
    {
      TamisRemoval before = tamis_plan_get_removal (plan, i), now = tamis_plan_get_removal (after, i);

      g_assert_cmpmem (&before, sizeof before, &now, sizeof now);
      g_assert_cmpint (tamis_questions_get (questions, i), ==,
                       i < 10 ? TAMIS_QUESTION_DECIDED : TAMIS_QUESTION_OPEN);
    }
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tamis_init (0);
  g_test_add_func ("/stats/precision/quantiles", test_quantiles);
  g_test_add_func ("/stats/precision/strata", test_strata);
  g_test_add_func ("/stats/precision/text-and-growth", test_text_and_growth);
  g_test_add_func ("/stats/precision/text-is-checked", test_text_is_checked);
  g_test_add_func ("/stats/precision/cancelled", test_cancelled);
  g_test_add_func ("/stats/precision/each-pair-as-likely", test_each_pair_as_likely);
  g_test_add_func ("/stats/precision/jeffreys", test_jeffreys);
  g_test_add_func ("/stats/precision/all-judged", test_all_judged);
  g_test_add_func ("/stats/precision/reasons", test_reasons);
  g_test_add_func ("/stats/precision/coverage", test_coverage);
  g_test_add_func ("/stats/precision/solve", test_solve);
  g_test_add_func ("/stats/precision/verdicts", test_verdicts);
  g_test_add_func ("/stats/precision/duplicates-confirm", test_duplicates_confirm);
  return g_test_run ();
}
