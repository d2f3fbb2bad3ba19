/* act: a process that is killed at a random moment, again and again, loses nothing.
 *
 * Each round draws a data set and lets children apply and undo its manifest, each killed after a
 * random time. Then one child is let finish: after undo the tree must be what it was, byte for byte,
 * with permissions and times of files and folders; after apply every image must be in exactly one
 * place. Children only: the parent never starts threads, so that it may fork.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tree.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 100

typedef struct
{
  char *folder;
  char *root;
  char *manifest;
  char *quarantine;
  double milliseconds; /* a whole run takes about so long */
} Case;

/* In the child: a verb to its end. The exit status is 0 if nothing was refused. */
static int
run_verb (const Case *self, gboolean apply)
{
  g_autoptr (TamisManifest) manifest = NULL;
  g_autoptr (TamisActReport) report = NULL;
  g_autoptr (GError) error = NULL;
  TamisActParams params = { .root = self->root, .quarantine = self->quarantine };
  gboolean done;

  tamis_init (2);
  manifest = tamis_manifest_open (self->manifest, &error);
  done = manifest != NULL
         && (apply ? tamis_manifest_apply (manifest, &params, &report, NULL, NULL, &error)
                   : tamis_manifest_undo (manifest, &params, &report, NULL, NULL, &error));
  if (!done)
    g_printerr ("# %s\n", error->message);
  else if (tamis_act_report_get_n_refused (report) > 0)
    for (guint i = 0; i < TREE_REMOVALS; i++)
      if (tamis_act_report_get (report, i).refusal != TAMIS_REFUSAL_NONE)
        g_printerr ("# %u: %s\n", i,
                    tamis_refusal_to_string (tamis_act_report_get (report, i).refusal));
  return done && tamis_act_report_get_n_refused (report) == 0 ? 0 : 1;
}

/* @delay: microseconds until it is killed; negative: it is let finish. Returns its wait status. */
static int
spawn (const Case *self, gboolean apply, gint64 delay)
{
  int status;
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    _exit (run_verb (self, apply));
  if (delay >= 0)
    {
      g_usleep ((gulong) delay);
      kill (child, SIGKILL);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  return status;
}

static void
finish (const Case *self, gboolean apply)
{
  int status = spawn (self, apply, -1);

  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

/* Where image @i is: one bit for its place, one for the quarantine. */
static guint
find_image (const Case *self, TamisManifest *manifest, guint i)
{
  g_autofree char *id = g_strndup (tamis_manifest_get_id (manifest), 16);
  const char *path = tamis_manifest_get (manifest, i).path;
  g_autofree char *place = g_build_filename (self->root, path, NULL);
  g_autofree char *away = g_build_filename (self->quarantine, id, path, NULL);

  return g_file_test (place, G_FILE_TEST_EXISTS) | g_file_test (away, G_FILE_TEST_EXISTS) << 1;
}

static void
one_round (Case *self, TamisRandom *random, guint *n_killed)
{
  g_autoptr (TamisManifest) manifest = tamis_manifest_open (self->manifest, NULL);
  g_autofree char *before = tree_describe_all (self->root);
  g_autofree char *after = NULL;
  guint n_kills = 1 + (guint) tamis_random_below (random, 4);

  for (guint k = 0; k < n_kills; k++)
    {
      gboolean apply = k == 0 || tamis_random_below (random, 3) != 0;
      gint64 delay = (gint64) (tamis_random_uniform (random) * self->milliseconds * 1000);

      *n_killed += WIFSIGNALED (spawn (self, apply, delay));
      for (guint i = 0; i < TREE_REMOVALS; i++)
        g_assert_cmpuint (find_image (self, manifest, i), >, 0);
    }
  if (tamis_random_below (random, 2) != 0)
    {
      finish (self, TRUE);
      for (guint i = 0; i < TREE_REMOVALS; i++)
        g_assert_cmpuint (find_image (self, manifest, i), ==, 2);
    }
  finish (self, FALSE);
  for (guint i = 0; i < TREE_REMOVALS; i++)
    g_assert_cmpuint (find_image (self, manifest, i), ==, 1);
  after = tree_describe_all (self->root);
  tree_assert_same (after, before);
}

/* How long a child takes here, from fork to its end. */
static void
calibrate (Case *self)
{
  gint64 begun = g_get_monotonic_time ();

  finish (self, TRUE);
  finish (self, FALSE);
  self->milliseconds = (g_get_monotonic_time () - begun) / 2000.0;
}

static void
run_rounds (const char *base)
{
  g_autofree char *folder = g_dir_make_tmp ("tamis-kill-XXXXXX", NULL);
  g_autofree char *other = g_strdup_printf ("%s/tamis-kill-%d", base, (int) getpid ());
  Case self = { folder, g_build_filename (folder, "set", NULL),
                g_build_filename (folder, "manifest.json", NULL),
                g_build_filename (strcmp (base, "/tmp") == 0 ? folder : other, "quarantine", NULL), 0 };
  guint n_killed = 0;
  TamisRandom random;

  tamis_random_init (&random, 4);
  tree_make (self.root, 1);
  tree_write_manifest (self.root, self.manifest);
  calibrate (&self);
  for (guint round = 0; round < ROUNDS; round++)
    one_round (&self, &random, &n_killed);
  g_test_message ("%u of %u rounds, %.1f ms a run, %u children killed at work", ROUNDS, ROUNDS,
                  self.milliseconds, n_killed);
  /* Else nothing was tested. */
  g_assert_cmpuint (n_killed, >, ROUNDS / 4);
  tree_remove (folder);
  tree_remove (other);
  g_free (self.root);
  g_free (self.manifest);
  g_free (self.quarantine);
}

static void
test_one_file_system (void)
{
  run_rounds ("/tmp");
}

static void
test_two_file_systems (void)
{
  struct stat here, there;

  if (stat (g_get_tmp_dir (), &here) != 0 || stat ("/dev/shm", &there) != 0
      || here.st_dev == there.st_dev || access ("/dev/shm", W_OK) != 0)
    {
      g_test_skip ("there is no second file system to write to");
      return;
    }
  run_rounds ("/dev/shm");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/act/kill/one-file-system", test_one_file_system);
  g_test_add_func ("/act/kill/two-file-systems", test_two_file_systems);
  return g_test_run ();
}
