/* The facts of two images side by side: see tamis-pair-facts.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-pair-facts.h"

#include "tamis-format.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Below a tenth, one image is not said to be sharper than the other. */
#define SHARPER 1.1

typedef struct
{
  const char *name;
  char *value[2]; /* of the removed image, of the witness; owned */
  int better;     /* -1: the removed image's value is the better one, 1: the witness's, 0: neither */
  gboolean breaks; /* inside words: others' text, of any length */
} Fact;

#define FACTS_MAX 8

typedef struct
{
  Fact fact[FACTS_MAX];
  int n;
} Facts;

static int
sign (gint64 difference)
{
  return (difference > 0) - (difference < 0);
}

static char *
format_date (gint64 mtime)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (mtime / G_USEC_PER_SEC);

  return mtime > 0 && time != NULL ? g_date_time_format (time, "%Y-%m-%d\n%H:%M") : g_strdup ("–");
}

static char *
format_pixels (const TamisImageFacts *facts)
{
  return facts->width > 0 ? g_strdup_printf ("%d×%d", facts->width, facts->height) : g_strdup ("–");
}

static char *
format_bytes (guint64 bytes)
{
  return bytes > 0 ? g_format_size (bytes) : g_strdup ("–");
}

static char *
format_exact_bytes (guint64 bytes)
{
  g_autofree char *count = tamis_format_count (bytes);

  return g_strdup_printf (C_("bytes", "%s B"), count);
}

static char *
format_text (const char *text)
{
  return g_strdup (*text != '\0' ? text : "–");
}

/* Makers repeat themselves in the names of their models. */
static char *
format_camera (const TamisExif *exif)
{
  if (*exif->model == '\0' || g_str_has_prefix (exif->model, exif->make))
    return format_text (*exif->model != '\0' ? exif->model : exif->make);
  return g_strdup_printf ("%s %s", exif->make, exif->model);
}

/* The seconds are left out: they are rarely what two images differ in. */
static char *
format_taken (const TamisExif *exif)
{
  return *exif->taken != '\0' ? g_strdup_printf ("%.10s\n%.5s", exif->taken, exif->taken + 11)
                               : g_strdup ("–");
}

static void
add (Facts *facts, const char *name, char *removed, char *witness, int better)
{
  facts->fact[facts->n++] = (Fact){ name, { removed, witness }, better, FALSE };
}

/* Rounded where that tells the two apart, else to the byte: nobody believes that of 1.5 kB and 1.5 kB one is more. */
static void
add_file_sizes (Facts *facts, gint64 a, gint64 b)
{
  g_autofree char *rounded_a = format_bytes (a);
  g_autofree char *rounded_b = format_bytes (b);
  gboolean exact = a != b && g_str_equal (rounded_a, rounded_b);

  add (facts, _("file"), exact ? format_exact_bytes (a) : g_steal_pointer (&rounded_a),
       exact ? format_exact_bytes (b) : g_steal_pointer (&rounded_b), sign (b - a));
}

static void
add_from_files (Facts *facts, TamisDataset *dataset, guint removed, guint witness,
                TamisComparison *comparison)
{
  TamisImageFacts a = tamis_dataset_get_facts (dataset, removed);
  TamisImageFacts b = tamis_dataset_get_facts (dataset, witness);

  if (comparison != NULL && comparison->image[0].reason == NULL)
    a = comparison->image[0].facts;
  if (comparison != NULL && comparison->image[1].reason == NULL)
    b = comparison->image[1].facts;
  add (facts, _("size"), format_pixels (&a), format_pixels (&b),
       sign ((gint64) b.width * b.height - (gint64) a.width * a.height));
  add_file_sizes (facts, tamis_dataset_get_bytes (dataset, removed),
                  tamis_dataset_get_bytes (dataset, witness));
  add (facts, _("format"), g_strdup (tamis_image_format_name (a.format)),
       g_strdup (tamis_image_format_name (b.format)), 0);
  add (facts, _("date"), format_date (tamis_dataset_get_mtime (dataset, removed)),
       format_date (tamis_dataset_get_mtime (dataset, witness)), 0);
}

static void
add_from_pixels (Facts *facts, TamisComparison *comparison)
{
  const TamisCompared *a = &comparison->image[0], *b = &comparison->image[1];
  int sharper = 0;

  if (a->reason != NULL || b->reason != NULL)
    return;
  if (b->sharpness > SHARPER * a->sharpness)
    sharper = 1;
  else if (a->sharpness > SHARPER * b->sharpness)
    sharper = -1;
  add (facts, _("sharpness"), g_strdup_printf ("%.0f", a->sharpness),
       g_strdup_printf ("%.0f", b->sharpness), sharper);
  if (*a->exif.taken != '\0' || *b->exif.taken != '\0')
    add (facts, C_("when a photograph was made", "taken"), format_taken (&a->exif),
         format_taken (&b->exif), 0);
  if (*a->exif.model != '\0' || *b->exif.model != '\0' || *a->exif.make != '\0'
      || *b->exif.make != '\0')
    {
      add (facts, _("camera"), format_camera (&a->exif), format_camera (&b->exif), 0);
      facts->fact[facts->n - 1].breaks = TRUE;
    }
}

static GtkWidget *
get_label (GtkGrid *grid, int column, int row)
{
  GtkWidget *label = gtk_grid_get_child_at (grid, column, row);

  if (label != NULL)
    return label;
  label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 12);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (label, column == 1 ? "fact-name" : "numeric");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_grid_attach (grid, label, column, row, 1, 1);
  return label;
}

static void
set_label (GtkGrid *grid, int column, int row, const char *text, gboolean better)
{
  GtkWidget *label = get_label (grid, column, row);

  gtk_widget_set_visible (label, TRUE);
  /* This is called while the images are moved; what is said then rarely changes. */
  if (g_str_equal (gtk_label_get_text (GTK_LABEL (label)), text)
      && gtk_widget_has_css_class (label, "better") == better)
    return;
  gtk_label_set_text (GTK_LABEL (label), text);
  if (better)
    gtk_widget_add_css_class (label, "better");
  else
    gtk_widget_remove_css_class (label, "better");
  /* What bold says to the eye. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  better ? C_("of two values", "better") : "", -1);
}

void
tamis_pair_facts_show (GtkGrid *grid, TamisDataset *dataset, guint removed, guint witness,
                       TamisComparison *comparison)
{
  Facts facts = { .n = 0 };

  gtk_widget_set_visible (GTK_WIDGET (grid), witness != TAMIS_NO_WITNESS);
  if (witness == TAMIS_NO_WITNESS)
    return;
  add_from_files (&facts, dataset, removed, witness, comparison);
  if (comparison != NULL)
    add_from_pixels (&facts, comparison);
  for (int i = 0; i < facts.n; i++)
    {
      Fact *fact = &facts.fact[i];

      set_label (grid, 0, i, fact->value[0], fact->better < 0);
      set_label (grid, 1, i, fact->name, FALSE);
      set_label (grid, 2, i, fact->value[1], fact->better > 0);
      for (int column = 0; column < 3; column += 2)
        gtk_label_set_wrap_mode (GTK_LABEL (gtk_grid_get_child_at (grid, column, i)),
                                 fact->breaks ? PANGO_WRAP_WORD_CHAR : PANGO_WRAP_WORD);
      g_free (fact->value[0]);
      g_free (fact->value[1]);
    }
  for (int i = facts.n; i < FACTS_MAX; i++)
    for (int column = 0; column < 3; column++)
      if (gtk_grid_get_child_at (grid, column, i) != NULL)
        gtk_widget_set_visible (gtk_grid_get_child_at (grid, column, i), FALSE);
}

/* ---- in words ---- */

const char *
tamis_pair_facts_word_sameness (TamisSameness sameness)
{
  switch (sameness)
    {
    case TAMIS_SAMENESS_BYTES:
      return _("Byte-identical");
    case TAMIS_SAMENESS_PIXELS:
      return _("Same pixels");
    default:
      return NULL;
    }
}

static void
add_sentence (GString *text, const char *sentence)
{
  if (sentence == NULL)
    return;
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, sentence);
}

static const char *
word_redrawn (TamisComparison *comparison)
{
  gboolean removed = comparison->image[0].redrawn_error > TAMIS_REDRAWN_POORLY;
  gboolean witness = comparison->image[1].redrawn_error > TAMIS_REDRAWN_POORLY;

  if (removed && witness)
    return _("The model redraws both images poorly: judge by eye.");
  if (removed)
    return _("The model redraws the removed image poorly: judge by eye.");
  return witness ? _("The model redraws the image that stays poorly: judge by eye.") : NULL;
}

static const char *
word_lowest_cell (int cell)
{
  switch (cell)
    {
    case 0:
      return _("To the model they differ most at the top left.");
    case 1:
      return _("To the model they differ most at the top right.");
    case 2:
      return _("To the model they differ most at the bottom left.");
    case 3:
      return _("To the model they differ most at the bottom right.");
    default:
      return NULL;
    }
}

static char *
word_distance (double metres)
{
  if (isnan (metres))
    return NULL;
  if (metres < 10)
    return g_strdup (_("Taken at the same place."));
  if (metres < 1000)
    return g_strdup_printf (_("Taken %.0f m apart."), metres);
  return g_strdup_printf (_("Taken %.1f km apart."), metres / 1000);
}

char *
tamis_pair_facts_word_hints (TamisComparison *comparison)
{
  GString *text = g_string_new (NULL);
  g_autofree char *distance = NULL;

  if (comparison == NULL)
    return g_string_free (text, FALSE);
  distance = word_distance (comparison->distance);
  if (comparison->little_structure)
    add_sentence (text, _("Little structure: similarity says little here."));
  else
    add_sentence (text, word_redrawn (comparison));
  add_sentence (text, word_lowest_cell (comparison->lowest_cell));
  add_sentence (text, distance);
  return g_string_free (text, FALSE);
}
