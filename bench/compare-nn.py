#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encoder and training speed beside PyTorch's, in turns on the same machine.

  compare-nn.py BUILD [--rounds 5] [--threads 2] [--seconds 2] [--only encoder]

BUILD is a build folder in which `ninja bench/bench-encode bench/bench-train` was run. The comparator
is peers/torch_cae.py of the development pack ($TAMIS_SHARED, default: shared beside the project), run
with /usr/bin/python3 in its best settings: a traced and optimised encoder, the sub-pixel decoder and
one BLAS thread for training. Prints images a second, median (smallest to largest) over the rounds,
and the ratio of the medians; and the same ratio for a second of one processor, as the work that others
do on the machine takes processors away, and from threads that wait for each other most. A ratio under
1.2 says nothing: machines are that noisy."""
import argparse
import json
import os
import statistics
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHARED = os.environ.get("TAMIS_SHARED", os.path.join(os.path.dirname(ROOT), "shared"))


def measure(command):
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(out.strip().splitlines()[-1])
    return result["img_s"], result["img_s"] / max(result["cpus_used"], 0.01)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--only", default="", help="a row that begins so")
    args = parser.parse_args()
    threads, seconds = str(args.threads), str(args.seconds)
    torch = ["/usr/bin/python3", os.path.join(SHARED, "peers", "torch_cae.py")]
    common = ["--threads", threads, "--runs", "1", "--seconds", seconds]
    ours = lambda name, batch: [os.path.join(args.build, "bench", name), threads, batch, seconds, "1"]
    pairs = {
        "encoder, batch 64": (ours("bench-encode", "64"),
                              torch + ["infer", "--batch", "64", "--variant", "jit"] + common),
        "training step, batch 128": (ours("bench-train", "128"),
                                     torch + ["train", "--batch", "128", "--variant", "subpixel",
                                              "--blas-threads", "1"] + common),
    }
    pairs = {name: commands for name, commands in pairs.items() if name.startswith(args.only)}
    figures = {name: ([], []) for name in pairs}
    for _ in range(args.rounds):
        for name, commands in pairs.items():
            for command, list_ in zip(commands, figures[name]):
                list_.append(measure(command))
    print(f"| {args.threads} threads, {args.rounds} rounds in turns | Tamis | PyTorch | ratio | a processor second |")
    print("|---|---|---|---|---|")
    for name, both in figures.items():
        rates = [[by_clock for by_clock, _ in x] for x in both]
        cells = [f"{statistics.median(x):,.0f} ({min(x):,.0f}-{max(x):,.0f})" for x in rates]
        ratio = statistics.median(rates[0]) / statistics.median(rates[1])
        by_cpu = statistics.median(a / b for (_, a), (_, b) in zip(*both))
        print(f"| {name} | {cells[0]} | {cells[1]} | {ratio:.2f} | {by_cpu:.2f} |")


main()
