/* TamisWrapBox: GtkFlowBox would do, but it shares what is left of a line evenly.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "tamis-wrap-box.h"

#define SPACING 24

struct _TamisWrapBox
{
  GtkWidget parent_instance;
};

static GtkBuildableIface *parent_buildable;

static void
add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  if (GTK_IS_WIDGET (child))
    gtk_widget_set_parent (GTK_WIDGET (child), GTK_WIDGET (buildable));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = add_child;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TamisWrapBox, tamis_wrap_box, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

typedef struct
{
  int minimum, natural;
} Size;

static Size
measure_child (GtkWidget *child, GtkOrientation orientation, int for_size)
{
  Size size;

  gtk_widget_measure (child, orientation, for_size, &size.minimum, &size.natural, NULL, NULL);
  return size;
}

/* The width of the first child where both fit side by side, else -1. The one that expands gets what the
 * other leaves, if that is its minimum or more. */
static int
first_width (GtkWidget *widget, int width)
{
  GtkWidget *a = gtk_widget_get_first_child (widget), *b = gtk_widget_get_last_child (widget);
  Size first = measure_child (a, GTK_ORIENTATION_HORIZONTAL, -1);
  Size second = measure_child (b, GTK_ORIENTATION_HORIZONTAL, -1);
  gboolean first_expands
      = gtk_widget_get_hexpand (a) && !gtk_widget_compute_expand (b, GTK_ORIENTATION_HORIZONTAL);

  if (first_expands)
    return first.minimum + SPACING + second.natural <= width ? width - SPACING - second.natural : -1;
  return first.natural + SPACING + second.minimum <= width ? first.natural : -1;
}

static void
tamis_wrap_box_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  GtkWidget *a = gtk_widget_get_first_child (widget), *b = gtk_widget_get_last_child (widget);
  int left = for_size >= 0 ? first_width (widget, for_size) : -1;
  Size first, second;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      first = measure_child (a, orientation, -1);
      second = measure_child (b, orientation, -1);
      *minimum = MAX (first.minimum, second.minimum);
      *natural = first.natural + SPACING + second.natural;
      return;
    }
  first = measure_child (a, orientation, left >= 0 ? left : for_size);
  second = measure_child (b, orientation, left >= 0 ? for_size - SPACING - left : for_size);
  if (left >= 0)
    {
      *minimum = MAX (first.minimum, second.minimum);
      *natural = MAX (first.natural, second.natural);
    }
  else
    {
      *minimum = first.minimum + SPACING / 2 + second.minimum;
      *natural = first.natural + SPACING / 2 + second.natural;
    }
}

static void
tamis_wrap_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *a = gtk_widget_get_first_child (widget), *b = gtk_widget_get_last_child (widget);
  gboolean leftwards = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int left = first_width (widget, width);
  int top;

  if (left >= 0)
    {
      int right = width - SPACING - left;

      gtk_widget_size_allocate (a, &(GtkAllocation){ leftwards ? width - left : 0, 0, left, height },
                                -1);
      gtk_widget_size_allocate (
          b, &(GtkAllocation){ leftwards ? 0 : left + SPACING, 0, right, height }, -1);
      return;
    }
  top = measure_child (a, GTK_ORIENTATION_VERTICAL, width).minimum;
  gtk_widget_size_allocate (a, &(GtkAllocation){ 0, 0, width, top }, -1);
  top += SPACING / 2;
  gtk_widget_size_allocate (b, &(GtkAllocation){ 0, top, width, MAX (height - top, 0) }, -1);
}

static GtkSizeRequestMode
tamis_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
tamis_wrap_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (tamis_wrap_box_parent_class)->dispose (object);
}

static void
tamis_wrap_box_init (TamisWrapBox *self)
{
}

static void
tamis_wrap_box_class_init (TamisWrapBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tamis_wrap_box_dispose;
  widget_class->measure = tamis_wrap_box_measure;
  widget_class->size_allocate = tamis_wrap_box_size_allocate;
  widget_class->get_request_mode = tamis_wrap_box_get_request_mode;
}
