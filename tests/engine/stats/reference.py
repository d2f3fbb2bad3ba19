#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints reference.h: what SciPy, NumPy and scikit-learn say of data that test-stats.c makes alike.

  ./reference.py > reference.h
"""
import numpy as np
import scipy
import scipy.stats as st
import sklearn
from sklearn.decomposition import PCA


class Lcg:
    """Numerical Recipes' generator; common.h has the same in C."""

    def __init__(self, seed):
        self.s = seed

    def uniform(self):
        self.s = (self.s * 1664525 + 1013904223) % 2**32
        return self.s / 2**32

    def bell(self):
        return self.uniform() + self.uniform() + self.uniform() + self.uniform() - 2.0


def sample(seed, n, skew):
    g = Lcg(seed)
    x = []
    for _ in range(n):
        b = g.bell()
        x.append(b + skew * b * b * b)
    return np.array(x)


def matrix(seed, n, d, rank):
    """n x d float32 on a falling spectrum"""
    g = Lcg(seed)
    basis = np.array([[g.bell() / (k + 1) for _ in range(d)] for k in range(rank)])
    x = np.empty((n, d), "f4")
    for i in range(n):
        row = np.full(d, 1.0)
        for k in range(rank):
            b = g.bell()
            for j in range(d):
                row[j] = row[j] + b * basis[k, j]
        x[i] = row.astype("f4")
    return x


def c_array(name, values):
    body = ",\n  ".join(repr(float(v)) for v in np.ravel(values))
    print(f"static const double {name}[] = {{\n  {body},\n}};")


def main():
    print("/* Made by reference.py; do not edit.")
    print(f" * NumPy {np.__version__}, SciPy {scipy.__version__}, "
          f"scikit-learn {sklearn.__version__}.")
    print(" *\n * SPDX-License-Identifier: GPL-3.0-or-later\n */\n#pragma once\n")
    sets = [(1, 4, 0.0), (2, 5, 1.0), (3, 100, 0.3), (4, 1000, 2.0), (5, 5000, 0.0)]
    c_array("ref_kurtosis", [st.kurtosis(sample(*s)) for s in sets])

    lines = []
    for seed, n in [(11, 2), (12, 3), (13, 14), (14, 33), (15, 200)]:
        x = sample(seed, n, 0.5)
        y = 0.6 * x + 0.2 * sample(seed + 100, n, 1.0)
        if n == 14:  # ties in both
            x, y = np.round(x * 4) / 4, np.round(y * 4) / 4
        t = st.theilslopes(y, x)
        lines.append([t.slope, t.intercept, t.low_slope, t.high_slope])
    c_array("ref_theil", lines)

    x = sample(21, 700, 0.8)
    grids, counts = [], []
    for rule in ("fd", "scott", "sturges"):
        n, edges = np.histogram(x, bins=rule)
        grids.append([len(n), edges[0], edges[-1]])
        counts.append(n)
    c_array("ref_grid", grids)
    c_array("ref_counts", np.concatenate(counts))

    for name, n, d in (("tall", 60, 12), ("wide", 9, 40)):
        m = matrix(31, n, d, 6).astype("f8")
        p = PCA(n_components=3, svd_solver="full").fit(m)
        c_array(f"ref_{name}_variance", p.explained_variance_ * (n - 1) / n)
        c_array(f"ref_{name}_scores", p.transform(m).T)


if __name__ == "__main__":
    main()
