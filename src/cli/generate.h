/* generate: what its files share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* Pairs on a contact sheet; what is generated beyond them is in its folder only. */
#define GENERATE_SHEET_MAX 200

typedef struct
{
  char *file;         /* inside the folder, owned */
  guint nearest;      /* row of the data set */
  double distance;    /* Euclidean, between latents */
  TamisImage *image;  /* owned; NULL unless it goes on the sheet */
} Generated;

typedef struct
{
  TamisDataset *dataset; /* owned; of the class in question only what could be read */
  TamisModel *model;     /* owned */
  TamisRange range;      /* rows of the class */
  float *latents;        /* owned: range.n × latent dimension */
  double decode_s, encode_s;
} GenerateClass;

/**
 * generate_encode:
 * @class_name: of @found
 *
 * The latents of one class, those of the network itself: what the decoder takes, whatever the model
 * compares with. An unreadable image joins the unreadable list.
 */
gboolean generate_encode (TamisCli *cli, TamisDataset *found, const char *class_name,
                          GenerateClass *self, GError **error);

/* Generated images in pairs with the nearest real one at their right, the first @n of them. */
gboolean generate_write_sheet (TamisDataset *dataset, const Generated *items, guint n,
                               const char *path, GError **error);

G_END_DECLS
