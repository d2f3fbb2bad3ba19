/* What the tests of the window share: waiting on the main loop, drawing waves, tidying up.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "tamis-resources.h"
#include "tamis-textures.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <tamis/tamis.h>

#define WAIT_SECONDS 120

/* Runs the main loop until @condition holds. */
#define WAIT_FOR(condition)                                                                         \
  G_STMT_START                                                                                      \
  {                                                                                                 \
    gint64 deadline = g_get_monotonic_time () + WAIT_SECONDS * G_USEC_PER_SEC;                      \
    while (!(condition))                                                                            \
      {                                                                                             \
        g_assert_cmpint (g_get_monotonic_time (), <, deadline);                                     \
        if (!g_main_context_iteration (NULL, FALSE))                                                \
          g_usleep (1000);                                                                          \
      }                                                                                             \
  }                                                                                                 \
  G_STMT_END

/* Lets timeouts, frames and idles happen. */
static inline void
settle (void)
{
  gint64 end = g_get_monotonic_time () + 300 * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* A scene of waves: six numbers @a make its pattern, @brighter is added to every value. */
static inline void
write_waves (const char *name, int width, int height, const double a[6], int brighter)
{
  g_autoptr (TamisImage) image = tamis_image_new (width, height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < 3; c++)
        {
          double u = x / (double) width, v = y / (double) height;
          double value = 128 + 55 * sin (a[c] * 2 * u + a[c + 3] * v) + 55 * cos (a[5 - c] * v * 3 + c);

          image->pixels[3 * (y * width + x) + c] = (guint8) CLAMP (value + brighter, 0, 255);
        }
  g_assert_true (tamis_image_save_png (image, name, NULL));
}

static inline void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

/* Projects of the tests are not the user's. First of all: GLib looks only once. */
static inline void
begin_with_own_data_home (void)
{
  g_autofree char *home = g_dir_make_tmp ("tamis-home-XXXXXX", NULL);

  g_setenv ("XDG_DATA_HOME", home, TRUE);
}

/* What an earlier test decided must not be there. */
static inline void
forget_projects (void)
{
  g_autofree char *projects = g_build_filename (g_get_user_data_dir (), "tamis", NULL);

  remove_tree (projects);
}

static inline void
end_data_home (void)
{
  remove_tree (g_get_user_data_dir ());
}

/* FALSE where there is no display: then the test has said that it is skipped. */
static inline gboolean
begin_ui_tests (int *argc, char ***argv)
{
  begin_with_own_data_home ();
  g_test_init (argc, argv, NULL);
  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL)
    {
      g_print ("1..0 # SKIP no display\n");
      return FALSE;
    }
  tamis_init (2);
  adw_init ();
  g_resources_register (tamis_get_resource ());
  return TRUE;
}

static inline int
run_ui_tests (void)
{
  int status = g_test_run ();

  tamis_textures_shutdown ();
  end_data_home ();
  return status;
}
