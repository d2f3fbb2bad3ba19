/* The JSON writer of tamis-cli.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <cli/json.h>
#include <math.h>

static void
test_shape (void)
{
  g_autoptr (TamisJson) json = tamis_json_new ();
  const double values[] = { 1, -0.5, NAN };

  tamis_json_object (json, NULL);
  tamis_json_array (json, "empty");
  tamis_json_end (json);
  tamis_json_array (json, "list");
  tamis_json_integer (json, NULL, 1);
  tamis_json_object (json, NULL);
  tamis_json_string (json, "a", NULL);
  tamis_json_end (json);
  tamis_json_end (json);
  tamis_json_numbers (json, "v", values, 3);
  tamis_json_end (json);
  g_assert_cmpstr (tamis_json_text (json), ==,
                   "{\n  \"empty\": [],\n  \"list\": [\n    1,\n    {\n      \"a\": null\n    }\n"
                   "  ],\n  \"v\": [1, -0.5, null]\n}\n");
}

static void
test_numbers (void)
{
  const struct
  {
    double value;
    const char *text;
  } cases[] = {
    { 0.97, "0.97\n" },
    { 1.0 / 3, "0.3333333333333333\n" },
    { 0.1 + 0.2, "0.30000000000000004\n" },
    { 1e300, "1e+300\n" },
    { 0, "0\n" },
    { INFINITY, "null\n" },
    { -INFINITY, "null\n" },
    { NAN, "null\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TamisJson) json = tamis_json_new ();

      tamis_json_number (json, NULL, cases[i].value);
      g_assert_cmpstr (tamis_json_text (json), ==, cases[i].text);
    }
}

static void
test_strings (void)
{
  g_autoptr (TamisJson) json = tamis_json_new ();

  tamis_json_object (json, NULL);
  tamis_json_string (json, "q\"", "a\"b\\c\n\x01");
  tamis_json_path (json, "p", "x\xff/y\tz");
  tamis_json_end (json);
  g_assert_cmpstr (tamis_json_text (json), ==,
                   "{\n  \"q\\\"\": \"a\\\"b\\\\c\\u000a\\u0001\",\n"
                   "  \"p\": \"x\\\\xff/y\\\\x09z\"\n}\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/json/shape", test_shape);
  g_test_add_func ("/cli/json/numbers", test_numbers);
  g_test_add_func ("/cli/json/strings", test_strings);
  return g_test_run ();
}
