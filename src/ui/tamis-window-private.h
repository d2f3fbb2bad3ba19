/* TamisWindow's inside, shared by tamis-window.c and tamis-window-actions.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-window.h"

#include "tamis-checks.h"
#include "tamis-crossings-page.h"
#include "tamis-distributions-page.h"
#include "tamis-generate-page.h"
#include "tamis-kurtosis-page.h"
#include "tamis-overview-page.h"
#include "tamis-review-page.h"
#include "tamis-sidebar.h"
#include "tamis-threshold-bar.h"
#include "tamis-welcome-page.h"

G_BEGIN_DECLS

struct _TamisWindow
{
  AdwApplicationWindow parent_instance;

  /* Template widgets (never the window's direct child: see HACKING) */
  AdwWindowTitle *title;
  GtkWidget *sidebar_button;
  GtkWidget *undo_button;
  GtkWidget *redo_button;
  GtkWidget *export_button;
  GtkRevealer *notice_revealer;
  GtkLabel *notice_label;
  GtkRevealer *progress_revealer;
  GtkLabel *progress_label;
  GtkWidget *cancel_button;
  GtkWidget *restart_button;
  GtkProgressBar *progress_bar;
  GtkStack *root;
  AdwFlap *flap;
  TamisSidebar *sidebar;
  GtkStack *views;
  TamisWelcomePage *welcome;
  TamisOverviewPage *overview;
  TamisReviewPage *review;
  TamisCrossingsPage *leaks;
  TamisCrossingsPage *labels;
  TamisDistributionsPage *distributions;
  TamisKurtosisPage *kurtosis;
  TamisGeneratePage *generate;
  TamisThresholdBar *threshold_bar;

  /* Owned */
  TamisSession *session;
  TamisStatistics *statistics;
  TamisChecks *checks;
  GSettings *settings;
  GListModel *classes;
  TamisCrossingModel *leak_model;
  TamisCrossingModel *label_model;
  GtkFileChooserNative *chooser;
};

/* ---- tamis-window-actions.c ---- */
void _tamis_window_class_install_actions (GtkWidgetClass *widget_class);
/* Actions with a state (radio items of the menus) live in the window's action map. */
void _tamis_window_add_state_actions (TamisWindow *self);
/* The radio items of the keep order follow what was chosen elsewhere. */
void _tamis_window_show_order (TamisWindow *self);
/* Sensitivity of all actions follows what the session can do now. */
void _tamis_window_update_actions (TamisWindow *self);

/* ---- tamis-window.c ---- */
void _tamis_window_show_view (TamisWindow *self, const char *name);
/* Gives the keyboard to the view on show. Left to GTK the focus of a widget that is hidden goes on to the
 * number T, where keys mean something else. */
void _tamis_window_focus_page (TamisWindow *self);
void _tamis_window_remember (TamisWindow *self, const char *folder);

G_END_DECLS
