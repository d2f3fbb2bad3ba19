/* TamisDistributionsPage: spline densities before and after removal, entropy, outliers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-statistics.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_DISTRIBUTIONS_PAGE (tamis_distributions_page_get_type ())
G_DECLARE_FINAL_TYPE (TamisDistributionsPage, tamis_distributions_page, TAMIS, DISTRIBUTIONS_PAGE,
                      GtkWidget)

/* Once. Borrows @statistics for as long as it lives. */
void tamis_distributions_page_set_statistics (TamisDistributionsPage *self,
                                              TamisStatistics *statistics);

G_END_DECLS
