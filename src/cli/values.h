/* Option values and pieces of output that several verbs share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* ---- options: each sets a usage error that names the option; @text NULL: not given ---- */

/* "0.97,0.95" into @thresholds, doubles in [0, 1]. */
gboolean tamis_cli_parse_thresholds (const char *text, GArray *thresholds, GError **error);
gboolean tamis_cli_parse_policy (const char *text, TamisPolicy *policy, GError **error);
const char *tamis_cli_policy_name (TamisPolicy policy);
/* "name,resolution" into (transfer full) rows, see tamis_order_new(); NULL is NULL.
 * @verdicts: nullable */
gboolean tamis_cli_parse_order (TamisDataset *dataset, TamisVerdicts *verdicts, const char *text,
                                guint32 **order, GError **error);
/* "fd", "scott", "sturges" or a number, which goes to @step. */
gboolean tamis_cli_parse_step (const char *text, TamisStepRule *rule, double *step, GError **error);
const char *tamis_cli_step_name (TamisStepRule rule);
gboolean tamis_cli_check_components (int n, GError **error);

/* ---- work ---- */

/* @name: the class's bytes, or as JSON and CSV have them. TAMIS_CLI_ERROR_INPUT names some. */
gboolean tamis_cli_find_class (TamisDataset *dataset, const char *name, guint *class_index,
                               GError **error);
/* The model of @input, or the default one for vectors of unknown origin: it says T and floor. */
TamisModel *tamis_cli_find_model (const TamisInput *input, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* The pairs above @floor, in [0, 1]. */
TamisPairs *tamis_cli_join (TamisCli *cli, const TamisInput *input, double floor, TamisScope scope,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- output ---- */

/* NaN for one that does not exist, which JSON writes as null and tamis_csv_number() as nothing. */
double tamis_cli_value (const TamisFigure *figure);
/* "images", "unreadable", "model" */
void tamis_cli_json_input (TamisJson *json, const TamisInput *input);
/* Opens "timings" with what the input took. */
void tamis_cli_json_begin_timings (TamisJson *json, const TamisInput *input);
/* Fields of CSV, without separators: the shortest text that reads back as the same double, and
 * file-system bytes, escaped and, as RFC 4180 asks, quoted. */
void tamis_csv_number (GString *csv, double value);
void tamis_csv_path (GString *csv, const char *bytes);
/* Atomically. */
gboolean tamis_cli_write (const char *path, const GString *text, GError **error);

G_END_DECLS
