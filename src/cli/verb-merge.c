/* merge: what two people decided about the same images, compared, and one's taken into the other's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <math.h>
#include <stdio.h>

#define DISAGREEMENTS_SHOWN 50

static const char *const names[TAMIS_N_ANSWERS]
    = { "remove_a", "remove_b", "keep_both", "not_duplicates" };
static const char *const words[TAMIS_N_ANSWERS]
    = { "remove first", "remove second", "keep both", "not duplicates" };

static void
print_json (const TamisAgreement *self, gboolean merged, guint n_taken)
{
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_json_string (json, "curator", self->curator);
  tamis_json_string (json, "other_curator", self->other_curator);
  tamis_json_integer (json, "judged", self->n_ours);
  tamis_json_integer (json, "judged_by_other", self->n_theirs);
  tamis_json_integer (json, "judged_by_both", self->n_both);
  tamis_json_integer (json, "agreed", self->n_agree);
  tamis_json_number (json, "kappa", self->has_kappa ? self->kappa : NAN);
  tamis_json_object (json, "table");
  for (int ours = 0; ours < TAMIS_N_ANSWERS; ours++)
    {
      tamis_json_object (json, names[ours]);
      for (int theirs = 0; theirs < TAMIS_N_ANSWERS; theirs++)
        tamis_json_integer (json, names[theirs], self->table[ours][theirs]);
      tamis_json_end (json);
    }
  tamis_json_end (json);
  tamis_json_array (json, "disagreements");
  for (guint i = 0; i < self->n_disagreements; i++)
    {
      const TamisDisagreement *item = &self->disagreements[i];

      tamis_json_object (json, NULL);
      tamis_json_path (json, "a", tamis_dataset_get_path (self->dataset, item->a));
      tamis_json_path (json, "b", tamis_dataset_get_path (self->dataset, item->b));
      tamis_json_string (json, "verdict", names[item->ours]);
      tamis_json_string (json, "other_verdict", names[item->theirs]);
      tamis_json_end (json);
    }
  tamis_json_end (json);
  if (merged)
    tamis_json_integer (json, "taken", n_taken);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

static void
print_table (const TamisAgreement *self)
{
  printf ("\n%-16s", "");
  for (int theirs = 0; theirs < TAMIS_N_ANSWERS; theirs++)
    printf ("%16s", words[theirs]);
  puts ("   (the other)");
  for (int ours = 0; ours < TAMIS_N_ANSWERS; ours++)
    {
      printf ("%-16s", words[ours]);
      for (int theirs = 0; theirs < TAMIS_N_ANSWERS; theirs++)
        printf ("%16" G_GUINT64_FORMAT, self->table[ours][theirs]);
      putchar ('\n');
    }
}

static void
print_disagreements (const TamisAgreement *self)
{
  guint n = MIN (self->n_disagreements, DISAGREEMENTS_SHOWN);

  if (n > 0)
    puts ("\nNot agreed on:");
  for (guint i = 0; i < n; i++)
    {
      const TamisDisagreement *item = &self->disagreements[i];
      g_autofree char *a = tamis_path_escape (tamis_dataset_get_path (self->dataset, item->a));
      g_autofree char *b = tamis_path_escape (tamis_dataset_get_path (self->dataset, item->b));

      printf ("  %s, %s: %s; %s\n", a, b, words[item->ours], words[item->theirs]);
    }
  if (n < self->n_disagreements)
    puts ("  ... --json lists them all");
}

static void
print_words (const TamisAgreement *self, gboolean merged, guint n_taken)
{
  printf ("%s judged %u pairs, %s %u; both judged %u and agree on %u\n",
          self->curator != NULL ? self->curator : "The first", self->n_ours,
          self->other_curator != NULL ? self->other_curator : "the other", self->n_theirs,
          self->n_both, self->n_agree);
  if (self->has_kappa)
    printf ("Cohen's kappa: %.3f\n", self->kappa);
  else
    puts ("Cohen's kappa: none, there is nothing to tell agreement from chance by");
  if (self->n_both > 0)
    print_table (self);
  print_disagreements (self);
  if (merged)
    printf ("\nTook over %u decisions\n", n_taken);
}

gboolean
tamis_verb_merge (TamisCli *cli, GError **error)
{
  g_autoptr (TamisProject) project = NULL, other = NULL;
  g_autoptr (TamisAgreement) agreement = NULL;
  gboolean into = FALSE;
  guint n_taken = 0;
  const GOptionEntry entries[] = {
    { "into", 0, 0, G_OPTION_ARG_NONE, &into,
      "Take what only the other decided into PROJECT, as one step that can be undone", NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!tamis_cli_parse (cli, entries, error))
    return FALSE;
  project = into ? tamis_project_open (cli->location, NULL, error)
                 : tamis_project_open_read_only (cli->location, error);
  if (project == NULL)
    return FALSE;
  other = tamis_project_open_read_only (cli->other, error);
  if (other == NULL)
    return FALSE;
  agreement = tamis_project_compare (project, other, NULL, cli->cancel, error);
  if (agreement == NULL
      || (into && !tamis_project_merge (project, other, &n_taken, cli->cancel, error)))
    return FALSE;
  if (cli->json)
    print_json (agreement, into, n_taken);
  else
    print_words (agreement, into, n_taken);
  return TRUE;
}
