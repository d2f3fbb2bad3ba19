/* safetensors, in and out.
 *
 * DESIGN: 8 bytes little-endian header length, a JSON object {name: {dtype, shape, data_offsets}}
 * with an optional __metadata__ of strings, then raw data (github.com/huggingface/safetensors).
 * A file is hostile until proven otherwise: nothing is allocated by a number it states before that
 * number was held against the file's real size, and nesting is bounded before the JSON parser,
 * which recurses, sees the text.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "safetensors.h"

#include "kernels/half.h"

#include <tamis/base.h>
#include <tamis/model.h>

#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE ((gsize) 1 << 30)
#define MAX_HEADER ((guint64) 8 << 20)
#define MAX_SIDES 8
/* { "name": { "shape": [ … ] } } */
#define MAX_NESTING 3

struct _TamisTensors
{
  GBytes *bytes;
  GHashTable *tensors; /* name → TamisTensor, owned */
  GHashTable *metadata;
  char *sha256;
};

static void
tensor_free (gpointer data)
{
  TamisTensor *self = data;

  g_free ((char *) self->name);
  g_free ((char *) self->type);
  g_free ((gint64 *) self->sides);
  g_free (self);
}

void
tamis_tensors_free (TamisTensors *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_hash_table_unref (self->tensors);
  g_hash_table_unref (self->metadata);
  g_free (self->sha256);
  g_free (self);
}

static gboolean G_GNUC_PRINTF (2, 3)
bad_format (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_FORMAT, "not a safetensors file: %s",
               text);
  return FALSE;
}

static gsize
element_size (const char *type)
{
  static const struct { const char *name; gsize size; } types[] = {
    { "F32", 4 }, { "F16", 2 }, { "BF16", 2 }, { "F64", 8 }, { "I64", 8 }, { "I32", 4 },
    { "I16", 2 }, { "I8", 1 }, { "U8", 1 }, { "U16", 2 }, { "U32", 4 }, { "U64", 8 }, { "BOOL", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].name, type) == 0)
      return types[i].size;
  return 0;
}

/* A JSON number that is an integer of at least 0; -1 for anything else. */
static gint64
get_count (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return -1;
  return MAX (json_node_get_int (node), -1);
}

static JsonArray *
get_array (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* Elements of the stated shape, or -1 if it is no shape or larger than any file allowed here. */
static gint64
read_shape (JsonArray *array, TamisTensor *tensor)
{
  guint64 n = 1;
  gint64 *sides;

  if (array == NULL || json_array_get_length (array) > MAX_SIDES)
    return -1;
  tensor->n_sides = json_array_get_length (array);
  tensor->sides = sides = g_new0 (gint64, MAX (tensor->n_sides, 1));
  for (guint i = 0; i < tensor->n_sides; i++)
    {
      gint64 side = get_count (json_array_get_element (array, i));

      if (side < 0 || side > (gint64) MAX_FILE)
        return -1;
      sides[i] = side;
      n *= side;
      if (n > MAX_FILE)
        return -1;
    }
  return n;
}

static gboolean
read_tensor (TamisTensors *self, const char *name, JsonNode *node, gsize data_start, GError **error)
{
  TamisTensor *tensor = g_new0 (TamisTensor, 1);
  gsize n_file;
  const guint8 *file = g_bytes_get_data (self->bytes, &n_file);
  JsonObject *object;
  JsonArray *offsets;
  JsonNode *type;
  gint64 n, begin, end;

  tensor->name = g_strdup (name);
  g_hash_table_insert (self->tensors, (char *) tensor->name, tensor);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return bad_format (error, "tensor %s is not described by an object", name);
  object = json_node_get_object (node);
  type = json_object_get_member (object, "dtype");
  if (type == NULL || !JSON_NODE_HOLDS_VALUE (type)
      || json_node_get_value_type (type) != G_TYPE_STRING
      || element_size (json_node_get_string (type)) == 0)
    return bad_format (error, "tensor %s has no known dtype", name);
  tensor->type = g_strdup (json_node_get_string (type));
  n = read_shape (get_array (object, "shape"), tensor);
  offsets = get_array (object, "data_offsets");
  if (n < 0 || offsets == NULL || json_array_get_length (offsets) != 2)
    return bad_format (error, "tensor %s has no valid shape and data_offsets", name);
  begin = get_count (json_array_get_element (offsets, 0));
  end = get_count (json_array_get_element (offsets, 1));
  if (begin < 0 || end < begin || (guint64) end > n_file - data_start)
    return bad_format (error, "tensor %s: data_offsets must lie in 0..%" G_GSIZE_FORMAT
                       ", got %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT,
                       name, n_file - data_start, begin, end);
  tensor->n_bytes = end - begin;
  if (tensor->n_bytes != (gsize) n * element_size (tensor->type))
    return bad_format (error, "tensor %s: expected %" G_GSIZE_FORMAT " bytes, got %" G_GSIZE_FORMAT,
                       name, (gsize) n * element_size (tensor->type), tensor->n_bytes);
  tensor->data = file + data_start + begin;
  return TRUE;
}

static gboolean
read_metadata (TamisTensors *self, JsonNode *node, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return bad_format (error, "__metadata__ is not an object");
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &key, &value))
    {
      if (!JSON_NODE_HOLDS_VALUE (value) || json_node_get_value_type (value) != G_TYPE_STRING)
        return bad_format (error, "__metadata__ has a value that is not a string");
      g_hash_table_insert (self->metadata, g_strdup (key), g_strdup (json_node_get_string (value)));
    }
  return TRUE;
}

static int
compare_by_offset (gconstpointer a, gconstpointer b)
{
  const TamisTensor *x = *(const TamisTensor *const *) a;
  const TamisTensor *y = *(const TamisTensor *const *) b;

  if (x->data != y->data)
    return x->data < y->data ? -1 : 1;
  return (x->n_bytes > y->n_bytes) - (x->n_bytes < y->n_bytes);
}

/* Every byte of the data belongs to exactly one tensor. */
static gboolean
check_coverage (TamisTensors *self, gsize data_start, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;
  gsize n_file;
  const guint8 *file = g_bytes_get_data (self->bytes, &n_file);
  gsize at = data_start;

  g_hash_table_iter_init (&iter, self->tensors);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (sorted, value);
  g_ptr_array_sort (sorted, compare_by_offset);
  for (guint i = 0; i < sorted->len; i++)
    {
      const TamisTensor *tensor = sorted->pdata[i];

      if (tensor->data != file + at)
        return bad_format (error, "tensor %s: expected to begin at offset %" G_GSIZE_FORMAT
                           ", got %" G_GSIZE_FORMAT " (overlap or hole)",
                           tensor->name, at, (gsize) (tensor->data - file));
      at += tensor->n_bytes;
    }
  if (at != n_file)
    return bad_format (error, "tensors end at offset %" G_GSIZE_FORMAT ", the file at %"
                       G_GSIZE_FORMAT, at, n_file);
  return TRUE;
}

/* Before the recursive parser: valid UTF-8, and brackets no deeper than the format has them. */
static gboolean
check_header_text (const char *header, gsize length, GError **error)
{
  gboolean in_string = FALSE;
  int depth = 0;

  if (!g_utf8_validate_len (header, length, NULL))
    return bad_format (error, "the header is not UTF-8");
  for (gsize i = 0; i < length; i++)
    {
      char c = header[i];

      if (in_string && c == '\\')
        i++;
      else if (c == '"')
        in_string = !in_string;
      else if (!in_string && (c == '{' || c == '['))
        depth++;
      else if (!in_string && (c == '}' || c == ']'))
        depth--;
      if (depth > MAX_NESTING)
        return bad_format (error, "offset %" G_GSIZE_FORMAT ": nested deeper than %d", i + 8,
                           MAX_NESTING);
    }
  return TRUE;
}

static gboolean
parse_header (TamisTensors *self, const char *header, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) json_error = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!check_header_text (header, length, error))
    return FALSE;
  if (!json_parser_load_from_data (parser, header, length, &json_error))
    return bad_format (error, "header: %s", json_error->message);
  if (json_parser_get_root (parser) == NULL
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return bad_format (error, "the header is not a JSON object");
  json_object_iter_init (&iter, json_node_get_object (json_parser_get_root (parser)));
  while (json_object_iter_next (&iter, &name, &node))
    {
      gboolean ok = strcmp (name, "__metadata__") == 0
                        ? read_metadata (self, node, error)
                        : read_tensor (self, name, node, 8 + length, error);

      if (!ok)
        return FALSE;
    }
  return check_coverage (self, 8 + length, error);
}

TamisTensors *
tamis_tensors_parse (GBytes *bytes, GError **error)
{
  g_autoptr (TamisTensors) self = g_new0 (TamisTensors, 1);
  gsize n_file;
  const guint8 *file = g_bytes_get_data (bytes, &n_file);
  guint64 length;

  self->bytes = g_bytes_ref (bytes);
  self->tensors = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, tensor_free);
  self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (n_file < 8)
    {
      bad_format (error, "offset 0: expected 8 bytes of header length, got %" G_GSIZE_FORMAT,
                  n_file);
      return NULL;
    }
  memcpy (&length, file, sizeof length);
  length = GUINT64_FROM_LE (length);
  if (length > MIN (MAX_HEADER, n_file - 8))
    {
      bad_format (error, "offset 0: expected a header of at most %" G_GUINT64_FORMAT
                  " bytes, got %" G_GUINT64_FORMAT, MIN (MAX_HEADER, n_file - 8), length);
      return NULL;
    }
  self->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  if (!parse_header (self, (const char *) file + 8, length, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* The whole of a regular file; a pipe or device is refused before anything is read from it. */
static GBytes *
read_file (int fd, GError **error)
{
  struct stat facts;
  g_autofree guint8 *data = NULL;
  gsize done = 0;

  if (fstat (fd, &facts) != 0 || !S_ISREG (facts.st_mode) || (gsize) facts.st_size > MAX_FILE)
    {
      g_set_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_FORMAT,
                   "not a regular file of at most %d MiB", (int) (MAX_FILE >> 20));
      return NULL;
    }
  data = g_malloc (MAX (facts.st_size, 1));
  while (done < (gsize) facts.st_size)
    {
      gssize n = read (fd, data + done, facts.st_size - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      done += n;
    }
  return g_bytes_new_take (g_steal_pointer (&data), done);
}

TamisTensors *
tamis_tensors_load (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  g_autoptr (GBytes) bytes = NULL;
  TamisTensors *self = NULL;

  if (fd < 0)
    {
      g_set_error_literal (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_NOT_FOUND,
                           g_strerror (errno));
    }
  else
    {
      bytes = read_file (fd, error);
      close (fd);
    }
  if (bytes != NULL)
    self = tamis_tensors_parse (bytes, error);
  if (self == NULL)
    {
      g_autofree char *shown = g_filename_display_name (path);

      g_prefix_error (error, "%s: ", shown);
    }
  return self;
}

const TamisTensor *
tamis_tensors_find (TamisTensors *self, const char *name)
{
  return g_hash_table_lookup (self->tensors, name);
}

GHashTable *
tamis_tensors_get_metadata (TamisTensors *self)
{
  return self->metadata;
}

const char *
tamis_tensors_get_sha256 (TamisTensors *self)
{
  return self->sha256;
}

static char *
shape_to_text (const gint64 *sides, guint n_sides)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < n_sides; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", sides[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static gboolean
bad_shape (const TamisTensor *tensor, const TamisTensor *wanted, GError **error)
{
  g_autofree char *expected = shape_to_text (wanted->sides, wanted->n_sides);
  g_autofree char *got = shape_to_text (tensor->sides, tensor->n_sides);

  g_set_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_SHAPE,
               "tensor %s: expected F32 or F16 of shape %s, got %s of shape %s", tensor->name,
               expected, tensor->type, got);
  return FALSE;
}

static gboolean
same_shape (const TamisTensor *a, const TamisTensor *b)
{
  gboolean same = a->n_sides == b->n_sides;

  for (guint i = 0; same && i < a->n_sides; i++)
    same = a->sides[i] == b->sides[i];
  return same;
}

static void
convert (const TamisTensor *tensor, float *values, gsize n)
{
  if (tensor->type[1] == '3')
    {
      memcpy (values, tensor->data, n * sizeof (float));
      for (gsize i = 0; G_BYTE_ORDER == G_BIG_ENDIAN && i < n; i++)
        ((guint32 *) values)[i] = GUINT32_FROM_LE (((guint32 *) values)[i]);
    }
  else
    {
      g_autofree guint16 *halves = g_memdup2 (tensor->data, n * sizeof (guint16));

      for (gsize i = 0; G_BYTE_ORDER == G_BIG_ENDIAN && i < n; i++)
        halves[i] = GUINT16_FROM_LE (halves[i]);
      tamis_half_to_float (n, halves, values);
    }
}

gboolean
tamis_tensors_read (TamisTensors *self, const TamisTensor *expected, float *values, GError **error)
{
  const TamisTensor *tensor = tamis_tensors_find (self, expected->name);
  gsize n = 1;

  if (tensor == NULL)
    {
      g_set_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_SHAPE, "tensor %s is missing",
                   expected->name);
      return FALSE;
    }
  if (!same_shape (tensor, expected)
      || (strcmp (tensor->type, "F32") != 0 && strcmp (tensor->type, "F16") != 0))
    return bad_shape (tensor, expected, error);
  for (guint i = 0; i < tensor->n_sides; i++)
    n *= tensor->sides[i];
  convert (tensor, values, n);
  for (gsize i = 0; i < n; i++)
    if (!isfinite (values[i]))
      {
        g_set_error (error, TAMIS_MODEL_ERROR, TAMIS_MODEL_ERROR_FORMAT,
                     "tensor %s, element %" G_GSIZE_FORMAT ": expected a finite number, got %g",
                     tensor->name, i, values[i]);
        return FALSE;
      }
  return TRUE;
}

struct _TamisTensorsWriter
{
  JsonBuilder *header;
  GByteArray *data;
};

TamisTensorsWriter *
tamis_tensors_writer_new (GHashTable *metadata)
{
  TamisTensorsWriter *self = g_new0 (TamisTensorsWriter, 1);
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (metadata), (GCompareFunc) strcmp);

  self->header = json_builder_new ();
  self->data = g_byte_array_new ();
  json_builder_begin_object (self->header);
  json_builder_set_member_name (self->header, "__metadata__");
  json_builder_begin_object (self->header);
  for (GList *l = keys; l != NULL; l = l->next)
    {
      json_builder_set_member_name (self->header, l->data);
      json_builder_add_string_value (self->header, g_hash_table_lookup (metadata, l->data));
    }
  json_builder_end_object (self->header);
  return self;
}

static void
append_values (GByteArray *data, const float *values, gsize n, gboolean half)
{
  gsize at = data->len;

  g_byte_array_set_size (data, at + n * (half ? 2 : 4));
  if (half)
    {
      guint16 *to = (guint16 *) (data->data + at);

      tamis_half_from_float (n, values, to);
      for (gsize i = 0; G_BYTE_ORDER == G_BIG_ENDIAN && i < n; i++)
        to[i] = GUINT16_TO_LE (to[i]);
    }
  else
    {
      guint32 *to = (guint32 *) (data->data + at);

      memcpy (to, values, n * sizeof (float));
      for (gsize i = 0; G_BYTE_ORDER == G_BIG_ENDIAN && i < n; i++)
        to[i] = GUINT32_TO_LE (to[i]);
    }
}

void
tamis_tensors_writer_add (TamisTensorsWriter *self, const TamisTensor *tensor, const float *values,
                          gboolean half)
{
  JsonBuilder *header = self->header;
  gsize begin = self->data->len;
  gsize n = 1;

  json_builder_set_member_name (header, tensor->name);
  json_builder_begin_object (header);
  json_builder_set_member_name (header, "dtype");
  json_builder_add_string_value (header, half ? "F16" : "F32");
  json_builder_set_member_name (header, "shape");
  json_builder_begin_array (header);
  for (guint i = 0; i < tensor->n_sides; i++)
    {
      json_builder_add_int_value (header, tensor->sides[i]);
      n *= tensor->sides[i];
    }
  json_builder_end_array (header);
  append_values (self->data, values, n, half);
  json_builder_set_member_name (header, "data_offsets");
  json_builder_begin_array (header);
  json_builder_add_int_value (header, begin);
  json_builder_add_int_value (header, self->data->len);
  json_builder_end_array (header);
  json_builder_end_object (header);
}

GBytes *
tamis_tensors_writer_end (TamisTensorsWriter *self)
{
  g_autoptr (JsonNode) root = NULL;
  GString *file = g_string_new_len ("\0\0\0\0\0\0\0\0", 8);
  g_autofree char *text = NULL;
  guint64 length;

  json_builder_end_object (self->header);
  root = json_builder_get_root (self->header);
  text = json_to_string (root, FALSE);
  g_string_append (file, text);
  /* Spaces after the header align the data to 8 bytes. */
  while (file->len % 8 != 0)
    g_string_append_c (file, ' ');
  length = GUINT64_TO_LE ((guint64) file->len - 8);
  memcpy (file->str, &length, sizeof length);
  g_string_append_len (file, (const char *) self->data->data, self->data->len);
  g_object_unref (self->header);
  g_byte_array_unref (self->data);
  g_free (self);
  return g_string_free_to_bytes (file);
}
