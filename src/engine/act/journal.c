/* The journal of a removal: what is about to happen, and what has happened.
 *
 * FORMAT: a JSON object a line, appended and never changed
 *   {"format":"tamis-journal","version":1,"manifest":ID}       the first line
 *   {"run":"apply"|"undo","root":PATH,"time":T}                a run begins
 *   {"folder":PATH,"mode":M,"mtime":S,"ns":N}                  the first image is to leave it
 *   {"leave":I,"trash":0|1,"mode":M,"mtime":S,"ns":N,"path":P} removal I of the manifest is to go
 *   {"away":I}  {"return":I}  {"back":I}                       it has gone, is to come back, is back
 *   {"settled":PATH}                                           the folder has its old time again
 * Paths as tamis_path_escape() writes them; modes are decimal; times are seconds and nanoseconds.
 *
 * DESIGN: "leave", "return" and "folder" are synced before the step they announce, "away" and "back"
 * some time after it. So a line without its end, which a crash may leave, was never acted upon, and
 * is cut off when the next run begins. And the journal never has to say where a file is: that is
 * looked up. It tells a copy that was under way from a file somebody put there, an image that was
 * brought back from one that never left, and what permissions and times things had.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/act/act-private.h"

#include "engine/export/json-read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define VERSION 1

static void
folder_free (gpointer data)
{
  TamisTraceFolder *folder = data;

  g_free (folder->path);
  g_free (folder);
}

/* ---- reading ---- */

/* All members that a line may have; those it has not stay as they are made here. */
typedef struct
{
  char *format, *manifest, *run, *root, *folder, *settled, *path;
  gint64 version, leave, away, come_back, back, trash, mode, seconds, nanoseconds;
} Line;
#define LINE_INIT { .version = -1, .leave = -1, .away = -1, .come_back = -1, .back = -1 }

static void
line_clear (Line *line)
{
  g_free (line->format);
  g_free (line->manifest);
  g_free (line->run);
  g_free (line->root);
  g_free (line->folder);
  g_free (line->settled);
  g_free (line->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

static void
read_member (TamisJsonReader *reader, const char *key, Line *line)
{
  const struct
  {
    const char *key;
    char **text;
    gint64 *number;
  } members[] = {
    { "format", &line->format, NULL },      { "version", NULL, &line->version },
    { "manifest", &line->manifest, NULL },  { "run", &line->run, NULL },
    { "root", &line->root, NULL },          { "folder", &line->folder, NULL },
    { "settled", &line->settled, NULL },    { "leave", NULL, &line->leave },
    { "away", NULL, &line->away },          { "return", NULL, &line->come_back },
    { "back", NULL, &line->back },          { "trash", NULL, &line->trash },
    { "mode", NULL, &line->mode },          { "mtime", NULL, &line->seconds },
    { "ns", NULL, &line->nanoseconds },     { "path", &line->path, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (strcmp (key, members[i].key) == 0)
      {
        if (members[i].number != NULL)
          _tamis_json_integer (reader, members[i].number);
        else
          {
            g_free (*members[i].text);
            *members[i].text = _tamis_json_string (reader);
          }
        return;
      }
  _tamis_json_skip (reader);
}

static void
trace_folder (TamisActJournal *self, const Line *line)
{
  TamisTraceFolder *folder = g_new0 (TamisTraceFolder, 1);

  folder->path = tamis_path_unescape (line->folder);
  folder->mode = (mode_t) line->mode & 07777;
  folder->modified = (struct timespec){ line->seconds, line->nanoseconds };
  g_hash_table_replace (self->folders, folder->path, folder);
}

/* Removal @i is of this manifest, or the line is wrong. */
static gboolean
trace_step (TamisActJournal *self, TamisJsonReader *reader, gint64 i, TamisTraceKind kind)
{
  if (i < 0 || i >= tamis_manifest_get_n (self->manifest))
    return _tamis_json_fail (reader, "there is no removal of this number");
  self->traces[i].kind = kind;
  return TRUE;
}

static void
apply_line (TamisActJournal *self, TamisJsonReader *reader, const Line *line)
{
  if (line->root != NULL)
    g_ptr_array_add (self->roots, tamis_path_unescape (line->root));
  if (line->folder != NULL)
    trace_folder (self, line);
  if (line->settled != NULL)
    {
      g_autofree char *path = tamis_path_unescape (line->settled);
      TamisTraceFolder *folder = g_hash_table_lookup (self->folders, path);

      if (folder != NULL)
        folder->settled = TRUE;
    }
  if (line->leave != -1 && trace_step (self, reader, line->leave, TAMIS_TRACE_LEAVING))
    {
      TamisTrace *trace = &self->traces[line->leave];

      trace->trash = line->trash != 0;
      trace->mode = (mode_t) line->mode & 07777;
      trace->modified = (struct timespec){ line->seconds, line->nanoseconds };
    }
  if (line->away != -1)
    trace_step (self, reader, line->away, TAMIS_TRACE_AWAY);
  if (line->come_back != -1)
    trace_step (self, reader, line->come_back, TAMIS_TRACE_RETURNING);
  if (line->back != -1)
    trace_step (self, reader, line->back, TAMIS_TRACE_BACK);
}

static gboolean
check_header (TamisActJournal *self, TamisJsonReader *reader, const Line *line)
{
  if (g_strcmp0 (line->format, "tamis-journal") != 0 || line->version < 1)
    return _tamis_json_fail (reader, "this is not a journal of a removal");
  if (line->version > VERSION)
    return _tamis_json_fail (reader, "it was written by a newer Tamis (version %" G_GINT64_FORMAT ")",
                             line->version);
  return g_strcmp0 (line->manifest, tamis_manifest_get_id (self->manifest)) == 0
         || _tamis_json_fail (reader, "it belongs to another manifest");
}

static gboolean
read_line (TamisActJournal *self, TamisJsonReader *reader, const char *text, gsize length)
{
  g_auto (TamisJsonReader) inner = { 0 };
  g_auto (Line) line = LINE_INIT;
  gboolean first = TRUE;

  _tamis_json_reader_init (&inner, text, length);
  _tamis_json_enter (&inner, '{');
  while (_tamis_json_next (&inner, '}', &first))
    {
      g_autofree char *key = _tamis_json_key (&inner);

      if (key != NULL)
        read_member (&inner, key, &line);
    }
  if (!_tamis_json_finish (&inner))
    return _tamis_json_fail (reader, "it is damaged");
  if (reader->line == 1)
    return check_header (self, reader, &line);
  apply_line (self, reader, &line);
  return reader->problem == NULL;
}

static gboolean
read_lines (TamisActJournal *self, TamisJsonReader *reader, const char *text, gsize length)
{
  const char *at = text, *end;

  for (; (end = memchr (at, '\n', length - (gsize) (at - text))) != NULL; at = end + 1)
    {
      if (!read_line (self, reader, at, (gsize) (end - at)))
        return FALSE;
      reader->line++;
    }
  self->length = (guint64) (at - text);
  return TRUE;
}

TamisActJournal *
_tamis_act_journal_open (TamisManifest *manifest, const char *path, GError **error)
{
  g_autoptr (TamisActJournal) self = g_new0 (TamisActJournal, 1);
  g_auto (TamisJsonReader) reader = { .line = 1 };
  g_autofree char *text = NULL;
  g_autoptr (GError) inner = NULL;
  gsize length = 0;

  self->manifest = manifest;
  self->path = g_strdup (path);
  self->fd = -1;
  self->traces = g_new0 (TamisTrace, tamis_manifest_get_n (manifest) + 1);
  self->folders = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, folder_free);
  self->roots = g_ptr_array_new_with_free_func (g_free);
  self->unwritten = g_string_new (NULL);
  if (!g_file_get_contents (path, &text, &length, &inner)
      && !g_error_matches (inner, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return NULL;
    }
  if (text == NULL || read_lines (self, &reader, text, length))
    return g_steal_pointer (&self);
  g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_JOURNAL,
               "Cannot use the journal %s: %s", path, reader.problem);
  return NULL;
}

void
_tamis_act_journal_free (TamisActJournal *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self->traces);
  g_hash_table_unref (self->folders);
  g_ptr_array_unref (self->roots);
  g_string_free (self->unwritten, TRUE);
  g_free (self);
}

gboolean
_tamis_act_journal_has_steps (const TamisActJournal *self)
{
  guint n = tamis_manifest_get_n (self->manifest);

  for (guint i = 0; i < n; i++)
    if (self->traces[i].kind != TAMIS_TRACE_NONE)
      return TRUE;
  return FALSE;
}

/* ---- writing ---- */

static void
put_text (TamisActJournal *self, const char *key, const char *bytes)
{
  g_autofree char *text = tamis_path_escape (bytes);

  g_string_append_printf (self->unwritten, "\"%s\":\"", key);
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (self->unwritten, '\\');
      g_string_append_c (self->unwritten, *p);
    }
  g_string_append_c (self->unwritten, '"');
}

static void
put_status (TamisActJournal *self, const struct stat *status)
{
  g_string_append_printf (self->unwritten, ",\"mode\":%u,\"mtime\":%" G_GINT64_FORMAT ",\"ns\":%ld",
                          (guint) status->st_mode & 07777, (gint64) status->st_mtim.tv_sec,
                          (long) status->st_mtim.tv_nsec);
}

void
_tamis_act_journal_note (TamisActJournal *self, guint i, TamisTraceKind kind)
{
  static const char *const words[] = { "", "leave", "away", "return", "back" };

  g_string_append_printf (self->unwritten, "{\"%s\":%u}\n", words[kind], i);
  self->traces[i].kind = kind;
}

void
_tamis_act_journal_note_leaving (TamisActJournal *self, guint i, gboolean trash,
                             const struct stat *status)
{
  TamisTrace *trace = &self->traces[i];

  g_string_append_printf (self->unwritten, "{\"leave\":%u,\"trash\":%d", i, trash);
  put_status (self, status);
  g_string_append_c (self->unwritten, ',');
  put_text (self, "path", tamis_manifest_get (self->manifest, i).path);
  g_string_append (self->unwritten, "}\n");
  *trace = (TamisTrace){ TAMIS_TRACE_LEAVING, trash, status->st_mode & 07777, status->st_mtim };
}

void
_tamis_act_journal_note_folder (TamisActJournal *self, const char *path, const struct stat *status)
{
  TamisTraceFolder *folder = g_hash_table_lookup (self->folders, path);

  if (folder != NULL && !folder->settled)
    return;
  g_string_append_c (self->unwritten, '{');
  put_text (self, "folder", path);
  put_status (self, status);
  g_string_append (self->unwritten, "}\n");
  folder = g_new0 (TamisTraceFolder, 1);
  folder->path = g_strdup (path);
  folder->mode = status->st_mode & 07777;
  folder->modified = status->st_mtim;
  g_hash_table_replace (self->folders, folder->path, folder);
}

void
_tamis_act_journal_note_settled (TamisActJournal *self, TamisTraceFolder *folder)
{
  g_string_append_c (self->unwritten, '{');
  put_text (self, "settled", folder->path);
  g_string_append (self->unwritten, "}\n");
  folder->settled = TRUE;
}

/* Once only: what was half written must not be written again. */
static gboolean
fail_to_write (TamisActJournal *self, GError **error)
{
  self->failed = TRUE;
  g_set_error (error, TAMIS_ACT_ERROR, TAMIS_ACT_ERROR_JOURNAL,
               "Cannot write the journal %s: %s", self->path, g_strerror (errno));
  return FALSE;
}

gboolean
_tamis_act_journal_sync (TamisActJournal *self, GError **error)
{
  const char *at = self->unwritten->str;
  gsize left = self->unwritten->len;

  if (self->failed)
    return FALSE;
  while (left > 0)
    {
      gssize done = write (self->fd, at, left);

      if (done < 0 && errno != EINTR)
        return fail_to_write (self, error);
      if (done > 0)
        {
          at += done;
          left -= (gsize) done;
        }
    }
  g_string_truncate (self->unwritten, 0);
  return fdatasync (self->fd) == 0 || fail_to_write (self, error);
}

gboolean
_tamis_act_journal_begin (TamisActJournal *self, const char *verb, const char *root, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format_iso8601 (now);

  self->fd = open (self->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (self->fd < 0 || ftruncate (self->fd, (off_t) self->length) != 0)
    return fail_to_write (self, error);
  if (self->length == 0)
    g_string_append_printf (self->unwritten,
                            "{\"format\":\"tamis-journal\",\"version\":%d,\"manifest\":\"%s\"}\n",
                            VERSION, tamis_manifest_get_id (self->manifest));
  g_string_append_printf (self->unwritten, "{\"run\":\"%s\",", verb);
  put_text (self, "root", root);
  g_string_append_printf (self->unwritten, ",\"time\":\"%s\"}\n", time);
  g_ptr_array_add (self->roots, g_strdup (root));
  return _tamis_act_journal_sync (self, error);
}
