#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the exact join costs against the number of rows.

  scale.py BENCH_JOIN [--kind latents|whitened] [--rows 10000,20000,40000,80000,160000] [--floor F] [--folder DIR] [--json]

Vectors are those of vectors.py, one class: 1,024 numbers and floor .95 for latents, 128 and .85 for whitened. Each
size is made, joined once by two threads in a process of its own, and removed. Prints a Markdown table: seconds by
the clock and of processors (on a machine that others use, too, only these say something), the exponent from one size
to the next, and memory at its peak beyond the vectors, which lie in a mapped file."""
import argparse
import json
import math
import os
import subprocess
import tempfile

import vectors

KINDS = {"latents": (1024, 0.95), "whitened": (128, 0.85)}


def measure(bench, path, floor):
    run = subprocess.run([bench, path, "2", "0", str(floor)], check=True, capture_output=True, text=True)
    return json.loads(run.stdout.splitlines()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("bench")
    parser.add_argument("--kind", choices=KINDS, default="latents")
    parser.add_argument("--rows", default="10000,20000,40000,80000,160000")
    parser.add_argument("--floor", type=float)
    parser.add_argument("--folder", help="to make the vectors in")
    parser.add_argument("--json", action="store_true", help="a line a size, as the program prints it")
    args = parser.parse_args()
    dim, floor = KINDS[args.kind]
    floor = args.floor or floor
    if not args.json:
        print("| rows | pairs | engine | decided | s | CPU s | n^ | MB |\n|---|---|---|---|---|---|---|---|")
    last = None
    for n in map(int, args.rows.split(",")):
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            path = os.path.join(folder, "x.npy")
            vectors.save(path, args.kind, n, dim, 1)
            result = measure(args.bench, path, floor)
        if args.json:
            print(json.dumps(result), flush=True)
            continue
        power = f"{math.log(result['cpu_seconds'] / last[1]) / math.log(n / last[0]):.2f}" if last else ""
        last = n, result["cpu_seconds"]
        stages = " ".join(map(str, result["stages"]))
        print(f"| {n:,} | {result['pairs']:,} | {result['engine']} {stages} | {result['decided']:,} | "
              f"{result['seconds']:.2f} | {result['cpu_seconds']:.2f} | {power} | "
              f"{(result['peak_bytes'] - 4 * n * dim) / 1e6:.0f} |", flush=True)


if __name__ == "__main__":
    main()
