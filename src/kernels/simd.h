/* Which intrinsics a kernel may use besides plain C: TAMIS_X86 or TAMIS_NEON is defined, or neither.
 * With TAMIS_TRY_NEON tests run the code for NEON on any processor, through intrinsics in plain C.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#if defined(TAMIS_TRY_NEON)
#include "neon-in-c.h"
#define TAMIS_NEON 1
#elif defined(__aarch64__)
#include <arm_neon.h>
#define TAMIS_NEON 1
#elif defined(__x86_64__)
#include <immintrin.h>
#define TAMIS_X86 1
#endif
