/* tamis [FOLDER]: the desktop program.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-application.h"
#include "tamis-resources.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <tamis/tamis.h>

int
main (int argc, char **argv)
{
  g_autoptr (TamisApplication) application = NULL;

  tamis_choose_blas (argv);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, TAMIS_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  tamis_init (0);
  g_resources_register (tamis_get_resource ());
  application = tamis_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
