/* How far two people agree, from the table of their answers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/project/store.h"

#include <math.h>

#define Z_95 1.959963984540054 /* of a normal variable, 2.5 % are above it */

gboolean
tamis_answers_agree (TamisAnswer ours, TamisAnswer theirs)
{
  if (ours == theirs)
    return TRUE;
  return (ours == TAMIS_ANSWER_DUPLICATES && theirs != TAMIS_ANSWER_NOT_DUPLICATES)
         || (theirs == TAMIS_ANSWER_DUPLICATES && ours != TAMIS_ANSWER_NOT_DUPLICATES);
}

/* Shares of the answers of one person, pairs taken in either order. */
static void
share_answers (const guint64 table[TAMIS_N_ANSWERS][TAMIS_N_ANSWERS], gboolean ours, guint n,
               double *share)
{
  double directed;

  for (int answer = 0; answer < TAMIS_N_ANSWERS; answer++)
    {
      share[answer] = 0;
      for (int other = 0; other < TAMIS_N_ANSWERS; other++)
        share[answer] += (double) (ours ? table[answer][other] : table[other][answer]) / n;
    }
  directed = share[TAMIS_ANSWER_REMOVE_A] + share[TAMIS_ANSWER_REMOVE_B];
  share[TAMIS_ANSWER_REMOVE_A] = share[TAMIS_ANSWER_REMOVE_B] = directed / 2;
}

static double
agree_by_chance (const guint64 table[TAMIS_N_ANSWERS][TAMIS_N_ANSWERS], guint n)
{
  double our[TAMIS_N_ANSWERS], their[TAMIS_N_ANSWERS];
  double against = 0; /* what is summed is small where chance is near 1 */

  share_answers (table, TRUE, n, our);
  share_answers (table, FALSE, n, their);
  for (int i = 0; i < TAMIS_N_ANSWERS; i++)
    for (int j = 0; j < TAMIS_N_ANSWERS; j++)
      if (!tamis_answers_agree ((TamisAnswer) i, (TamisAnswer) j))
        against += our[i] * their[j];
  return 1 - against;
}

/* E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209. */
static void
bound_share (double share, guint n, double *low, double *high)
{
  double z2 = Z_95 * Z_95 / n;
  double middle = (share + z2 / 2) / (1 + z2);
  double half = Z_95 / (1 + z2) * sqrt (share * (1 - share) / n + z2 / (4.0 * n));

  *low = middle - half;
  *high = middle + half;
}

TamisKappa
tamis_kappa_of_table (const guint64 table[TAMIS_N_ANSWERS][TAMIS_N_ANSWERS])
{
  TamisKappa self = { 0 };
  double chance, share, low, high;

  for (int i = 0; i < TAMIS_N_ANSWERS; i++)
    for (int j = 0; j < TAMIS_N_ANSWERS; j++)
      {
        self.n += (guint) table[i][j];
        if (tamis_answers_agree ((TamisAnswer) i, (TamisAnswer) j))
          self.n_agree += (guint) table[i][j];
      }
  if (self.n == 0)
    return self;
  chance = agree_by_chance (table, self.n);
  if (chance >= 1)
    return self;
  share = (double) self.n_agree / self.n;
  bound_share (share, self.n, &low, &high);
  self.exists = TRUE;
  self.kappa = MAX ((share - chance) / (1 - chance), -1);
  self.low = MAX ((low - chance) / (1 - chance), -1);
  self.high = MIN ((high - chance) / (1 - chance), 1);
  return self;
}
