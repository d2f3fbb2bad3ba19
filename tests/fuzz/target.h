/* What a fuzz target is made of.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* The name and type that libFuzzer calls. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* (transfer container): GBytes to damage, for the driver that runs without libFuzzer. */
GPtrArray *fuzz_seeds (void);
