/* Natural order of file names.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <tamis/base.h>

#include <string.h>

/* Compares the digit runs at *a and *b as numbers of any length and moves both past them. */
static int
compare_numbers (const char **a, const char **b)
{
  size_t na, nb;
  int order;

  while (**a == '0')
    (*a)++;
  while (**b == '0')
    (*b)++;
  na = strspn (*a, "0123456789");
  nb = strspn (*b, "0123456789");
  order = na != nb ? (na < nb ? -1 : 1) : strncmp (*a, *b, na);
  *a += na;
  *b += nb;
  return order;
}

int
tamis_natural_compare (const char *a, const char *b)
{
  const char *p = a;
  const char *q = b;

  while (*p != '\0' && *q != '\0')
    {
      if (g_ascii_isdigit (*p) && g_ascii_isdigit (*q))
        {
          int order = compare_numbers (&p, &q);

          if (order != 0)
            return order;
        }
      else if (*p != *q)
        {
          /* A folder comes before the names that its own name begins: a/x before a-b/x. */
          guchar c = *p == '/' ? 0 : (guchar) *p;
          guchar d = *q == '/' ? 0 : (guchar) *q;

          return c < d ? -1 : 1;
        }
      else
        {
          p++;
          q++;
        }
    }
  if (*p != *q)
    return *p == '\0' ? -1 : 1;
  /* Equal but for leading zeros: img01 and img1 are different files. */
  return strcmp (a, b);
}
