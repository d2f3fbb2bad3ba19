/* Fuzz target: the reader of manifests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "target.h"

#include "engine/export/export-private.h"

#include <tamis/export.h>

#include <string.h>

static const char head[] = "{\"format\":\"tamis-manifest\",\"version\":1,\"model\":{\"name\":null,\"x\":"
                           "[1,-2.5e3,true]},\n\"root\":\"/r\",\n\"removals\":[";
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TamisManifest) manifest
      = tamis_manifest_parse ("m.json", (const char *) data, size, &error);

  g_assert_true ((manifest == NULL) == (error != NULL));
  if (manifest == NULL)
    {
      g_assert_true (error->domain == TAMIS_MANIFEST_ERROR);
      return 0;
    }
  for (guint i = 0; i < tamis_manifest_get_n (manifest); i++)
    {
      TamisManifestRemoval removal = tamis_manifest_get (manifest, i);

      g_assert_true (*removal.path != '/' && *removal.path != '\0');
      g_assert_true (strncmp (removal.path, "../", 3) != 0);
      g_assert_null (strstr (removal.path, "/../"));
      g_assert_true (strncmp (removal.witness, "../", 3) != 0);
      g_assert_cmpuint (strlen (removal.sha256), ==, 64);
    }
  return 0;
}

/* Whole manifests of no and one removal, with the ids that let damage reach what is behind them. */
GPtrArray *
fuzz_seeds (void)
{
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  TamisManifestRemoval removal = { "a/\xff.png", "b.png", "c", 0.5, 1, 2, HASH, HASH };

  for (guint n = 0; n <= 1; n++)
    {
      g_autoptr (GChecksum) id = _tamis_manifest_id_new ("/r");
      g_autoptr (GString) text = g_string_new (head);

      if (n == 1)
        {
          _tamis_manifest_id_add (id, &removal);
          g_string_append (text, "{\"path\":\"a/\\\\xff.png\",\"bytes\":1,\"sha256\":\"" HASH
                                 "\",\"class\":\"\\u0063\",\"similarity\":5e-1,\"witness\":{\"path\":"
                                 "\"b.png\",\"bytes\":2,\"sha256\":\"" HASH "\"}}");
        }
      g_string_append_printf (text, "],\"id\":\"%s\"}", g_checksum_get_string (id));
      g_ptr_array_add (seeds, g_string_free_to_bytes (g_steal_pointer (&text)));
    }
  return seeds;
}
