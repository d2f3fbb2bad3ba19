/* Colours, type, strokes: see style.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "style.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#define RGB(hex)                                                                                   \
  {                                                                                                \
    ((hex) >> 16 & 255) / 255.0, ((hex) >> 8 & 255) / 255.0, ((hex)&255) / 255.0, 1.0              \
  }
#define INK(v, alpha)                                                                              \
  {                                                                                                \
    (v), (v), (v), (alpha)                                                                         \
  }

/* The accents are Adwaita's blue; lines and text are darker on light ground, lighter on dark. */
static const TamisPlotStyle schemes[] = {
  [TAMIS_PLOT_LIGHT] = {
    .text = INK (0.0, 0.80), .dim = INK (0.0, 0.56), .axis = INK (0.0, 0.30),
    .grid = INK (0.0, 0.09),
    .before = RGB (0xb8b6b1), .after = RGB (0x3584e4), .strong = RGB (0x1a5fb4),
    .selection = RGB (0xe66100), .selection_text = RGB (0xb84a00), .good = RGB (0x26a269),
    .warning = RGB (0xc64600), .handle = RGB (0xffffff),
  },
  [TAMIS_PLOT_DARK] = {
    .text = INK (1.0, 0.92), .dim = INK (1.0, 0.60), .axis = INK (1.0, 0.34),
    .grid = INK (1.0, 0.09),
    .before = RGB (0x77767b), .after = RGB (0x4a90e2), .strong = RGB (0x99c1f1),
    .selection = RGB (0xff7800), .selection_text = RGB (0xffa348), .good = RGB (0x57e389),
    .warning = RGB (0xff7800), .handle = RGB (0xdeddda),
  },
  [TAMIS_PLOT_PAPER] = {
    .background = INK (1.0, 1.0),
    .text = INK (0.0, 1.0), .dim = INK (0.32, 1.0), .axis = INK (0.5, 1.0), .grid = INK (0.9, 1.0),
    .before = RGB (0xb0aeaa), .after = RGB (0x3584e4), .strong = RGB (0x1a5fb4),
    .selection = RGB (0xe66100), .selection_text = RGB (0xb84a00), .good = RGB (0x1e8a58),
    .warning = RGB (0xc64600), .handle = RGB (0xffffff),
  },
};

void
tamis_plot_style_init (TamisPlotStyle *self,
                       TamisPlotScheme scheme,
                       const char *family,
                       double size)
{
  *self = schemes[scheme];
  self->scheme = scheme;
  g_strlcpy (self->family, family != NULL ? family : "Sans", sizeof self->family);
  self->size = size;
  self->small = 0.9 * size;
  self->scale = 1.0;
}

TamisPlotColour
tamis_plot_category (const TamisPlotStyle *style, guint i)
{
  static const TamisPlotColour colours[]
      = { RGB (0x0072b2), RGB (0xe69f00), RGB (0x009e73), RGB (0xcc79a7),
          RGB (0x56b4e9), RGB (0xd55e00), RGB (0xf0e442), RGB (0x000000) };
  TamisPlotColour black = INK (style->scheme == TAMIS_PLOT_DARK ? 0.8 : 0.0, 1.0);

  i %= G_N_ELEMENTS (colours);
  return i == G_N_ELEMENTS (colours) - 1 ? black : colours[i];
}

void
tamis_plot_set_colour (cairo_t *cr, TamisPlotColour c)
{
  cairo_set_source_rgba (cr, c.r, c.g, c.b, c.a);
}

TamisPlotColour
tamis_plot_fade (TamisPlotColour colour, double alpha)
{
  colour.a *= alpha;
  return colour;
}

double
tamis_plot_snap (const TamisPlotStyle *style, double coordinate)
{
  double scale = style->scale > 0.0 ? style->scale : 1.0;

  return (floor (coordinate * scale) + 0.5) / scale;
}

/* ---- text ---- */

/* Pixels and points are one here: 72 units an inch, whatever the screen. */
static PangoLayout *
layout_new (cairo_t *cr, const TamisPlotStyle *style, TamisPlotTextFlags flags, const char *string)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_new ();
  PangoAttrList *attributes = pango_attr_list_new ();
  double size = (flags & TAMIS_PLOT_SMALL) != 0 ? style->small : style->size;

  pango_font_description_set_family (font, style->family);
  pango_font_description_set_absolute_size (font, MAX (size, 1.0) * PANGO_SCALE);
  if ((flags & TAMIS_PLOT_BOLD) != 0)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_font_description (layout, font);
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  if (g_utf8_validate (string, -1, NULL))
    pango_layout_set_text (layout, string, -1);
  else
    {
      g_autofree char *valid = g_utf8_make_valid (string, -1);

      pango_layout_set_text (layout, valid, -1);
    }
  pango_attr_list_unref (attributes);
  pango_font_description_free (font);
  return layout;
}

double
tamis_plot_text (cairo_t *cr,
                 const TamisPlotStyle *style,
                 const TamisPlotText *text,
                 const char *string)
{
  g_autoptr (PangoLayout) layout = NULL;
  int width, height;

  if (!isfinite (text->x) || !isfinite (text->y))
    return 0.0;
  layout = layout_new (cr, style, text->flags, string);
  if (text->width > 0.0)
    {
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      pango_layout_get_size (layout, &width, &height);
      if (width > text->width * PANGO_SCALE)
        pango_layout_set_width (layout, (int)(text->width * PANGO_SCALE));
    }
  pango_layout_get_size (layout, &width, &height);
  cairo_save (cr);
  cairo_translate (cr, text->x, text->y);
  if ((text->flags & TAMIS_PLOT_UPWARDS) != 0)
    cairo_rotate (cr, -G_PI / 2.0);
  cairo_move_to (cr, -0.5 * text->align * width / PANGO_SCALE, -0.5 * height / PANGO_SCALE);
  tamis_plot_set_colour (cr, text->colour);
  pango_cairo_show_layout (cr, layout);
  cairo_new_path (cr);
  cairo_restore (cr);
  return (double)width / PANGO_SCALE;
}

double
tamis_plot_text_width (cairo_t *cr,
                       const TamisPlotStyle *style,
                       TamisPlotTextFlags flags,
                       const char *string)
{
  g_autoptr (PangoLayout) layout = layout_new (cr, style, flags, string);
  int width;

  pango_layout_get_size (layout, &width, NULL);
  return (double)width / PANGO_SCALE;
}

void
tamis_plot_message (cairo_t *cr,
                    double width,
                    double height,
                    const TamisPlotStyle *style,
                    const char *message)
{
  TamisPlotText text = { .x = width / 2.0,
                         .y = height / 2.0,
                         .width = MAX (width - 16.0, 1.0),
                         .align = TAMIS_PLOT_MIDDLE,
                         .colour = style->dim };

  tamis_plot_text (cr, style, &text, message);
}

void
tamis_plot_begin (cairo_t *cr, double width, double height, const TamisPlotStyle *style)
{
  cairo_save (cr);
  if (style->background.a > 0.0)
    {
      cairo_rectangle (cr, 0.0, 0.0, width, height);
      tamis_plot_set_colour (cr, style->background);
      cairo_fill (cr);
    }
  cairo_new_path (cr);
}

void
tamis_plot_end (cairo_t *cr)
{
  cairo_restore (cr);
}

/* ---- figures ---- */

char *
tamis_plot_format_count (double count)
{
  char digits[32];
  GString *text;
  gsize n;

  if (!isfinite (count))
    return g_strdup ("–");
  g_snprintf (digits, sizeof digits, "%.0f", CLAMP (count, -1e15, 1e15));
  text = g_string_new (NULL);
  n = strlen (digits);
  for (gsize i = 0; i < n; i++)
    {
      if (digits[i] == '-')
        {
          g_string_append (text, "−");
          continue;
        }
      g_string_append_c (text, digits[i]);
      if ((n - i - 1) % 3 == 0 && i + 1 < n)
        g_string_append_c (text, ',');
    }
  return g_string_free (text, FALSE);
}

char *
tamis_plot_format_number (double value, int digits)
{
  char format[8], text[64];

  if (!isfinite (value))
    return g_strdup ("–");
  g_snprintf (format, sizeof format, "%%.%df", CLAMP (digits, 0, 9));
  g_ascii_formatd (text, sizeof text, format, CLAMP (fabs (value), 0.0, 1e15));
  /* What rounds to zero has no sign. */
  return value < 0.0 && strpbrk (text, "123456789") != NULL ? g_strconcat ("−", text, NULL)
                                                            : g_strdup (text);
}
