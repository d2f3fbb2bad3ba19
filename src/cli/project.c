/* A project in the place of a data set, or beside it: what it knows, what was decided in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <stdio.h>

static TamisProject *
open_as_dataset (TamisCli *cli, GError **error)
{
  TamisProject *project = tamis_project_open (cli->location, NULL, error);
  char *location = project != NULL ? tamis_project_dup_location (project) : NULL;

  if (project != NULL && location == NULL)
    {
      g_set_error (error, TAMIS_CLI_ERROR, TAMIS_CLI_ERROR_INPUT,
                   "%s does not say which data set it is of", cli->location);
      g_clear_pointer (&project, tamis_project_unref);
    }
  if (project == NULL)
    return NULL;
  g_free (cli->location);
  cli->location = location;
  return project;
}

gboolean
tamis_cli_open_project (TamisCli *cli, GError **error)
{
  gboolean is_dataset = (cli->verb->takes & TAMIS_TAKES_DATASET) && cli->location != NULL
                        && tamis_project_is_project (cli->location);

  if (is_dataset && cli->project_path != NULL)
    return tamis_cli_usage (error, "Give either a project as the data set or --project, not both");
  if (is_dataset)
    cli->project = open_as_dataset (cli, error);
  else if (cli->project_path != NULL)
    cli->project = tamis_project_open (cli->project_path, cli->location, error);
  else
    return TRUE;
  if (cli->project == NULL)
    return FALSE;
  if (tamis_project_is_read_only (cli->project))
    fprintf (stderr, "tamis-cli %s: The project may not be written; nothing new is kept in it\n",
             cli->verb->name);
  tamis_cli_default (cli, TAMIS_PROJECT_MODEL, &cli->model);
  return TRUE;
}

void
tamis_cli_default (TamisCli *cli, const char *setting, char **text)
{
  if (cli->project != NULL && *text == NULL)
    *text = tamis_project_dup_setting (cli->project, setting);
}

void
tamis_cli_close_project (TamisCli *cli)
{
  g_autoptr (GError) error = NULL;

  if (cli->project == NULL)
    return;
  /* What was asked for is done all the same. */
  if (!tamis_project_flush (cli->project, NULL, &error))
    fprintf (stderr, "tamis-cli %s: %s\n", cli->verb->name, error->message);
  g_clear_pointer (&cli->project, tamis_project_unref);
}

gboolean
tamis_input_load_journal (TamisCli *cli, TamisInput *input, GError **error)
{
  g_autofree char *noted = NULL;

  if (cli->project == NULL)
    return TRUE;
  noted = tamis_project_dup_setting (cli->project, TAMIS_PROJECT_MODEL);
  if (noted == NULL && input->model != NULL)
    {
      const char *name = tamis_model_get_name (input->model);
      g_autofree char *path = g_canonicalize_filename (name, NULL);

      tamis_project_set_setting (cli->project, TAMIS_PROJECT_MODEL,
                                 g_file_test (path, G_FILE_TEST_EXISTS) ? path : name);
    }
  input->journal = tamis_journal_load (cli->project, input->dataset, cli->cancel, error);
  return input->journal != NULL;
}

TamisVerdicts *
tamis_input_get_verdicts (const TamisInput *input)
{
  return input->journal != NULL ? tamis_journal_get_verdicts (input->journal) : NULL;
}
