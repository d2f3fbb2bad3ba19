/* TamisKurtosisPage: kurtosis of every class before and after removal, now and over all of T.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-statistics.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_KURTOSIS_PAGE (tamis_kurtosis_page_get_type ())
G_DECLARE_FINAL_TYPE (TamisKurtosisPage, tamis_kurtosis_page, TAMIS, KURTOSIS_PAGE, GtkWidget)

/* Once. Borrows @statistics for as long as it lives. */
void tamis_kurtosis_page_set_statistics (TamisKurtosisPage *self, TamisStatistics *statistics);

G_END_DECLS
