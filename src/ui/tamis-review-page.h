/* TamisReviewPage: every proposed removal beside the image that stays, and the verdict on it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_REVIEW_PAGE (tamis_review_page_get_type ())
G_DECLARE_FINAL_TYPE (TamisReviewPage, tamis_review_page, TAMIS, REVIEW_PAGE, GtkWidget)

/* Borrows @session, which must outlive the page. Call once. */
void tamis_review_page_set_session (TamisReviewPage *self, TamisSession *session);
/* Shows the removal of @row as soon as a plan has one (after undo, or from another view). */
void tamis_review_page_go_to (TamisReviewPage *self, guint row);

G_END_DECLS
