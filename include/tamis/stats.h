/* What a distribution looks like, and what removal does to it (METHOD A4, A5).
 *
 * The model: the latents of one class, centred, on their principal axes, the components taken as
 * independent, each with a quadratic B-spline density over a histogram of its scores (Zivakin and
 * Prystavka, "Spline model in latent space"). Everything here is a figure of that model.
 *
 * Moments are those of the population (divided by n, not n - 1) unless said otherwise; entropies
 * are in nats. A figure that does not exist is never a NaN: it is a TamisFigure with a reason.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/dedup.h>

#include <math.h>

G_BEGIN_DECLS

/* ---- figures that may not exist ---- */

typedef enum {
  TAMIS_REASON_NONE,         /* there is a figure */
  TAMIS_REASON_TOO_FEW,      /* fewer values than the figure needs */
  TAMIS_REASON_CONSTANT,     /* the values are equal up to rounding: no spread to measure */
  TAMIS_REASON_NO_COMPONENT, /* the set spans fewer axes than this component's number */
  TAMIS_REASON_NOT_FINITE,   /* a NaN or an infinity among the values */
  TAMIS_REASON_TOO_MANY,     /* more values than the method takes (said where it applies) */
  TAMIS_REASON_NO_KNEE,      /* the curve has no knee to read a threshold from */
  TAMIS_REASON_NO_COPIES,    /* what goes at the knee, if anything, does not stand out as copies */
} TamisReason;

/* One line, English, for logs and reports; never NULL. */
const char *tamis_reason_text (TamisReason reason);

/* @value is 0 unless @reason is TAMIS_REASON_NONE. */
typedef struct
{
  double value;
  TamisReason reason;
} TamisFigure;

/* ---- moments ---- */

#define TAMIS_KURTOSIS_MIN 4

/**
 * tamis_kurtosis:
 *
 * Excess kurtosis m4 / m2² - 3 with population moments, as scipy.stats.kurtosis (x). Two passes.
 * Below four values it is a constant of n (-2 for two, -1.5 for three), which says nothing of the
 * distribution: TAMIS_REASON_TOO_FEW.
 */
TamisFigure tamis_kurtosis (const double *x, gsize n);

/* ---- Theil's line ---- */

#define TAMIS_THEIL_MAX 8192 /* points; above it TAMIS_REASON_TOO_MANY (n² / 2 slopes are held) */

/**
 * TamisTheilLine:
 *
 * slope = median of (y_j - y_i) / (x_j - x_i) over the pairs with different x;
 * intercept = median (y) - slope · median (x). The interval holds the slope with 95 % confidence
 * (Sen 1968, equation 2.6, normal approximation, ties corrected), as scipy.stats.theilslopes.
 */
typedef struct
{
  guint n; /* points */
  double slope;
  double intercept;
  gboolean has_interval; /* the approximation's variance was not negative */
  double slope_low;
  double slope_high;
  TamisReason reason; /* TOO_FEW: under two different x; then the figures above are 0 */
} TamisTheilLine;

TamisTheilLine tamis_theil_fit (const double *x, const double *y, guint n);

/* ---- principal components ---- */

/**
 * TamisPcaParams:
 * @values: row-major, stride = dimension; borrowed
 * @rows: (nullable): which rows, in this order; NULL: rows 0 .. n - 1
 * @n_components: wanted; fewer are found where the rows span fewer axes
 * @parallel: cut the work over the pool (never from inside tamis_parallel_for()). The result is the
 *   same bits either way.
 */
typedef struct
{
  const float *values;
  guint dimension;
  const guint32 *rows;
  guint n;
  guint n_components;
  gboolean parallel;
} TamisPcaParams;

/**
 * TamisPca:
 *
 * Immutable once fitted; any thread. Arrays are in double and owned.
 * Sign: the loading of largest magnitude of every axis is positive (the first of them at a tie), so
 * an axis does not turn round from run to run (scikit-learn's svd_flip with v-based decision).
 */
typedef struct
{
  guint n;
  guint dimension;
  guint n_components;    /* kept: axes whose variance is above rounding noise */
  double *mean;          /* dimension */
  double *basis;         /* n_components × dimension, orthonormal rows */
  double *variance;      /* n_components, falling; explained, population */
  double total_variance; /* over all axes, kept or not */
  double *scores;        /* n_components × n: one component after another */
  TamisReason reason;    /* why fewer components than wanted; NONE if all were found */
} TamisPca;

/**
 * tamis_pca_fit:
 * @cancel: (nullable): polled between blocks of rows
 *
 * Exact: eigenvectors of the n × n Gram matrix if n < dimension, else of the covariance, in double.
 * Few components of a large matrix come from block Krylov iteration run to convergence, else from
 * LAPACK's dsyevr. Time O(n · d · min (n, d)), memory O(min (n, d)²) doubles.
 *
 * Thread: blocking. Rows with a NaN or an infinity, and n = 0 or 1, give a TamisPca with no
 * components and the reason. Returns: (transfer full): NULL only with G_IO_ERROR_CANCELLED
 */
TamisPca *tamis_pca_fit (const TamisPcaParams *params, GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void tamis_pca_free (TamisPca *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisPca, tamis_pca_free)
/* Scores of any row of @dimension floats. @scores: n_components. */
void tamis_pca_project (const TamisPca *self, const float *row, double *scores);
/* mean + basisᵀ · scores. @row: dimension. */
void tamis_pca_reconstruct (const TamisPca *self, const double *scores, float *row);

/* ---- spline density ---- */

typedef enum {
  TAMIS_STEP_FREEDMAN_DIACONIS, /* 2 IQR / n^(1/3); Scott's where the IQR is 0 */
  TAMIS_STEP_SCOTT,             /* (24 √π / n)^(1/3) · σ */
  TAMIS_STEP_STURGES,           /* range / (log2 n + 1) */
  TAMIS_STEP_FIXED,             /* set by hand, in units of the values */
} TamisStepRule;

#define TAMIS_SPLINE_MAX_BINS 4096

/**
 * TamisSpline:
 *
 * The density of one component: m classes of width h, centres t_i, p_i = n_i / N, and
 * f (t) = S (t) / h with S (t) = Σ p_i B_h (t - t_i), B_h the quadratic B-spline of METHOD A5.
 * Between the edges of the classes f is a parabola, the CDF a cubic; beyond one step outside the
 * outer classes f is 0. Immutable, reference-counted, any thread.
 */
typedef struct _TamisSpline TamisSpline;

/**
 * tamis_spline_new:
 * @values: any order
 * @step: h for TAMIS_STEP_FIXED (must be above 0), ignored otherwise
 * @reason: (out): why there is none
 *
 * Rules: m = ceil (range / h), then h = range / m, so that the outer edges are the least and the
 * greatest value (numpy.histogram does the same). A hand-set h is kept as it is, the classes
 * centred on the range. More than TAMIS_SPLINE_MAX_BINS classes (a far outlier, an absurd h): h
 * becomes range / TAMIS_SPLINE_MAX_BINS.
 *
 * Returns: (transfer full) (nullable): NULL for fewer than two values, equal values or a NaN
 */
TamisSpline *tamis_spline_new (const double *values, gsize n, TamisStepRule rule, double step,
                               TamisReason *reason) G_GNUC_WARN_UNUSED_RESULT;
TamisSpline *tamis_spline_ref (TamisSpline *self);
void tamis_spline_unref (TamisSpline *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisSpline, tamis_spline_unref)

gsize tamis_spline_get_n (const TamisSpline *self);
double tamis_spline_get_step (const TamisSpline *self);
guint tamis_spline_get_n_bins (const TamisSpline *self);
double tamis_spline_get_first_edge (const TamisSpline *self); /* left edge of class 0 */
/* Borrowed: n_bins counts. The histogram's density is count / (n · step). */
const guint32 *tamis_spline_get_counts (const TamisSpline *self);
/* Where f > 0 begins and ends: one step outside the outer classes. */
void tamis_spline_get_support (const TamisSpline *self, double *low, double *high);

double tamis_spline_density (const TamisSpline *self, double t);
#define TAMIS_LOG_DENSITY_MIN (-700.0)
/* ln f (t), or TAMIS_LOG_DENSITY_MIN where that is less, as outside the support. */
double tamis_spline_log_density (const TamisSpline *self, double t);
/* In [0, 1], rising; 0 and 1 exactly outside the support. */
double tamis_spline_cdf (const TamisSpline *self, double t);
/* The least t with cdf (t) >= p. quantile (cdf (t)) = t wherever f (t) > 0, to 1e-10 · step except
 * where f is so small that a double cannot tell neighbouring values of the CDF apart. */
double tamis_spline_quantile (const TamisSpline *self, double p);
double tamis_spline_get_mean (const TamisSpline *self);     /* Σ p_i t_i, exact */
double tamis_spline_get_variance (const TamisSpline *self); /* binned variance + h² / 4, exact */
/* -∫ f ln f: Gauss-Legendre, 16 points between edges, closed form where f touches 0. */
double tamis_spline_get_entropy (const TamisSpline *self);

typedef struct
{
  double position;
  double density;
  double prominence;  /* density above the higher of the valleys between it and higher modes */
  double excess_mass; /* of this mode and its higher neighbour over one mode; 1 for the highest */
} TamisMode;

#define TAMIS_MODE_EXCESS 0.8

/**
 * tamis_spline_get_modes:
 * @modes: (out) (transfer full): rising positions
 *
 * Local maxima that stand out from noise: the highest always counts; another counts if its excess
 * mass over a single mode (Müller and Sawitzki 1991; twice Hartigan's dip) is above
 * TAMIS_MODE_EXCESS / √n. By simulation at the Freedman-Diaconis step, 0.7 % of samples of 4,000
 * uniform values, the worst case, pass that by chance, of 600 under 0.1 %, of normal ones none. Two
 * normal heaps of 1 : 2, four standard deviations apart, are told apart in a third of samples of 600
 * and in all of 2,000.
 *
 * Returns: how many, at least 1
 */
guint tamis_spline_get_modes (const TamisSpline *self, TamisMode **modes);

/* ---- the model of one set of images ---- */

typedef struct
{
  TamisFigure kurtosis;
  TamisFigure entropy;      /* of the spline density */
  TamisFigure unit_entropy; /* of the scores scaled to unit variance: entropy - ln σ */
  TamisSpline *spline;      /* (nullable) */
} TamisComponent;

/**
 * TamisDistribution:
 *
 * Axes, and the density and figures of the scores on each. Immutable; any thread.
 */
typedef struct
{
  guint n;
  guint n_components; /* as wanted: those beyond the axes found have reasons instead of figures */
  TamisPca *pca;      /* (nullable): NULL for a subset, whose axes are those of the whole */
  TamisComponent *components;
} TamisDistribution;

typedef struct
{
  guint n_components;
  TamisStepRule rule;
  double step; /* for TAMIS_STEP_FIXED */
} TamisDistributionParams;
#define TAMIS_DISTRIBUTION_PARAMS_INIT { 3, TAMIS_STEP_FREEDMAN_DIACONIS, 0.0 }

/**
 * tamis_distribution_new:
 * @set: its n_components is taken from @params instead
 *
 * Thread: blocking. Errors: G_IO_ERROR_CANCELLED.
 */
TamisDistribution *tamis_distribution_new (const TamisPcaParams *set,
                                           const TamisDistributionParams *params,
                                           GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * tamis_distribution_subset:
 * @kept: one flag an image of @self, in its order
 *
 * The images that stay, on the axes of all of them (the fixed basis). @params: n_components is
 * that of @self.
 */
TamisDistribution *tamis_distribution_subset (const TamisDistribution *self, const guint8 *kept,
                                              const TamisDistributionParams *params)
  G_GNUC_WARN_UNUSED_RESULT;
void tamis_distribution_free (TamisDistribution *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisDistribution, tamis_distribution_free)
/* The most modes any component has (0 if none has a density), and which component that is. */
guint tamis_distribution_count_modes (const TamisDistribution *self, guint *component);

/**
 * tamis_distributions_new:
 *
 * The model of every class, classes in parallel.
 *
 * Thread: blocking. Errors: G_IO_ERROR_CANCELLED.
 * Returns: (element-type TamisDistribution) (transfer full): one a class
 */
GPtrArray *tamis_distributions_new (TamisDataset *dataset, TamisLatents *latents,
                                    const TamisDistributionParams *params, TamisProgress *progress,
                                    GCancellable *cancel, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- before and after removal ---- */

#define TAMIS_REMOVAL_COMPONENTS 3

typedef enum {
  TAMIS_BASIS_FIXED,    /* scores on the axes of all images of the class: quick, for a moving T */
  TAMIS_BASIS_REFITTED, /* axes fitted anew to the images that stay (the paper) */
} TamisBasis;

/**
 * TamisRemovalBasis:
 *
 * The side before removal, computed once and good for every T: scores on the first three components
 * and the figures of each class. Immutable, reference-counted, any thread; holds the latents.
 */
typedef struct _TamisRemovalBasis TamisRemovalBasis;

/**
 * tamis_removal_basis_new:
 * @params: step rule of the entropies; n_components is ignored (it is three)
 *
 * Thread: blocking. Errors: G_IO_ERROR_CANCELLED.
 */
TamisRemovalBasis *tamis_removal_basis_new (TamisDataset *dataset, TamisLatents *latents,
                                            const TamisDistributionParams *params,
                                            TamisProgress *progress, GCancellable *cancel,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
TamisRemovalBasis *tamis_removal_basis_ref (TamisRemovalBasis *self);
void tamis_removal_basis_unref (TamisRemovalBasis *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisRemovalBasis, tamis_removal_basis_unref)
guint tamis_removal_basis_get_n_images (const TamisRemovalBasis *self);
guint tamis_removal_basis_get_n_classes (const TamisRemovalBasis *self);
/* Borrowed. Its images are the rows of the class, in order. */
const TamisDistribution *tamis_removal_basis_get_before (const TamisRemovalBasis *self,
                                                         guint class_index);

/* One class; index 0 is the first component. */
typedef struct
{
  guint before; /* images */
  guint after;
  TamisFigure kurtosis_before[TAMIS_REMOVAL_COMPONENTS];
  TamisFigure kurtosis_after[TAMIS_REMOVAL_COMPONENTS];
  TamisFigure entropy_before[TAMIS_REMOVAL_COMPONENTS];
  TamisFigure entropy_after[TAMIS_REMOVAL_COMPONENTS];
  TamisFigure unit_entropy_before[TAMIS_REMOVAL_COMPONENTS];
  TamisFigure unit_entropy_after[TAMIS_REMOVAL_COMPONENTS];
} TamisClassRemoval;

typedef struct
{
  TamisBasis basis;
  guint n_classes;
  TamisClassRemoval *classes;
  /* Theil's line through (kurtosis before, after), one point a class that has both. */
  TamisTheilLine lines[TAMIS_REMOVAL_COMPONENTS];
  /* Mean over the classes that have both of after minus before. */
  TamisFigure entropy_change[TAMIS_REMOVAL_COMPONENTS];
  TamisFigure unit_entropy_change[TAMIS_REMOVAL_COMPONENTS];
} TamisRemovalStats;

/**
 * tamis_removal_stats_new:
 * @kept: one flag an image (tamis_plan_get_kept_flags())
 *
 * What `dedup --json` says of one T. A class that loses nothing keeps its figures. Classes in
 * parallel. Thread: blocking. Errors: G_IO_ERROR_CANCELLED.
 */
TamisRemovalStats *tamis_removal_stats_new (TamisRemovalBasis *self, const guint8 *kept,
                                            TamisBasis basis, TamisProgress *progress,
                                            GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void tamis_removal_stats_free (TamisRemovalStats *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisRemovalStats, tamis_removal_stats_free)

/* One class alone (the visible one first); FALSE if cancelled. On the calling thread. */
gboolean tamis_removal_class_stats (TamisRemovalBasis *self, const guint8 *kept, guint class_index,
                                    TamisBasis basis, TamisClassRemoval *stats,
                                    GCancellable *cancel);

/**
 * tamis_removal_fixed_kurtosis:
 * @kurtosis: (out): n_classes × TAMIS_REMOVAL_COMPONENTS, after removal, on the fixed basis
 * @lines: (out): TAMIS_REMOVAL_COMPONENTS
 *
 * For every frame of a moving slider: one pass of power sums over the scores, no allocation a
 * class, the calling thread only. Agrees with TAMIS_BASIS_FIXED of tamis_removal_stats_new() to
 * 1e-9.
 */
void tamis_removal_fixed_kurtosis (TamisRemovalBasis *self, const guint8 *kept,
                                   TamisFigure *kurtosis, TamisTheilLine *lines);

/* ---- the control: as many images at random ---- */

/* Over the seeds: 5th, 50th and 95th percentile (linear interpolation). */
typedef struct
{
  double low;
  double median;
  double high;
  TamisReason reason;
} TamisBand;

typedef struct
{
  TamisBand kurtosis[TAMIS_REMOVAL_COMPONENTS]; /* after */
  TamisBand entropy_change[TAMIS_REMOVAL_COMPONENTS];
  TamisBand unit_entropy_change[TAMIS_REMOVAL_COMPONENTS];
} TamisClassControl;

typedef struct
{
  guint n_seeds;
  guint n_classes;
  TamisClassControl *classes;
  TamisBand slopes[TAMIS_REMOVAL_COMPONENTS];
  TamisBand entropy_change[TAMIS_REMOVAL_COMPONENTS]; /* means over classes */
  TamisBand unit_entropy_change[TAMIS_REMOVAL_COMPONENTS];
} TamisControl;

typedef struct
{
  guint n_seeds;
  guint64 seed;
  TamisBasis basis;
} TamisControlParams;
#define TAMIS_CONTROL_PARAMS_INIT { 20, 1, TAMIS_BASIS_FIXED }

/**
 * tamis_control_new:
 * @after: images that stay in each class
 *
 * Removes as many images of each class at random, @n_seeds times, and measures what that does
 * (METHOD A4). A removal whose figure lies inside the band did no more than chance.
 *
 * Thread: blocking. Errors: G_IO_ERROR_CANCELLED. The same for any number of threads.
 */
TamisControl *tamis_control_new (TamisRemovalBasis *self, const guint *after,
                                 const TamisControlParams *params, TamisProgress *progress,
                                 GCancellable *cancel, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tamis_control_free (TamisControl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisControl, tamis_control_free)

/* ---- a sweep over T ---- */

typedef struct
{
  double threshold;
  guint kept;
  guint orphans; /* always 0 for cover */
  guint64 n_pairs;
  TamisTheilLine lines[TAMIS_REMOVAL_COMPONENTS]; /* fixed basis */
  TamisFigure entropy_change[TAMIS_REMOVAL_COMPONENTS];
  TamisFigure unit_entropy_change[TAMIS_REMOVAL_COMPONENTS];
  guint *class_kept; /* one a class, each at @threshold, also where it has its own T */
} TamisSweepPoint;

typedef struct
{
  guint n_steps;
  guint n_images;
  guint n_classes;
  guint *class_images;        /* before */
  TamisSweepPoint *points[2]; /* indexed by TamisPolicy; n_steps each, rising T */
} TamisSweep;

/**
 * TamisSweepParams:
 * @n_steps: T runs over low + (1 - low) i / n_steps, i = 0 .. n_steps - 1
 * @low: in [floor, 1); negative: the floor of the pairs
 * @plan: order and verdicts are taken from it, T of the classes that have their own too: they keep
 *   it while that of the others runs; its T and policy are not
 */
typedef struct
{
  guint n_steps;
  double low;
  TamisPlanParams plan;
} TamisSweepParams;
#define TAMIS_SWEEP_PARAMS_INIT { 50, -1.0, TAMIS_PLAN_PARAMS_INIT }

/**
 * tamis_sweep_new:
 *
 * Both policies at every T, on the fixed basis; thresholds in parallel.
 * Thread: blocking. Errors: TAMIS_DEDUP_ERROR_RANGE, G_IO_ERROR_CANCELLED.
 */
TamisSweep *tamis_sweep_new (TamisRemovalBasis *basis, TamisDataset *dataset, TamisPairs *pairs,
                             const TamisSweepParams *params, TamisProgress *progress,
                             GCancellable *cancel, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tamis_sweep_free (TamisSweep *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisSweep, tamis_sweep_free)

/* ---- choosing T ---- */

#define TAMIS_KNEE_MIN_SHARE 0.02
#define TAMIS_KNEE_MIN_IMAGES 3
#define TAMIS_KNEE_COPIES 0.5

/**
 * tamis_sweep_suggest:
 * @class_index: a class, or -1 for all images
 *
 * The knee of the curve of images left over T: the lull between losing close copies (T near 1) and
 * losing images that merely belong together. Rule: the T where the curve lies farthest above its
 * lower convex hull (Kneedle, Satopää and others 2011, with the hull for the chord, since the whole
 * curve lies below its chord where copies are many); the higher T at a tie. There is none
 * (TAMIS_REASON_NO_KNEE) where that is less than TAMIS_KNEE_MIN_SHARE of the images, or than
 * TAMIS_KNEE_MIN_IMAGES.
 *
 * In a class without copies the curve is level and bends where images that merely belong together
 * begin to go; that bend is no lull after anything. Copies are lost early: so there is no suggestion
 * (TAMIS_REASON_NO_COPIES) unless, of the images that go at the knee, at least TAMIS_KNEE_COPIES go
 * already at the T halfway between it and 1. Without a knee the floor stands in its place.
 */
TamisFigure tamis_sweep_suggest (const TamisSweep *self, TamisPolicy policy, int class_index);
/* The same of every class. Returns: (transfer full): one T a class, negative where there is none. */
double *tamis_sweep_suggest_classes (const TamisSweep *self, TamisPolicy policy,
                                     guint *n_suggested) G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_threshold_for_kept:
 * @params: policy, order and verdicts; classes with a T of their own keep it, the other T is sought
 * @wanted: images to keep
 * @kept: (out): images that the answer keeps, at least @wanted (or as many as T = 1 keeps)
 *
 * The lowest T that keeps at least @wanted images, by bisection to 1e-7. For `last` the number kept
 * rises with T, and the answer is exact to that. For `cover` it may fall by a few images here and
 * there as T rises (another image may come to cover more), so a lower T can exist; the promise to
 * keep at least @wanted holds all the same. Thread: blocking, some 25 plans.
 *
 * Returns: T in [floor, 1], or a negative number with TAMIS_DEDUP_ERROR_RANGE
 */
double tamis_threshold_for_kept (TamisDataset *dataset, TamisPairs *pairs,
                                 const TamisPlanParams *params, guint wanted, guint *kept,
                                 GError **error);
/**
 * tamis_class_thresholds_for_kept:
 * @wanted: images to keep, one number a class
 *
 * The same for every class by itself, all at once. Needs pairs of TAMIS_SCOPE_CLASS.
 * Returns: (transfer full): one T a class, or NULL
 */
double *tamis_class_thresholds_for_kept (TamisDataset *dataset, TamisPairs *pairs,
                                         const TamisPlanParams *params, const guint *wanted,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The thresholds of @params, raised in the classes that would keep fewer than @minimum images. */
double *tamis_class_thresholds_with_minimum (TamisDataset *dataset, TamisPairs *pairs,
                                             const TamisPlanParams *params, guint minimum,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- outliers ---- */

typedef struct
{
  guint row;
  guint class_index;
  double log_density; /* Σ over the components of ln f, nats */
  double deficit;     /* median of its class minus log_density: comparable between classes */
} TamisOutlier;

/**
 * TamisOutliers:
 *
 * Every image of a class that has a density, most unlikely first: falling deficit, then row. In one
 * class this is the order of rising log-density. Immutable.
 */
typedef struct
{
  guint n;
  TamisOutlier *items;
  guint n_unranked; /* images of classes without a density */
} TamisOutliers;

/* Thread: blocking, classes in parallel. Errors: G_IO_ERROR_CANCELLED. */
TamisOutliers *tamis_outliers_new (TamisDataset *dataset, TamisLatents *latents,
                                   const TamisDistributionParams *params, TamisProgress *progress,
                                   GCancellable *cancel, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tamis_outliers_free (TamisOutliers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisOutliers, tamis_outliers_free)
/* Σ ln f of image @i of the set @self was fitted to; 0 if no component has a density. */
double tamis_distribution_log_density (const TamisDistribution *self, guint i);

/* ---- splitting a heterogeneous class ---- */

typedef struct
{
  guint n;
  guint dimension;
  guint k;
  double *centres; /* k × dimension */
  guint32 *labels; /* n, in 0 .. k - 1; cluster 0 is the largest */
  guint *sizes;    /* k */
  double inertia;  /* Σ squared distance to the own centre */
} TamisKmeans;

/**
 * tamis_kmeans_fit:
 * @points: n × dimension, row-major
 * @k: clusters; fewer are found where there are fewer different points
 *
 * Lloyd's iteration from k-means++ seeds (Arthur and Vassilvitskii 2007), the best of ten starts.
 * Deterministic for a seed. Thread: blocking. Returns: NULL if cancelled or n = 0
 */
TamisKmeans *tamis_kmeans_fit (const double *points, guint n, guint dimension, guint k,
                               guint64 seed, GCancellable *cancel) G_GNUC_WARN_UNUSED_RESULT;
void tamis_kmeans_free (TamisKmeans *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisKmeans, tamis_kmeans_free)
/* k-means of the scores on all axes found. @k = 0: as many clusters as modes, at least 2. */
TamisKmeans *tamis_distribution_split (const TamisDistribution *self, guint k, guint64 seed,
                                       GCancellable *cancel) G_GNUC_WARN_UNUSED_RESULT;

/* ---- generation ---- */

#define TAMIS_GENERATOR_MAX_COMPONENTS 1000

/**
 * TamisGeneratorParams:
 * @n_components: at most so many
 * @variance_share: in (0, 1]: no more than explain this share of the variance; 0: no such limit
 * @low, @high: range of the code that latents are clamped to: 0 and INFINITY after a ReLU,
 *   -INFINITY and INFINITY for a whitened or variational code
 */
typedef struct
{
  guint n_components;
  double variance_share;
  TamisStepRule rule;
  double step;
  double low;
  double high;
} TamisGeneratorParams;
#define TAMIS_GENERATOR_PARAMS_INIT \
  { TAMIS_GENERATOR_MAX_COMPONENTS, 0.0, TAMIS_STEP_FREEDMAN_DIACONIS, 0.0, 0.0, INFINITY }

/**
 * TamisGenerator:
 *
 * Draws latents of a class from its spline marginals: each score by inverting its CDF at a uniform
 * number, then inverse PCA (METHOD A5, "imitation"). Immutable; any thread.
 */
typedef struct _TamisGenerator TamisGenerator;
/* Errors: G_IO_ERROR_CANCELLED; more than 16 components take one uncancellable step of LAPACK. */
TamisGenerator *tamis_generator_new (const TamisPcaParams *set, const TamisGeneratorParams *params,
                                     GCancellable *cancel, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void tamis_generator_free (TamisGenerator *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisGenerator, tamis_generator_free)
/* Components drawn; 0 if the set has no spread (then every draw is its mean): the reason is in
 * tamis_generator_get_distribution()->pca->reason. */
guint tamis_generator_get_n_components (const TamisGenerator *self);
const TamisDistribution *tamis_generator_get_distribution (const TamisGenerator *self);
/**
 * tamis_generator_draw:
 * @first: number of the first draw; draw i of a seed is the same however many are asked for
 * @scores: (out) (nullable): n × n_components, row-major
 * @latents: (out) (nullable): n × dimension, clamped
 */
void tamis_generator_draw (const TamisGenerator *self, guint64 seed, guint first, guint n,
                           double *scores, float *latents);

G_END_DECLS
