#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exact join beside FAISS and NumPy: same rows, same T, in turns, and the pair sets compared.

  compare-join.py BENCH_JOIN PEERS [--data X.npy | --whitened | --n 20000 --dim 1024 --classes 1]
                  [--t 0.97] [--threads 2] [--rounds 5] [--runs 3]
BENCH_JOIN is the built bench-join; PEERS holds gendata.py, pairs_faiss.py and pairs_numpy.py. Vectors:
a file's, or those of gendata.py, or --whitened: those of vectors.py. In each round the programs take turns, so that a noisy machine is noisy for all, and each gives
the median of its runs, so that a slow first one does not count; the ratio is the median of the rounds'
ratios. One JSON line."""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

import numpy as np

import vectors

PYTHON = "/usr/bin/python3"


def run(command, **environment):
    out = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **environment})
    return json.loads(out.stdout.splitlines()[0])


def pair_keys(pairs, n):
    pairs = np.sort(pairs.astype("i8"), axis=1)
    return np.unique(pairs[:, 0] * n + pairs[:, 1])


def far_from(keys, x, n, t):
    """Of pairs that one list has and another has not: those a float32 rounding does not explain."""
    a, b = x[keys // n].astype("f8"), x[keys % n].astype("f8")
    cosine = (a * b).sum(1) / np.sqrt((a * a).sum(1) * (b * b).sum(1))
    return int((np.abs(cosine - t) > 1e-6).sum())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("peers")
    parser.add_argument("--n", type=int, default=20000, help="rows a class")
    parser.add_argument("--dim", type=int, default=1024)
    parser.add_argument("--classes", type=int, default=1)
    parser.add_argument("--t", type=float, default=0.97)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--data")
    parser.add_argument("--whitened", action="store_true")
    args = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        data = args.data or os.path.join(folder, "x.npy")
        if args.whitened:
            vectors.save(data, "whitened", args.n, args.dim, 1)
        elif not args.data:
            run([PYTHON, os.path.join(args.peers, "gendata.py"), "--n", str(args.n), "--dim", str(args.dim),
                 "--classes", str(args.classes), "--out", data])
        runs = str(args.runs)
        common = ["--data", data, "--t", str(args.t), "--threads", str(args.threads), "--runs", runs]
        saved = {name: os.path.join(folder, name) for name in ("tamis", "faiss.npy", "numpy.npy")}
        commands = {
            "tamis": ([args.bench, data, str(args.threads), runs, str(args.t), saved["tamis"]], {}),
            "faiss": ([PYTHON, os.path.join(args.peers, "pairs_faiss.py"), *common, "--save", saved["faiss.npy"]],
                      {"OMP_WAIT_POLICY": "PASSIVE"}),
            "numpy": ([PYTHON, os.path.join(args.peers, "pairs_numpy.py"), *common, "--save", saved["numpy.npy"]], {}),
        }
        seconds = {name: [] for name in commands}
        for _ in range(args.rounds):
            for name, (command, environment) in commands.items():
                last = run(command, **environment)
                seconds[name].append(last["seconds"])
                if name == "tamis":
                    report = last
        x = np.load(data, mmap_mode="r")
        n = len(x)
        ours = pair_keys(np.fromfile(saved["tamis"], "<i4").reshape(-1, 2), n)
        result = {"tool": "compare-join", "n": n, "classes": report["classes"], "dim": x.shape[1], "t": args.t,
                  "threads": args.threads, "pairs": len(ours), "engine": report["engine"],
                  "simd": report["simd"], "stages": report["stages"],
                  "tamis_s": statistics.median(seconds["tamis"]), "tamis_cpu_s": report["cpu_seconds"]}
        for name in ("faiss", "numpy"):
            theirs = pair_keys(np.load(saved[name + ".npy"]), n)
            differ = np.setxor1d(ours, theirs)
            unexplained = far_from(differ, x, n, args.t)
            bad += unexplained
            ratios = [theirs_s / ours_s for theirs_s, ours_s in zip(seconds[name], seconds["tamis"])]
            result.update({name + "_s": statistics.median(seconds[name]),
                           name + "_ratio": round(statistics.median(ratios), 2),
                           name + "_pairs_differ": len(differ), name + "_differ_beyond_1e-6": unexplained})
    print(json.dumps(result))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
