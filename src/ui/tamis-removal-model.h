/* TamisRemovalModel: the proposed removals of one class (or all) as a list.
 *
 * A sorted view of the session's plan. Signal: "changed", after the list has.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

G_BEGIN_DECLS

typedef enum {
  TAMIS_REMOVAL_SORT_INFORMATION,   /* whose answer tells most; put off last */
  TAMIS_REMOVAL_SORT_LEAST_SIMILAR, /* the doubtful ones first */
  TAMIS_REMOVAL_SORT_MOST_SIMILAR,
  TAMIS_REMOVAL_SORT_NAME,          /* data-set order */
} TamisRemovalSort;

#define TAMIS_TYPE_REMOVAL_MODEL (tamis_removal_model_get_type ())
G_DECLARE_FINAL_TYPE (TamisRemovalModel, tamis_removal_model, TAMIS, REMOVAL_MODEL, GObject)

TamisRemovalModel *tamis_removal_model_new (TamisSession *session) G_GNUC_WARN_UNUSED_RESULT;
void tamis_removal_model_set_sort (TamisRemovalModel *self, TamisRemovalSort sort);
/* A list that nobody sees need not follow the plan; it catches up when active again. Active at first. */
void tamis_removal_model_set_active (TamisRemovalModel *self, gboolean active);
guint tamis_removal_model_get_n (TamisRemovalModel *self);
/* Position of the removal of @row, or -1. O(n). */
int tamis_removal_model_find (TamisRemovalModel *self, guint row);
gboolean tamis_removal_model_get (TamisRemovalModel *self, guint position, TamisRemoval *removal);

G_END_DECLS
