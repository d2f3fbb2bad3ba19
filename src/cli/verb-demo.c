/* demo: the demo set, drawn into a folder.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <demo/demo.h>
#include <stdio.h>

gboolean
tamis_verb_demo (TamisCli *cli, GError **error)
{
  TamisDemoParams params = TAMIS_DEMO_PARAMS_INIT;
  int images = params.images;
  const GOptionEntry entries[] = {
    { "images", 0, 0, G_OPTION_ARG_INT, &images, "How many files to draw (1650)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  double begun = tamis_clock ();

  cli->seed = params.seed;
  if (!tamis_cli_parse (cli, entries, error))
    return FALSE;
  if (images < 1)
    return tamis_cli_usage (error, "--images must be at least 1");
  params.seed = cli->seed;
  params.images = images;
  if (!tamis_demo_draw (cli->location, &params, cli->progress, cli->cancel, error))
    return FALSE;
  tamis_watch_wipe ();
  if (cli->json)
    {
      g_autoptr (TamisJson) json = tamis_json_new ();

      tamis_json_object (json, NULL);
      tamis_json_path (json, "folder", cli->location);
      tamis_json_integer (json, "images", params.images);
      tamis_json_integer (json, "seed", params.seed);
      tamis_json_object (json, "timings");
      tamis_json_seconds (json, "draw_s", tamis_clock () - begun);
      tamis_json_end (json);
      tamis_json_end (json);
      fputs (tamis_json_text (json), stdout);
    }
  else
    printf ("Drew %d images in %s; " TAMIS_DEMO_TRUTH " says what each one is\n", images,
            cli->location);
  return TRUE;
}
