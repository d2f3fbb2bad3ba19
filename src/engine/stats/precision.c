/* Measured precision: the share of near-duplicates above T, from the judged pairs of a TamisCheck.
 *
 * DESIGN: pairs above T are counted exactly, stratum by stratum, so T may cut a stratum: what lies
 * above it is a stratum of its own, with as many judged pairs as happen to lie there. Each has a
 * Beta posterior; the weighted sum of these is taken for a Beta of the same mean and variance, and
 * its quantiles are the band. Jeffreys's prior is smaller in strata of less weight: half a success
 * and half a failure in each of a dozen strata would outweigh what was judged. Strata that are judged
 * to the last pair add no doubt. The variance is itself estimated, from few judgements where weights
 * differ much: it is widened as Student's t does, with Satterthwaite's degrees of freedom.
 * One stratum of a large set gives Jeffreys's interval. Why so, and what it covers:
 * docs/design/precision.md.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats-private.h"

#define LEVELS TAMIS_CHECK_LEVELS
#define STRATA_MAX 64
/* 1 would make priors of all strata one of Jeffreys's in all, 0 one in each. Between them by what
 * simulations cover. */
#define PRIOR_EXPONENT 0.75
/* A stratum with fewer judgements has its doubt from the prior already. */
#define DEGREES_MIN 4.0

/* The part of one stratum above T; not whole where more judgements are imagined. */
typedef struct
{
  double pairs;
  double judged;
  double duplicates;
} Part;

typedef struct
{
  guint n;
  Part parts[STRATA_MAX];
  guint64 pairs;
  guint judged, duplicates;
} Domain;

/* ---- judged pairs above T ---- */

static void
read_domain (TamisCheck *self, const guint8 *judgements, int class_index, guint level,
             Domain *domain)
{
  const guint64 *above = _tamis_check_get_above (self, class_index);

  *domain = (Domain){ .n = tamis_check_get_n_strata (self) };
  g_return_if_fail (domain->n <= STRATA_MAX);
  if (above == NULL)
    return;
  for (guint h = 0; h < domain->n; h++)
    {
      guint high = _tamis_check_get_high (self, h);
      guint low = CLAMP (level, _tamis_check_get_low (self, h), high);

      domain->parts[h].pairs = (double) (above[low] - above[high]);
      domain->pairs += above[low] - above[high];
    }
  for (guint i = 0; i < tamis_check_get_n (self); i++)
    {
      TamisCheckPair pair = tamis_check_get_pair (self, i);

      if (judgements[i] == TAMIS_JUDGEMENT_NONE || _tamis_check_level (pair.similarity) < level
          || !_tamis_check_is_in (self, i, class_index))
        continue;
      domain->parts[pair.stratum].judged++;
      domain->judged++;
      if (judgements[i] == TAMIS_JUDGEMENT_YES)
        {
          domain->parts[pair.stratum].duplicates++;
          domain->duplicates++;
        }
    }
}

/* ---- the band ---- */

/* Mean and variance of the posterior of a weighted sum. */
typedef struct
{
  double mean;
  double variance;
  double degrees; /* of freedom of @variance */
  guint n;        /* parts with pairs */
} Posterior;

static Posterior
sum_parts (const Domain *domain)
{
  Posterior sum = { 0 };
  double squares = 0.0, total = (double) domain->pairs;

  for (guint h = 0; h < domain->n; h++)
    {
      const Part *part = &domain->parts[h];
      double weight = part->pairs / total, prior = 0.5 * pow (weight, PRIOR_EXPONENT);
      double seen = part->judged + 2.0 * prior, rest = part->pairs - part->judged;
      double share = (part->duplicates + prior) / seen, variance;

      if (!(part->pairs > 0.0))
        continue;
      /* The pairs not judged are beta-binomial. */
      sum.mean += weight * (part->duplicates + rest * share) / part->pairs;
      variance = rest / total * (seen + rest) / total * share * (1.0 - share) / (seen + 1.0);
      sum.variance += variance;
      squares += variance * variance / MAX (part->judged, DEGREES_MIN);
      sum.n++;
    }
  sum.degrees = squares > 0.0 ? sum.variance * sum.variance / squares : INFINITY;
  return sum;
}

/* Beta's by its mean and variance. @variance of 1/8 is that of Jeffreys's prior: no wider. */
static double
quantile (const Posterior *sum, double variance, double p)
{
  double size = sum->mean * (1.0 - sum->mean) / variance - 1.0;

  size = MAX (size, 1.0);
  return _tamis_beta_quantile (p, sum->mean * size, (1.0 - sum->mean) * size);
}

typedef struct
{
  double low, high;
} Band;

static Band
find_band (const Domain *domain, double confidence)
{
  Posterior sum = sum_parts (domain);
  double tail = (1.0 - confidence) / 2.0, variance = sum.variance;
  Band band = { sum.mean, sum.mean };

  if (!(variance > 0.0))
    return band; /* every pair is judged */
  if (sum.n > 1)
    {
      double wider = _tamis_student_quantile (1.0 - tail, sum.degrees)
                     / _tamis_normal_quantile (1.0 - tail);

      variance *= wider * wider;
    }
  if (domain->duplicates > 0)
    band.low = quantile (&sum, variance, tail);
  else
    band.low = 0.0;
  band.high = domain->duplicates < domain->judged ? quantile (&sum, variance, 1.0 - tail) : 1.0;
  return band;
}

/* Unbiased where every part has a judged pair; the others are left out. */
static double
find_value (const Domain *domain)
{
  double sum = 0.0, weights = 0.0;

  for (guint h = 0; h < domain->n; h++)
    if (domain->parts[h].judged > 0.0)
      {
        sum += domain->parts[h].pairs * domain->parts[h].duplicates / domain->parts[h].judged;
        weights += domain->parts[h].pairs;
      }
  return sum / weights;
}

/* In the first rounds most strata have one judged pair or none: what they share out is mostly prior. */
static guint
count_needed (const Domain *domain, gboolean is_part)
{
  guint needed = is_part ? TAMIS_PRECISION_MIN_CLASS : TAMIS_PRECISION_MIN, n = 0;

  for (guint h = 0; h < domain->n; h++)
    n += domain->parts[h].pairs > 0.0;
  return (guint) MIN ((guint64) MAX (needed, 2 * n), MAX (domain->pairs, 1));
}

static TamisPrecision
measure (TamisCheck *self, const guint8 *judgements, int class_index, guint level,
         double confidence)
{
  gboolean is_part = class_index >= 0 && class_index != tamis_check_get_class (self);
  TamisPrecision result = { .threshold = (double) level / LEVELS, .high = 1.0 };
  Domain domain;
  Band band;

  read_domain (self, judgements, class_index, level, &domain);
  result.n_pairs = domain.pairs;
  result.n_judged = domain.judged;
  result.n_duplicates = domain.duplicates;
  if (domain.judged < count_needed (&domain, is_part))
    {
      result.reason = TAMIS_REASON_TOO_FEW;
      return result;
    }
  band = find_band (&domain, confidence);
  result.low = band.low;
  result.high = band.high;
  result.value = CLAMP (find_value (&domain), band.low, band.high);
  return result;
}

static guint
to_level (double threshold)
{
  return (guint) CLAMP (round (threshold * LEVELS), 0, LEVELS);
}

TamisPrecision
tamis_check_precision (TamisCheck *self, const guint8 *judgements, int class_index,
                       double threshold, double confidence)
{
  return measure (self, judgements, class_index, to_level (threshold), confidence);
}

TamisPrecision *
tamis_check_curve (TamisCheck *self, const guint8 *judgements, double confidence, guint *n)
{
  guint n_strata = tamis_check_get_n_strata (self);
  guint first = n_strata > 0 ? _tamis_check_get_low (self, n_strata - 1) : LEVELS;
  TamisPrecision *curve = g_new (TamisPrecision, LEVELS - first + 1);

  *n = LEVELS - first;
  for (guint i = 0; i < *n; i++)
    curve[i] = measure (self, judgements, -1, first + i, confidence);
  return curve;
}

/* ---- the T wanted ---- */

/* The lower end if @times as many pairs were judged, with the same shares. */
static double
imagine_low (const Domain *domain, double times, double confidence, double *n_judged)
{
  Domain imagined = *domain;

  *n_judged = 0.0;
  for (guint h = 0; h < domain->n; h++)
    {
      const Part *part = &domain->parts[h];
      double judged = MIN (times * part->judged, part->pairs);

      imagined.parts[h].judged = judged;
      if (part->judged > 0.0)
        imagined.parts[h].duplicates = part->duplicates * judged / part->judged;
      *n_judged += judged;
    }
  return find_band (&imagined, confidence).low;
}

/* Judgements above T that are missing; 0 if no number would do. */
static guint
count_missing (TamisCheck *self, const guint8 *judgements, guint level, double wanted,
               double confidence)
{
  double low = 1.0, high = 2.0, n_judged;
  Domain domain;

  read_domain (self, judgements, -1, level, &domain);
  while (high < 1e6 && imagine_low (&domain, high, confidence, &n_judged) < wanted)
    high *= 2.0;
  if (high >= 1e6)
    return 0;
  for (int i = 0; i < 12; i++)
    {
      double middle = (low + high) / 2.0;

      if (imagine_low (&domain, middle, confidence, &n_judged) < wanted)
        low = middle;
      else
        high = middle;
    }
  imagine_low (&domain, high, confidence, &n_judged);
  return (guint) MAX (ceil (n_judged) - domain.judged, 1.0);
}

#define CANDIDATES 24

TamisPrecisionAnswer
tamis_check_solve (TamisCheck *self, const guint8 *judgements, const TamisPrecision *curve,
                   guint n, double wanted, double confidence)
{
  TamisPrecisionAnswer answer = { .found = -1, .possible = -1, .best = -1, .aim = -1 };
  guint step = MAX (n / CANDIDATES, 1);

  for (guint i = 0; i < n; i++)
    {
      if (curve[i].reason != TAMIS_REASON_NONE)
        continue;
      if (answer.found < 0 && curve[i].low >= wanted)
        answer.found = (int) i;
      if (answer.possible < 0 && curve[i].high >= wanted)
        answer.possible = (int) i;
      if (answer.best < 0 || curve[i].low > curve[answer.best].low)
        answer.best = (int) i;
    }
  for (guint i = 0; i < n && answer.found < 0; i += step)
    if (curve[i].reason == TAMIS_REASON_NONE && curve[i].value > wanted)
      {
        guint missing = count_missing (self, judgements, to_level (curve[i].threshold), wanted,
                                       confidence);

        if (missing > 0 && (answer.n_more == 0 || missing < answer.n_more))
          {
            answer.n_more = missing;
            answer.aim = (int) i;
          }
      }
  return answer;
}
