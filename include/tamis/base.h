/* Things every room of the engine stands on: start-up, paths, names, random numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * tamis_choose_blas:
 * @argv: of main()
 *
 * OpenBLAS takes a processor that is newer than itself for the oldest of its kind: principal components
 * then take three times as long. Which kernels it uses it reads from the environment before main(), so
 * the program starts itself once more, with OPENBLAS_CORETYPE set. Does nothing where the processor
 * is known, or the variable is set already. Call before anything else that cannot be done twice.
 */
void tamis_choose_blas (char **argv);

/**
 * tamis_init:
 * @threads: worker threads of long jobs, or 0 for one a processor
 *
 * Sets the size of the batch pool and pins BLAS to one thread: Tamis parallelises over images and
 * tiles itself, so that results do not depend on the number of threads. Call once, first.
 */
void tamis_init (guint threads);
guint tamis_get_threads (void);
const char *tamis_get_version (void);

/**
 * tamis_find_data:
 * @name: a path below the data folder, such as "models/tamis.safetensors"
 *
 * Looks in $TAMIS_DATADIR, the installed data folder and the source tree, in this order.
 *
 * Returns: (transfer full) (nullable): the first that exists
 */
char *tamis_find_data (const char *name) G_GNUC_WARN_UNUSED_RESULT;

/**
 * tamis_natural_compare:
 *
 * Orders file names as people do: runs of ASCII digits compare as numbers (img2 before img10), all
 * else byte by byte. A total order: names that differ never compare equal. Any bytes are allowed.
 */
int tamis_natural_compare (const char *a, const char *b);

/**
 * tamis_path_escape:
 * @bytes: a file name as the system has it, any bytes but NUL
 *
 * JSON and CSV must be UTF-8 and file names need not be. Bytes that are not part of valid UTF-8,
 * and control characters, become \xHH; a backslash becomes \\ only where it would otherwise read
 * as one of these two. tamis_path_unescape() takes it back exactly.
 *
 * Returns: (transfer full): valid UTF-8
 */
char *tamis_path_escape (const char *bytes) G_GNUC_WARN_UNUSED_RESULT;
char *tamis_path_unescape (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* Appends a field of a CSV, quoted where RFC 4180 asks for it; no separator. */
void tamis_csv_append (GString *csv, const char *utf8);
/* Appends a finite number: the shortest text that reads back as the same double, with a point. */
void tamis_number_append (GString *text, double number);

/**
 * TamisWriter:
 *
 * A file that appears under its name complete or not at all: bytes go to a temporary file beside
 * it, which is synced and renamed by tamis_writer_commit(). Freeing without commit removes it.
 * Errors are kept and reported by commit (G_IO_ERROR / G_FILE_ERROR codes, message with the path),
 * so callers need not test every write. One thread at a time.
 */
typedef struct _TamisWriter TamisWriter;
TamisWriter *tamis_writer_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;
void tamis_writer_put (TamisWriter *self, const void *data, gsize length);
void tamis_writer_print (TamisWriter *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* As tamis_csv_append(). */
void tamis_writer_csv (TamisWriter *self, const char *utf8);
gboolean tamis_writer_commit (TamisWriter *self, GError **error);
void tamis_writer_free (TamisWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisWriter, tamis_writer_free)

/**
 * TamisDigest:
 *
 * SHA-256 of a file's bytes: what an image is, whatever it is called and wherever it lies. All
 * zeros: not known. A plain value.
 */
typedef struct
{
  guint8 bytes[32];
} TamisDigest;
TamisDigest tamis_digest_of (const void *data, gsize length);
gboolean tamis_digest_is_set (const TamisDigest *self);
gboolean tamis_digest_equal (const TamisDigest *a, const TamisDigest *b);
/* 64 lower-case hexadecimal digits, and back (either case; FALSE if it is not such a text). */
char *tamis_digest_to_string (const TamisDigest *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean tamis_digest_from_string (const char *text, TamisDigest *digest);
/* The same piece by piece. finish() once. One thread at a time. */
typedef struct _TamisHasher TamisHasher;
TamisHasher *tamis_hasher_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tamis_hasher_update (TamisHasher *self, const void *data, gsize length);
TamisDigest tamis_hasher_finish (TamisHasher *self);
void tamis_hasher_free (TamisHasher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TamisHasher, tamis_hasher_free)

/**
 * TamisRandom:
 *
 * xoshiro256** seeded through splitmix64: the same sequence on every machine, which rand(3) and
 * GRand do not promise. A plain value; copy it to fork a sequence. Not thread-safe.
 */
typedef struct
{
  guint64 s[4];
} TamisRandom;
void tamis_random_init (TamisRandom *self, guint64 seed);
guint64 tamis_random_next (TamisRandom *self);
/* Uniform in [0, 1), 53 bits. */
double tamis_random_uniform (TamisRandom *self);
/* Uniform in 0 .. n - 1 without bias; n > 0. */
guint64 tamis_random_below (TamisRandom *self, guint64 n);
/* Normal with mean 0 and variance 1 (Box-Muller, one draw of two). */
double tamis_random_normal (TamisRandom *self);

/* Fisher-Yates, in place. */
void tamis_random_shuffle (TamisRandom *self, guint32 *items, gsize n);

G_END_DECLS
