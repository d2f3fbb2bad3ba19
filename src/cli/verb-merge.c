/* merge: what two people decided about the same images, compared, and one's taken into the other's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli.h"

#include <math.h>
#include <stdio.h>

#define DISAGREEMENTS_SHOWN 50

static const char *const names[TAMIS_N_ANSWERS]
    = { "remove_a", "remove_b", "keep_both", "not_duplicates", "duplicates" };
static const char *const words[TAMIS_N_ANSWERS]
    = { "remove first", "remove second", "keep both", "not duplicates", "duplicates" };

/* ---- JSON ---- */

static void
print_agreed (TamisJson *json, const char *name, TamisAgreed agreed)
{
  tamis_json_object (json, name);
  tamis_json_integer (json, "decided_by_both", agreed.n);
  tamis_json_integer (json, "agreed", agreed.n_agree);
  tamis_json_end (json);
}

static void
print_takeover (TamisJson *json, const TamisTakeover *takeover)
{
  tamis_json_object (json, "only_other");
  tamis_json_integer (json, "pairs", takeover->pairs);
  tamis_json_integer (json, "labels", takeover->labels);
  tamis_json_integer (json, "marks", takeover->marks);
  tamis_json_integer (json, "folders", takeover->folders);
  tamis_json_integer (json, "splits", takeover->splits);
  tamis_json_end (json);
}

static void
print_disagreement (TamisJson *json, const TamisAgreement *self, const TamisDisagreement *item)
{
  tamis_json_object (json, NULL);
  tamis_json_path (json, "a", tamis_dataset_get_path (self->dataset, item->a));
  tamis_json_path (json, "b", tamis_dataset_get_path (self->dataset, item->b));
  tamis_json_string (json, "verdict", names[item->ours]);
  tamis_json_string (json, "other_verdict", names[item->theirs]);
  tamis_json_string (json, "state", item->settled ? "settled" : "open");
  tamis_json_end (json);
}

static void
print_json (const TamisAgreement *self, gboolean merged, guint n_taken)
{
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_json_string (json, "curator", self->curator);
  tamis_json_string (json, "other_curator", self->other_curator);
  tamis_json_integer (json, "images_of_both", self->n_shared);
  tamis_json_integer (json, "judged", self->n_ours);
  tamis_json_integer (json, "judged_by_other", self->n_theirs);
  tamis_json_integer (json, "judged_by_both", self->all.n);
  tamis_json_integer (json, "agreed", self->all.n_agree);
  tamis_json_number (json, "kappa", self->all.exists ? self->all.kappa : NAN);
  tamis_json_number (json, "kappa_low", self->all.exists ? self->all.low : NAN);
  tamis_json_number (json, "kappa_high", self->all.exists ? self->all.high : NAN);
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
    print_disagreement (json, self, &self->disagreements[i]);
  tamis_json_end (json);
  print_agreed (json, "labels", self->labels);
  print_agreed (json, "marks", self->marks);
  print_agreed (json, "folders", self->folders);
  print_takeover (json, &self->takeover);
  if (merged)
    tamis_json_integer (json, "taken", n_taken);
  tamis_json_end (json);
  fputs (tamis_json_text (json), stdout);
}

/* ---- text ---- */

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

      printf ("  %s, %s: %s; %s%s\n", a, b, words[item->ours], words[item->theirs],
              item->settled ? " (settled)" : "");
    }
  if (n < self->n_disagreements)
    puts ("  ... --json lists them all");
}

static void
print_others (const char *what, TamisAgreed agreed)
{
  if (agreed.n > 0)
    printf ("Both decided about %u %s and agree on %u\n", agreed.n, what, agreed.n_agree);
}

static void
print_words (const TamisAgreement *self, gboolean merged, guint n_taken)
{
  printf ("%s judged %u pairs, %s %u; both judged %u and agree on %u\n",
          self->curator != NULL ? self->curator : "The first", self->n_ours,
          self->other_curator != NULL ? self->other_curator : "the other", self->n_theirs,
          self->all.n, self->all.n_agree);
  if (self->all.exists)
    printf ("Cohen's kappa: %.3f (%.3f to %.3f with 95 %% confidence)\n", self->all.kappa,
            self->all.low, self->all.high);
  else
    puts ("Cohen's kappa: none, there is nothing to tell agreement from chance by");
  if (self->all.n > 0)
    print_table (self);
  print_disagreements (self);
  print_others ("labels", self->labels);
  print_others ("marks of images", self->marks);
  print_others ("folders", self->folders);
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
  other = tamis_project_open_other (project, cli->other, error);
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
