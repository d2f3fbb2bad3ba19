/* TamisApplication: start-up, command line, actions that need no window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TAMIS_TYPE_APPLICATION (tamis_application_get_type ())
G_DECLARE_FINAL_TYPE (TamisApplication, tamis_application, TAMIS, APPLICATION, AdwApplication)

/* (transfer full) */
TamisApplication *tamis_application_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
