#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From JPEG files to latents beside the decoding alone of Python's libraries, in turns.

  compare-ingest.py BUILD [--rounds 5] [--threads 2] [--files 200]

BUILD is a build folder in which `ninja bench/bench-ingest` was run. Files of 1024 × 768 pixels that
look like photographs to a codec (1/f texture with shapes, quality 85, 4:2:0) are made in the
temporary folder and read once. The comparators decode by draft (Pillow) or reduced (OpenCV, where it
is installed) to 64 × 64 and do nothing else. Prints images a second and processor milliseconds an
image, which say more where the machine is not idle: median over the rounds."""
import argparse
import glob
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from PIL import Image, ImageDraw

try:
    import cv2
    cv2.setNumThreads(1)
except ImportError:
    cv2 = None

WIDTH, HEIGHT, SIDE = 1024, 768, 64


def make(folder, count):
    g = np.random.default_rng(7)
    fy, fx = np.fft.fftfreq(HEIGHT)[:, None], np.fft.rfftfreq(WIDTH)[None]
    amplitude = 1 / np.maximum(np.hypot(fx, fy), 1 / WIDTH) ** 1.3
    for i in range(count):
        shape = (3, HEIGHT, WIDTH // 2 + 1)
        wave = g.standard_normal(shape) + 1j * g.standard_normal(shape)
        wave = wave[:1] + .25 * wave  # channels mostly agree, as in photographs
        texture = np.fft.irfft2(wave * amplitude, s=(HEIGHT, WIDTH))
        texture = (texture - texture.mean()) / texture.std() * 45 + 128
        image = Image.fromarray(np.clip(texture, 0, 255).astype("u1").transpose(1, 2, 0).copy())
        draw = ImageDraw.Draw(image)
        for _ in range(4):
            r = int(g.integers(HEIGHT // 16, HEIGHT // 4))
            x, y = int(g.integers(WIDTH)), int(g.integers(HEIGHT))
            draw.ellipse((x - r, y - r, x + r, y + r), fill=tuple(int(v) for v in g.integers(0, 255, 3)))
        image.save(f"{folder}/{i:05d}.jpg", quality=85)


def pillow(path):
    with Image.open(path) as image:
        image.draft("RGB", (SIDE, SIDE))
        return np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.BILINEAR))


def opencv(path):
    image = cv2.imread(path, cv2.IMREAD_REDUCED_COLOR_8)
    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def chunk(job):
    decode, paths = job
    begun = time.process_time()
    for path in paths:
        decode(path)
    return time.process_time() - begun


def python(pool, threads, decode, paths):
    jobs = [(decode, paths[i:i + 16]) for i in range(0, len(paths), 16)]
    list(pool.map(chunk, jobs[:threads]))
    begun = time.perf_counter()
    spent = sum(pool.map(chunk, jobs))
    return {"img_s": len(paths) / (time.perf_counter() - begun), "cpu_ms": 1e3 * spent / len(paths)}


def tamis(build, threads, folder):
    command = [os.path.join(build, "bench", "bench-ingest"), folder, str(threads), "1"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {"Tamis, " + line["mode"]: line for line in map(json.loads, out.splitlines())}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--files", type=int, default=200)
    args = parser.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(args.threads) as pool:
        make(folder, args.files)
        paths = sorted(glob.glob(folder + "/*.jpg"))
        for _ in range(args.rounds):
            round_ = {"Pillow draft, decoding alone": python(pool, args.threads, pillow, paths)}
            if cv2 is not None:
                round_["OpenCV reduced, decoding alone"] = python(pool, args.threads, opencv, paths)
            round_.update(tamis(args.build, args.threads, folder))
            for name, line in round_.items():
                figures.setdefault(name, []).append(line)
    if cv2 is None:
        print("OpenCV is not installed: not compared", file=sys.stderr)
    base = max(statistics.median(x["img_s"] for x in lines)
               for name, lines in figures.items() if "alone" in name)
    print(f"| JPEG {WIDTH} × {HEIGHT}, {args.threads} threads, {args.rounds} rounds in turns "
          "| images/s | CPU ms an image | to the best decoder |")
    print("|---|---|---|---|")
    for name, lines in figures.items():
        rate = statistics.median(x["img_s"] for x in lines)
        cpu = statistics.median(x["cpu_ms"] for x in lines)
        print(f"| {name} | {rate:,.0f} | {cpu:.2f} | {rate / base:.2f} |")


if __name__ == "__main__":
    main()
