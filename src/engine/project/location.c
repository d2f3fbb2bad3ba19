/* Where the data set of a project lies, also after both were moved together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <stdlib.h>
#include <string.h>

#define RELATIVE "location-relative"
#define ABSOLUTE "location"

/* The real name if there is such a file, else made absolute. */
static char *
resolve (const char *path)
{
  char *real = realpath (path, NULL);
  char *copy = real != NULL ? g_strdup (real) : g_canonicalize_filename (path, NULL);

  free (real);
  return copy;
}

/* "../../b" for @to = /x/b and @folder = /x/a/c. Both absolute. */
static char *
make_relative (const char *to, const char *folder)
{
  GString *result = g_string_new (NULL);
  gsize common = 0, i = 0;

  for (; to[i] != '\0' && to[i] == folder[i]; i++)
    if (to[i] == '/')
      common = i + 1;
  if ((to[i] == '\0' || to[i] == '/') && (folder[i] == '\0' || folder[i] == '/'))
    common = i + (to[i] == '/');
  for (const char *c = folder + MIN (common, strlen (folder)); *c != '\0'; c++)
    if (*c != '/' && (c == folder || c[-1] == '/'))
      g_string_append (result, "../");
  g_string_append (result, to + MIN (common, strlen (to)));
  if (result->len == 0)
    g_string_append_c (result, '.');
  return g_string_free (result, FALSE);
}

void
_tamis_location_set (TamisSettings *settings, const char *project, const char *location)
{
  g_autofree char *place = g_path_get_dirname (project);
  g_autofree char *folder = resolve (place);
  g_autofree char *absolute = resolve (location);
  g_autofree char *relative = make_relative (absolute, folder);

  _tamis_settings_set (settings, RELATIVE, relative);
  _tamis_settings_set (settings, ABSOLUTE, absolute);
}

char *
_tamis_location_find (TamisSettings *settings, const char *project)
{
  g_autofree char *folder = g_path_get_dirname (project);
  g_autofree char *relative = _tamis_settings_dup (settings, RELATIVE);
  g_autofree char *absolute = _tamis_settings_dup (settings, ABSOLUTE);

  if (relative != NULL)
    {
      g_autofree char *joined = g_build_filename (folder, relative, NULL);

      if (g_file_test (joined, G_FILE_TEST_EXISTS))
        return resolve (joined);
    }
  return g_steal_pointer (&absolute);
}

char *
tamis_project_default_path (const char *location)
{
  g_autofree char *real = resolve (location);
  g_autofree char *base = g_path_get_basename (real);
  TamisDigest digest = tamis_digest_of (real, strlen (real));
  g_autofree char *digits = tamis_digest_to_string (&digest);
  g_autofree char *name = g_strdup_printf ("%.100s-%.16s.tamis", base, digits);

  return g_build_filename (g_get_user_data_dir (), "tamis", "projects", name, NULL);
}
