#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the exact join costs against the number of rows.

  scale.py BENCH_JOIN [--kind latents] [--kind whitened] [--rows 10000,20000,40000,80000,160000] [--floor F]
           [--folder DIR] [--json] [--svg PICTURE.svg]

Vectors are those of vectors.py, one class: 1,024 numbers and floor .95 for latents, 128 and .85 for whitened. Each
size is made, joined once by two threads in a process of its own, and removed. Prints a Markdown table a kind: seconds
by the clock and of processors (on a machine that others use, too, only these say something), the exponent from one
size to the next, and memory at its peak beyond the vectors, which lie in a mapped file. The picture has processor
seconds against rows, both axes logarithmic, and what would be linear and quadratic in grey."""
import argparse
import json
import math
import os
import subprocess
import tempfile

import vectors

KINDS = {"latents": (1024, 0.95, "#1c71d8"), "whitened": (128, 0.85, "#c64600")}
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 400, 64, 150, 16, 48


def measure(bench, path, floor):
    run = subprocess.run([bench, path, "2", "0", str(floor)], check=True, capture_output=True, text=True)
    return json.loads(run.stdout.splitlines()[0])


def print_row(result, last):
    n, cpu = result["n"], result["cpu_seconds"]
    power = f"{math.log(cpu / last['cpu_seconds']) / math.log(n / last['n']):.2f}" if last else ""
    stages = " ".join(map(str, result["stages"]))
    print(f"| {n:,} | {result['pairs']:,} | {result['engine']} {stages} | {result['decided']:,} | "
          f"{result['seconds']:.2f} | {cpu:.2f} | {power} | "
          f"{(result['peak_bytes'] - 4 * n * result['dim']) / 1e6:.0f} |", flush=True)


def measure_kind(args, kind):
    dim, floor, _ = KINDS[kind]
    results = []
    if not args.json:
        print(f"{kind}, {dim} numbers, floor {args.floor or floor}\n\n"
              "| rows | pairs | engine | decided | s | CPU s | n^ | MB |\n|---|---|---|---|---|---|---|---|")
    for n in map(int, args.rows.split(",")):
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            path = os.path.join(folder, "x.npy")
            vectors.save(path, kind, n, dim, 1)
            results.append(measure(args.bench, path, args.floor or floor))
        if args.json:
            print(json.dumps(results[-1]), flush=True)
        else:
            print_row(results[-1], results[-2] if len(results) > 1 else None)
    return results


class Axis:
    """A logarithmic axis from pixel @begin to @end."""

    def __init__(self, values, begin, end):
        self.low, self.high = math.log10(min(values)) - 0.1, math.log10(max(values)) + 0.1
        self.begin, self.end = begin, end

    def at(self, value):
        return self.begin + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.begin)

    def ticks(self):
        values = (m * 10.0 ** e for e in range(-4, 9) for m in (1, 2, 5))
        return [v for v in values if self.low <= math.log10(v) <= self.high]


def text(x, y, words, anchor="middle"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def draw_axes(x, y):
    for n in x.ticks():
        yield f'<path class="grid" d="M{x.at(n):.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
        yield text(x.at(n), HEIGHT - BOTTOM + 16, f"{n:,.0f}")
    for s in y.ticks():
        yield f'<path class="grid" d="M{LEFT} {y.at(s):.1f}H{WIDTH - RIGHT}"/>'
        yield text(LEFT - 6, y.at(s) + 4, f"{s:g}", "end")
    yield text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "rows of one class")
    yield f'<g transform="rotate(-90 14 {HEIGHT / 2})">{text(14, HEIGHT / 2, "seconds of processors")}</g>'


def draw_guides(x, y, least):
    """Lines of power 1 and 2 through the smallest time."""
    n, s = least
    for power, name in ((1, "linear"), (2, "quadratic")):
        end = min(10 ** x.high, n * (10 ** y.high / s) ** (1 / power))
        s_end = s * (end / n) ** power
        yield f'<path class="guide" d="M{x.at(n):.1f} {y.at(s):.1f}L{x.at(end):.1f} {y.at(s_end):.1f}"/>'
        yield text(x.at(end) + 6, y.at(s_end) + 4, name, "start")


def draw(measured, path):
    points = {kind: [(r["n"], r["cpu_seconds"]) for r in results] for kind, results in measured.items()}
    flat = [p for of in points.values() for p in of]
    x = Axis([n for n, _ in flat], LEFT, WIDTH - RIGHT)
    y = Axis([s for _, s in flat], HEIGHT - BOTTOM, TOP)
    parts = [*draw_axes(x, y), *draw_guides(x, y, min(flat, key=lambda p: p[1]))]
    for kind, of in points.items():
        dim, _, colour = KINDS[kind]
        line = "L".join(f"{x.at(n):.1f} {y.at(s):.1f}" for n, s in of)
        parts.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x.at(n):.1f}" cy="{y.at(s):.1f}" r="3.5" fill="{colour}"/>' for n, s in of]
        n, s = of[-1]
        name = text(x.at(n) + 8, y.at(s) + 4, f"{kind}, × {dim:,}", "start")
        parts.append(f'<g fill="{colour}">{name}</g>')
    with open(path, "w", encoding="utf-8") as out:
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
                  'font-size="12" fill="#555">\n'
                  '<style>.grid{stroke:#ddd}.guide{stroke:#999;stroke-dasharray:5 4}</style>\n'
                  f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("bench")
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--rows", default="10000,20000,40000,80000,160000")
    parser.add_argument("--floor", type=float)
    parser.add_argument("--folder", help="to make the vectors in")
    parser.add_argument("--json", action="store_true", help="a line a size, as the program prints it")
    parser.add_argument("--svg", help="draw a picture, too")
    args = parser.parse_args()
    measured = {kind: measure_kind(args, kind) for kind in args.kind or ["latents"]}
    if args.svg:
        draw(measured, args.svg)


if __name__ == "__main__":
    main()
