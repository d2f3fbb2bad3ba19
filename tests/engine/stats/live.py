#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what test-live.c computed (JSON file named first) with SciPy and scikit-learn.

Exit status: 0 agrees, 1 does not (says where), 77 a module is missing.
"""
import json
import sys

try:
    import numpy as np
    import scipy.integrate as si
    import scipy.stats as st
    from sklearn.decomposition import PCA
except ImportError as error:
    print(error)
    sys.exit(77)


def check(name, got, expected, tolerance):
    got, expected = np.asarray(got, float), np.asarray(expected, float)
    worst = np.max(np.abs(got - expected) / (1 + np.abs(expected)))
    print(f"{name}: worst difference {worst:.2e} (limit {tolerance:g})")
    if not worst <= tolerance:
        sys.exit(1)


def spline_density(spline, t):
    h, edge = spline["step"], spline["first_edge"]
    p = np.asarray(spline["counts"]) / sum(spline["counts"])
    centres = edge + (np.arange(len(p)) + 0.5) * h
    u = 2 * (t - centres) / h
    outer = np.where(np.abs(u) <= 3, (3 - np.abs(u)) ** 2 / 8, 0)
    b = np.where(np.abs(u) <= 1, 0.75 - u * u / 4, outer)
    return float(p @ b) / h


def check_spline(spline, values):
    h, n = spline["step"], len(spline["counts"])
    knots = spline["first_edge"] + np.arange(-1, n + 2) * h

    def f(t):
        return spline_density(spline, t)

    def surprise(t):
        return -f(t) * np.log(f(t)) if f(t) > 0 else 0.0

    def integral(g):
        pieces = zip(knots, knots[1:])
        return sum(si.quad(g, a, b, epsabs=1e-13, epsrel=1e-12)[0] for a, b in pieces)

    mean = integral(lambda t: t * f(t))
    check("counts", spline["counts"], np.histogram(values, bins="fd")[0], 0)
    check("mass", integral(f), 1, 1e-9)
    check("mean", spline["mean"], mean, 1e-9)
    check("variance", spline["variance"], integral(lambda t: (t - mean) ** 2 * f(t)), 1e-9)
    check("entropy", spline["entropy"], integral(surprise), 1e-8)
    masses = [si.quad(f, a, b)[0] for a, b in zip(knots, knots[1:])]
    check("cdf at the knots", spline["cdf"], np.cumsum([0] + masses), 1e-9)


def main():
    data = json.load(open(sys.argv[1]))
    check("kurtosis", data["kurtosis"], [st.kurtosis(x) for x in data["samples"]], 1e-9)
    for theil in data["theil"]:
        line = st.theilslopes(theil["y"], theil["x"])
        mine = [theil["slope"], theil["intercept"], theil["low"], theil["high"]]
        check("Theil", mine, line, 1e-9)
    for pca in data["pca"]:
        x = np.asarray(pca["values"]).reshape(pca["n"], pca["d"])
        theirs = PCA(n_components=3, svd_solver="full").fit(x)
        scores = theirs.transform(x).T
        mine = np.asarray(pca["scores"]).reshape(3, pca["n"])
        signs = np.sign((mine * scores).sum(1))
        check("PCA scores", mine * signs[:, None], scores, 1e-6)
        population = (pca["n"] - 1) / pca["n"]
        check("PCA variance", pca["variance"], theirs.explained_variance_ * population, 1e-9)
    check_spline(data["spline"], data["samples"][2])
    for draw in data["draws"]:
        values = np.asarray(draw["cdf"])
        p = st.kstest(values, "uniform").pvalue
        print(f"Kolmogorov-Smirnov p = {p:.3f}")
        if not p > 0.01:
            sys.exit(1)


main()
