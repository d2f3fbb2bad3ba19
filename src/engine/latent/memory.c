/* How much memory there is, so that a job too large is refused before it starts.
 *
 * Linux says it in /proc/meminfo, and a container or a cluster job in its control group, whose
 * limit counts where it is lower: past it a process is killed, however much the machine has.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/latent/latents-private.h"

#include <string.h>

#define CGROUP "/sys/fs/cgroup/"

/* "Name:    123 kB" in /proc/meminfo, as bytes; G_MAXUINT64 if it is not there. */
static guint64
read_meminfo (const char *name)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return G_MAXUINT64;
  line = strstr (text, name);
  return line != NULL ? g_ascii_strtoull (line + strlen (name), NULL, 10) * 1024 : G_MAXUINT64;
}

/* A file of one number; "max" and a missing file mean no limit. */
static guint64
read_cgroup (const char *path)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL) || !g_ascii_isdigit (text[0]))
    return G_MAXUINT64;
  return g_ascii_strtoull (text, NULL, 10);
}

guint64
_tamis_memory_get_total (void)
{
  return MIN (read_meminfo ("MemTotal:"), read_cgroup (CGROUP "memory.max"));
}

guint64
_tamis_memory_get_available (void)
{
  guint64 limit = read_cgroup (CGROUP "memory.max");
  guint64 used = read_cgroup (CGROUP "memory.current");
  guint64 machine = read_meminfo ("MemAvailable:");

  if (limit == G_MAXUINT64 || used == G_MAXUINT64)
    return machine;
  return MIN (machine, limit > used ? limit - used : 0);
}
