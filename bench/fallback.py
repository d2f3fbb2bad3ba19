#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What planning costs where it is in vain: white noise, joined as planned and by all products at once, in turns.

  fallback.py BENCH_JOIN [SIZE ...] [--rounds 3] [--floor F] [--folder DIR]

A SIZE is ROWSxNUMBERS or ROWSxNUMBERS/ROWS-OF-A-CLASS. Prints a Markdown table: the least processor seconds of either
in all runs, and their ratio. On a machine that others use clocks of the wall say nothing, and processor seconds are
only ever made longer: hence the least."""
import argparse
import json
import os
import subprocess
import tempfile

import numpy as np

SIZES = ("20000x1024", "8000x1024", "40000x128", "20000x1024/1000", "20000x1024/200", "20000x1024/50")


def save(path, size):
    shape, _, part = size.partition("/")
    n, dim = map(int, shape.split("x"))
    np.save(path, np.random.default_rng(1).standard_normal((n, dim), dtype="f4"))
    if part:
        (np.arange(n) // int(part)).astype("<i4").tofile(path + ".labels")


def measure(bench, path, floor, engine):
    run = subprocess.run([bench, path, "2", "3", str(floor), "-", str(engine)], check=True, capture_output=True, text=True)
    return json.loads(run.stdout.splitlines()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("bench")
    parser.add_argument("sizes", nargs="*", default=SIZES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--floor", type=float, default=0.5)
    parser.add_argument("--folder", help="to make the vectors in")
    args = parser.parse_args()
    print("| rows x numbers / class | engine | planned, CPU s | all products | ratio |\n|---|---|---|---|---|")
    for size in args.sizes:
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            path = os.path.join(folder, "x.npy")
            save(path, size)
            planned, plain = [], []
            for _ in range(args.rounds):
                result = measure(args.bench, path, args.floor, 0)
                planned.append(result["cpu_min"])
                plain.append(measure(args.bench, path, args.floor, 1)["cpu_min"])
        print(f"| {size} | {result['engine']} | {min(planned):.3f} | {min(plain):.3f} | {min(planned) / min(plain):.2f} |",
              flush=True)


if __name__ == "__main__":
    main()
