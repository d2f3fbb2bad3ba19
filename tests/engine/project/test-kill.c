/* project: killed at any moment it loses at most the last action, and goes on to the same end.
 *
 * This program runs itself as a child that encodes, joins and reviews, tells through its stdout what
 * it has done, and is killed (SIGKILL) at a random moment of a random phase. The file it leaves must
 * hold the decisions told, and one more at most; after some kills the work is finished and compared
 * with that of a run nobody disturbed. $TAMIS_TEST_KILLS is how often (200; 40 with a sanitizer).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"
#include "images.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define N 48
#define ACTIONS 100
#define KILLS_A_FILE 5
#define FLOOR 0.5

#if defined(__SANITIZE_ADDRESS__)
#define KILLS 40
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KILLS 40
#endif
#endif
#ifndef KILLS
#define KILLS 200
#endif

typedef enum {
  OPENING,
  ENCODING,
  JOINING,
  REVIEWING,
  N_PHASES,
} Phase;

typedef struct
{
  gint32 phase;
  gint32 n_done; /* actions */
} Message;

/* What a run has in the end. */
typedef struct
{
  TamisDataset *dataset;
  TamisLatents *latents;
  TamisPairs *pairs;
  TamisJournal *journal;
} Work;

static void
work_clear (Work *self)
{
  g_clear_pointer (&self->journal, tamis_journal_free);
  g_clear_pointer (&self->pairs, tamis_pairs_unref);
  g_clear_pointer (&self->latents, tamis_latents_unref);
  g_clear_pointer (&self->dataset, tamis_dataset_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

/* The @i-th action; each is one step, whatever the state. */
static void
act (TamisJournal *journal, guint n_rows, guint i)
{
  TamisVerdicts *verdicts = tamis_journal_get_verdicts (journal);
  TamisRandom random;
  guint a, b, choice;

  tamis_random_init (&random, i);
  choice = (guint) tamis_random_below (&random, 8);
  a = (guint) tamis_random_below (&random, n_rows);
  b = (a + 1 + (guint) tamis_random_below (&random, n_rows - 1)) % n_rows;
  if (choice == 0 && tamis_journal_get_n_undo (journal) > 0)
    tamis_journal_undo (journal);
  else if (choice == 1 && tamis_journal_get_n_redo (journal) > 0)
    tamis_journal_redo (journal);
  else if (choice == 2)
    tamis_journal_set_mark (journal, a, (tamis_verdicts_get_mark (verdicts, a) + 1) % 3);
  else if (choice == 3)
    tamis_journal_set_split (journal, "test",
                             !tamis_verdicts_is_split_protected (verdicts, "test"));
  else if (choice == 4) /* a step of several decisions */
    {
      tamis_journal_begin (journal);
      for (guint k = 1; k < n_rows; k++)
        tamis_journal_set_mark (journal, (a + k) % n_rows,
                                (tamis_verdicts_get_mark (verdicts, (a + k) % n_rows) + 1) % 3);
      tamis_journal_end (journal);
    }
  else
    tamis_journal_set_pair (journal, a, b, (tamis_verdicts_get (verdicts, a, b) + 1) % 5);
}

static guint
count_steps (TamisProject *project)
{
  gint64 n;

  g_assert_true (_tamis_sql_get_integer (_tamis_store_lock (project->store),
                                         "SELECT COUNT (*) FROM steps", &n, NULL));
  _tamis_store_unlock (project->store);
  return (guint) n;
}

static TamisProject *
open_project (const char *file, const char *folder)
{
  g_autoptr (GError) error = NULL;
  TamisProject *project = tamis_project_open (file, folder, &error);

  g_assert_no_error (error);
  project->join_batch = 1;
  return project;
}

/* ---- the child ---- */

static void
tell (Phase phase, guint n_done)
{
  Message message = { (gint32) phase, (gint32) n_done };

  g_assert_cmpint (write (STDOUT_FILENO, &message, sizeof message), ==, sizeof message);
}

static void
nothing (Phase phase, guint n_done)
{
}

/* From wherever the file is to the end. */
static void
work (const char *file, const char *folder, TamisModel *model, Work *self,
      void (*report) (Phase phase, guint n_done))
{
  g_autoptr (TamisProject) project = NULL;
  g_autoptr (TamisDataset) found = NULL;
  TamisJoinParams params = { FLOOR, TAMIS_SCOPE_CLASS, 0 };
  g_autoptr (GError) error = NULL;

  report (OPENING, 0);
  project = open_project (file, folder);
  found = images_open (folder);
  report (ENCODING, 0);
  self->latents = tamis_project_encode (project, found, model, NULL, NULL, NULL, &self->dataset, NULL,
                                        &error);
  g_assert_no_error (error);
  report (JOINING, 0);
  self->pairs = tamis_project_join (project, self->dataset, self->latents, model, &params, NULL,
                                    NULL, &error);
  g_assert_no_error (error);
  self->journal = tamis_journal_load (project, self->dataset, NULL, &error);
  g_assert_no_error (error);
  for (guint i = count_steps (project); i < ACTIONS; i++)
    {
      report (REVIEWING, i);
      act (self->journal, tamis_dataset_get_n_images (self->dataset), i);
      g_assert_true (tamis_project_flush (project, NULL, NULL));
    }
  report (REVIEWING, ACTIONS);
}

static int
be_child (const char *file, const char *folder)
{
  g_autoptr (TamisModel) model = NULL;
  g_auto (Work) result = { NULL };

  tamis_init (2);
  model = tamis_model_open ("whitened", NULL);
  work (file, folder, model, &result, tell);
  return 0;
}

/* ---- the parent ---- */

typedef struct
{
  char *folder;
  char *set;
  char *file;
  TamisModel *model;
  Work expected;
  char *states[ACTIONS + 1];
  guint hits[N_PHASES];
  TamisRandom random;
} Parent;

/* Nobody disturbs: no project at all. */
static void
run_undisturbed (Parent *self)
{
  g_autoptr (TamisDataset) found = images_open (self->set);
  TamisJoinParams params = { FLOOR, TAMIS_SCOPE_CLASS, 0 };
  Work *work_done = &self->expected;
  guint n;

  work_done->latents = tamis_encode_run (found, self->model, NULL, NULL, NULL, &work_done->dataset,
                                         NULL, NULL);
  work_done->pairs = tamis_join_run (work_done->dataset, work_done->latents, &params, NULL, NULL,
                                     NULL);
  work_done->journal = tamis_journal_new (work_done->dataset);
  n = tamis_dataset_get_n_images (work_done->dataset);
  g_assert_cmpuint (tamis_pairs_get_n (work_done->pairs), >, N / 2);
  for (guint i = 0; i <= ACTIONS; i++)
    {
      self->states[i] = verdicts_describe (tamis_journal_get_verdicts (work_done->journal), n);
      if (i < ACTIONS)
        act (work_done->journal, n, i);
    }
}

static GPid
start_child (Parent *self, int *from_child)
{
  const char *const argv[] = { "/proc/self/exe", "--child", self->file, self->set, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                            &pid, NULL, from_child, NULL, &error);
  g_assert_no_error (error);
  return pid;
}

static gboolean
next_message (int fd, Message *message)
{
  gssize n;

  do
    n = read (fd, message, sizeof *message);
  while (n < 0 && errno == EINTR);
  return n == sizeof *message;
}

/* The phase that fewest died in: short ones are missed more often than they are hit. */
static Phase
find_rarest (const Parent *self)
{
  Phase rarest = OPENING;

  for (guint phase = 1; phase < N_PHASES; phase++)
    if (self->hits[phase] < self->hits[rarest])
      rarest = (Phase) phase;
  return rarest;
}

/* Lets a child work until a moment in a phase, kills it, returns how many actions it told. */
static guint
kill_one (Parent *self)
{
  static const guint spans_us[N_PHASES] = { 4000, 40000, 8000, 60000 };
  Phase phase = find_rarest (self);
  Message message = { 0 }, next;
  int fd, status;
  GPid pid = start_child (self, &fd);

  while (next_message (fd, &message) && message.phase < (int) phase)
    ;
  g_usleep (tamis_random_below (&self->random, spans_us[phase]));
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  while (next_message (fd, &next))
    message = next;
  close (fd);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  /* It may have been done; it must not have failed. */
  g_assert_true (WIFSIGNALED (status) ? WTERMSIG (status) == SIGKILL : WEXITSTATUS (status) == 0);
  self->hits[message.phase]++;
  return message.phase == REVIEWING ? (guint) message.n_done : 0;
}

/* @told: actions that are known to have been flushed. */
static void
check (Parent *self, guint told)
{
  g_autoptr (TamisProject) project = open_project (self->file, self->set);
  g_autoptr (TamisJournal) journal = NULL;
  g_autofree char *state = NULL;
  guint n = count_steps (project);

  g_assert_cmpuint (n, >=, told);
  if (told > 0)
    g_assert_cmpuint (n, <=, told + 1);
  journal = tamis_journal_load (project, self->expected.dataset, NULL, NULL);
  state = verdicts_describe (tamis_journal_get_verdicts (journal),
                             tamis_dataset_get_n_images (self->expected.dataset));
  g_assert_cmpstr (state, ==, self->states[n]);
}

static void
assert_same_plan (const Work *a, const Work *b)
{
  TamisPlanParams p = TAMIS_PLAN_PARAMS_INIT, q = TAMIS_PLAN_PARAMS_INIT;
  g_autoptr (TamisPlan) first = NULL, second = NULL;

  p.verdicts = tamis_journal_get_verdicts (a->journal);
  q.verdicts = tamis_journal_get_verdicts (b->journal);
  first = tamis_plan_new (a->dataset, a->pairs, &p, NULL);
  second = tamis_plan_new (b->dataset, b->pairs, &q, NULL);
  g_assert_cmpuint (tamis_plan_get_n_removed (first), ==, tamis_plan_get_n_removed (second));
  for (guint i = 0; i < tamis_plan_get_n_removed (first); i++)
    {
      TamisRemoval x = tamis_plan_get_removal (first, i), y = tamis_plan_get_removal (second, i);

      g_assert_cmpuint (x.removed, ==, y.removed);
      g_assert_cmpuint (x.witness, ==, y.witness);
      g_assert_cmpfloat (x.similarity, ==, y.similarity);
    }
}

static void
finish (Parent *self)
{
  const Work *expected = &self->expected;
  g_auto (Work) done = { NULL };
  g_autofree char *state = NULL;
  guint n = tamis_latents_get_n (expected->latents);
  gsize bytes = n * tamis_latents_get_dimension (expected->latents) * sizeof (float);

  work (self->file, self->set, self->model, &done, nothing);
  g_assert_cmpuint (tamis_latents_get_n (done.latents), ==, n);
  g_assert_cmpmem (tamis_latents_get_values (done.latents), bytes,
                   tamis_latents_get_values (expected->latents), bytes);
  for (guint row = 0; row < n; row++)
    {
      const guint32 *p, *q;
      const double *s, *t;
      guint degree = tamis_pairs_get_row (done.pairs, row, &p, &s);

      g_assert_cmpuint (degree, ==, tamis_pairs_get_row (expected->pairs, row, &q, &t));
      g_assert_cmpmem (p, degree * sizeof *p, q, degree * sizeof *q);
      g_assert_cmpmem (s, degree * sizeof *s, t, degree * sizeof *t);
    }
  state = verdicts_describe (tamis_journal_get_verdicts (done.journal), n);
  g_assert_cmpstr (state, ==, self->states[ACTIONS]);
  g_assert_cmpuint (tamis_journal_get_n_undo (done.journal), ==,
                    tamis_journal_get_n_undo (expected->journal));
  assert_same_plan (&done, expected);
}

static void
test_kill (void)
{
  const char *wanted = g_getenv ("TAMIS_TEST_KILLS");
  guint kills = wanted != NULL ? (guint) g_ascii_strtoull (wanted, NULL, 10) : KILLS;
  Parent self = { .folder = images_make_folder ("kill") };

  self.set = g_build_filename (self.folder, "set", NULL);
  images_make (self.set, N);
  self.model = tamis_model_open ("whitened", NULL);
  tamis_random_init (&self.random, (guint64) g_test_rand_int ());
  run_undisturbed (&self);
  for (guint i = 0; i < kills; i++)
    {
      if (i % KILLS_A_FILE == 0)
        {
          g_free (self.file);
          self.file = g_strdup_printf ("%s/%u.tamis", self.folder, i);
        }
      check (&self, kill_one (&self));
      if (i % KILLS_A_FILE == KILLS_A_FILE - 1)
        finish (&self);
    }
  g_test_message ("killed while opening %u, encoding %u, joining %u, reviewing %u times",
                  self.hits[OPENING], self.hits[ENCODING], self.hits[JOINING],
                  self.hits[REVIEWING]);
  for (guint phase = 0; phase < N_PHASES; phase++)
    g_assert_cmpuint (self.hits[phase], >=, kills / 20);
  for (guint i = 0; i <= ACTIONS; i++)
    g_free (self.states[i]);
  work_clear (&self.expected);
  tamis_model_unref (self.model);
  images_remove (self.folder);
  g_free (self.folder);
  g_free (self.set);
  g_free (self.file);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--child") == 0)
    return be_child (argv[2], argv[3]);
  /* It is the process that dies, not the disk: in memory a sync costs nothing. */
  if (access ("/dev/shm", W_OK) == 0)
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
  g_test_init (&argc, &argv, NULL);
  tamis_init (2);
  g_test_add_func ("/project/kill", test_kill);
  return g_test_run ();
}
