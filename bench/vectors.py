#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vectors to compare, with near-duplicates planted, for the benchmarks of the join.

  vectors.py OUT.npy [--kind latents|whitened] [--n 250000] [--dim 1024] [--seed 1]

latents: what an encoder with a ReLU at its end makes of one class: a common mean, a few dozen directions of
falling variance, clusters, and noise of its own for each image; most pairs are far below .9. whitened: white
noise. Of both, 40 % of the rows belong to groups of 2 to 60 that differ more or less from their first row, and lie
anywhere in the file. Written piece by piece into a mapped file, so that memory does not grow with n."""
import argparse

import numpy as np

GROUPED = 0.4
RANK = 96
CLUSTERS = 12
NOISE = 0.24
PIECE = 8192


def draw_groups(g, n, most):
    """How many rows each group has: the groups first, then rows by themselves."""
    sizes, left = [], int(GROUPED * n)
    while left > 1:
        sizes.append(int(min(2 + g.pareto(1.6), most, left)))
        left -= sizes[-1]
    return np.array(sizes + [1] * (n - sum(sizes)))


def pieces_of(sizes):
    """Runs of groups of about PIECE rows: (first group, last group + 1, first row)."""
    ends = np.cumsum(sizes)
    first = row = 0
    while first < len(sizes):
        last = int(np.searchsorted(ends, row + PIECE)) + 1
        last = min(last, len(sizes))
        yield first, last, row
        first, row = last, int(ends[last - 1])


def normal(g, *shape):
    return g.standard_normal(shape, dtype="f4")


class Latents:
    def __init__(self, g, dim):
        falling = np.arange(1, RANK + 1, dtype="f4")[:, None] ** np.float32(-0.55)
        self.basis = normal(g, RANK, dim) * falling
        self.mean = np.maximum(normal(g, dim), -0.3) + np.float32(0.35)
        self.centres = 0.55 * normal(g, CLUSTERS, RANK)
        self.shares = g.dirichlet(np.full(CLUSTERS, 1.5))

    def make(self, g, owner, apart):
        """Rows of groups: owner[r] is the group of row r, apart[r] how far it is from the group's own."""
        groups = int(owner[-1]) + 1
        z = self.centres[g.choice(CLUSTERS, groups, p=self.shares)] + np.float32(0.6) * normal(g, groups, RANK)
        z = z[owner] + 0.75 * apart[:, None] * normal(g, len(owner), RANK)
        x = self.mean + z @ self.basis
        x += NOISE * normal(g, groups, x.shape[1])[owner]
        x += NOISE * apart[:, None] * normal(g, *x.shape)
        gain = np.exp(np.float32(0.25) * normal(g, len(owner), 1))
        return np.maximum(x, 0) * gain

    most = 60
    apart = (0.03, 0.45)


class Whitened:
    def __init__(self, g, dim):
        self.dim = dim

    def make(self, g, owner, apart):
        x = normal(g, int(owner[-1]) + 1, self.dim)[owner]
        return x + apart[:, None] * normal(g, *x.shape)

    most = 40
    apart = (0.05, 0.9)


def save(path, kind, n, dim, seed):
    g = np.random.default_rng(seed)
    model = {"latents": Latents, "whitened": Whitened}[kind](g, dim)
    sizes = draw_groups(g, n, model.most)
    places = g.permutation(n)
    out = np.lib.format.open_memmap(path, mode="w+", dtype="<f4", shape=(n, dim))
    for first, last, row in pieces_of(sizes):
        size = sizes[first:last]
        owner = np.repeat(np.arange(len(size)), size)
        # One number a group; a group's first row, and rows by themselves, are not apart.
        apart = np.exp(g.uniform(*np.log(model.apart), len(size))).astype("f4")[owner]
        apart[np.r_[True, owner[1:] != owner[:-1]]] = 0
        out[places[row:row + len(owner)]] = model.make(g, owner, apart)
    out.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out")
    parser.add_argument("--kind", choices=("latents", "whitened"), default="latents")
    parser.add_argument("--n", type=int, default=250000)
    parser.add_argument("--dim", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    save(args.out, args.kind, args.n, args.dim, args.seed)


if __name__ == "__main__":
    main()
