/* What the writers of export/ share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/base.h>
#include <tamis/export.h>

G_BEGIN_DECLS

/* A file name or a name from one, escaped as tamis_path_escape() does, as a CSV field. */
void _tamis_csv_name (TamisWriter *writer, const char *bytes);
/* The same as a JSON string; NULL is null. */
void _tamis_json_name (TamisWriter *writer, const char *bytes);
/* Decimal digits that give the same double back, with a point in every locale. */
void _tamis_put_number (TamisWriter *writer, double number);
/* "format" to "class_thresholds": what every JSON file begins with, the brace included; a comma is due. */
void _tamis_json_head (TamisWriter *writer, const char *format, TamisDataset *dataset,
                       TamisPlan *plan, TamisModel *model);

G_END_DECLS
