/* Matrix product through OpenBLAS. Single-threaded: see tamis_init().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "gemm.h"

#include <cblas.h>

void
tamis_gemm (const TamisGemm *p)
{
  cblas_sgemm (CblasRowMajor, p->a_transposed ? CblasTrans : CblasNoTrans,
               p->b_transposed ? CblasTrans : CblasNoTrans, p->m, p->n, p->k, 1.0f, p->a,
               p->a_stride, p->b, p->b_stride, p->beta, p->c, p->c_stride);
}
