#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the 64x64 training images of data/models/tamis.safetensors.

  prepare.py SHARED OUT [--seed 1]

SHARED is the data folder of the development image pack. OUT gets train/SOURCE/*.png and held-out/SOURCE/*.png. Only
sources whose licence allows it are used (README.md beside this file lists them), and pictures drawn
here. Held out are whole sources: every tenth EuroSAT file, the last tenth of the drone flight (its
frames overlap, so single frames would leak), four whole photographs, and drawings of another seed.
Deterministic for a seed and a version of PIL and NumPy."""
import argparse
import csv
import os
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE = 64
# One unedited picture a group, and the source that states its licence.
PHOTOS = {  # facebook/ThreatExchange pdq, BSD
    "bridge": "aaa-orig.jpg", "single_coaster": "", "single_q0003": "", "single_q0004": "",
    "single_q0122": "", "single_q0291": "", "single_q0746": "", "single_q1050": "",
    "single_q2821": "",
    # idealo/imagededup, Apache-2.0
    "jeans": "ukbench00120.jpg", "bottle": "ukbench09380.jpg", "toothbrush": "",
    "single_uk01380": "", "single_uk08976": "", "single_uk08996": "", "single_uk09012": "",
    "single_uk09040": "", "single_uk09060": "", "single_uk09348": "",
    # jenssegers/imagehash and KilianB/JImageHash, MIT
    "forest": "forest-high.jpg", "office": "", "office_empty": "", "single_ballon": "",
    "single_catCustom": "", "single_TestShapes": "",
    # vitali-fedulov/images4, MIT
    "rome": "original.png", "sunset": "1.jpg",
}
PHOTOS_HELD_OUT = {"single_q0291", "single_uk09012", "office", "sunset"}
CROPS_A_PHOTO, CROPS_A_FRAME, DRAWINGS = 100, 50, 4000


def fit(image):
    return image.convert("RGB").resize((SIDE, SIDE), Image.BILINEAR)


def crop(image, rng, smallest):
    """A square at a random place, of a size drawn evenly on a log scale, turned and mirrored."""
    whole = min(image.size)
    size = round(whole * smallest ** rng.random())
    x, y = rng.randint(0, image.width - size), rng.randint(0, image.height - size)
    part = fit(image.crop((x, y, x + size, y + size)))
    turn = rng.choice([None, Image.ROTATE_90, Image.ROTATE_180, Image.ROTATE_270])
    part = part.transpose(turn) if turn is not None else part
    return part.transpose(Image.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else part


class Out:
    def __init__(self, root):
        self.root, self.count = root, {}

    def put(self, held_out, source, image):
        part = "held-out" if held_out else "train"
        n = self.count.get((part, source), 0)
        self.count[part, source] = n + 1
        folder = os.path.join(self.root, part, source)
        os.makedirs(folder, exist_ok=True)
        image.save(os.path.join(folder, f"{n:05d}.png"), compress_level=1)


def eurosat(shared, out, rng):
    root = os.path.join(shared, "aerial_eurosat")
    for name in sorted(os.listdir(root)):
        folder = os.path.join(root, name)
        for i, file in enumerate(sorted(os.listdir(folder)) if os.path.isdir(folder) else []):
            image, held_out = Image.open(os.path.join(folder, file)), i % 10 == 9
            out.put(held_out, "eurosat-" + name, fit(image))
            if not held_out:
                out.put(False, "eurosat-crops", crop(image, rng, 0.5))


def drone(shared, out, rng):
    with open(os.path.join(shared, "drone_frames", "frames.csv"), newline="") as f:
        frames = [r for r in csv.DictReader(f) if r["flight"] == "lewis"]
    frames.sort(key=lambda r: int(r["seq"]))
    late = {r["source_file"] for r in frames[-len(frames) // 10:]}
    for row in frames:
        image = Image.open(os.path.join(shared, "drone_frames", row["path"]))
        for _ in range(CROPS_A_FRAME):
            out.put(row["source_file"] in late, "drone-frames", crop(image, rng, 0.25))
    with open(os.path.join(shared, "drone_tiles64", "groups.csv"), newline="") as f:
        for row in csv.DictReader(f):
            if row["flight"] == "lewis":
                image = Image.open(os.path.join(shared, "drone_tiles64", row["path"]))
                out.put(os.path.basename(row["source"]) in late, "drone-tiles", fit(image))


def photos(shared, out, rng):
    root = os.path.join(shared, "photos_neardup", "real")
    for group, name in sorted(PHOTOS.items()):
        folder = os.path.join(root, group)
        image = Image.open(os.path.join(folder, name or sorted(os.listdir(folder))[0])).convert("RGB")
        for _ in range(CROPS_A_PHOTO):
            out.put(group in PHOTOS_HELD_OUT, "photos", crop(image, rng, 0.12))


def noise(rng, power):
    """Colour noise whose spectrum falls as frequency to the -power: clouds, soil, foliage."""
    fy, fx = np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :]
    amplitude = np.maximum(np.hypot(fy, fx), 1 / SIDE) ** -power
    planes = []
    for _ in range(3):
        phase = np.exp(2j * np.pi * rng.random(amplitude.shape))
        plane = np.fft.irfft2(amplitude * phase, (SIDE, SIDE))
        planes.append((plane - plane.mean()) / plane.std())
    mix = np.full((3, 3), 0.3) + np.eye(3) * rng.uniform(0, 0.7)
    value = np.tensordot(mix, np.array(planes), 1).transpose(1, 2, 0)
    value = rng.uniform(40, 215, 3) + value * rng.uniform(8, 60)
    return Image.fromarray(np.clip(value, 0, 255).astype(np.uint8))


def gradient(rng):
    y, x = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1)
    a = rng.uniform(0, 2 * np.pi)
    t = ((x - 0.5) * np.cos(a) + (y - 0.5) * np.sin(a) + 0.7) / 1.4
    if rng.random() < 0.4:
        t = 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(1, 9) * t)
    from_, to = rng.uniform(0, 255, 3), rng.uniform(0, 255, 3)
    return Image.fromarray((from_ + t[..., None] * (to - from_)).astype(np.uint8))


def draw_shapes(image, rng):
    """Roofs, roads, fields, trees, drawn four times as large for soft edges."""
    big = image.resize((4 * SIDE, 4 * SIDE), Image.BICUBIC)
    pen = ImageDraw.Draw(big)
    for _ in range(rng.integers(1, 14)):
        colour = tuple(int(v) for v in rng.uniform(0, 255, 3))
        x, y = rng.uniform(0, 4 * SIDE, 2)
        size, angle = rng.uniform(8, 110), rng.uniform(0, np.pi)
        kind = rng.integers(0, 3)
        if kind == 0:
            turn = angle + np.array([0.0, rng.uniform(0.6, 1.6), np.pi, np.pi + 1.1])
            pen.polygon([(x + size * np.cos(t), y + size * np.sin(t)) for t in turn], fill=colour)
        elif kind == 1:
            far = 400 * np.array([np.cos(angle), np.sin(angle)])
            pen.line([x - far[0], y - far[1], x + far[0], y + far[1]], fill=colour,
                     width=int(rng.uniform(2, 24)))
        else:
            pen.ellipse([x - size / 2, y - size / 2, x + size / 2, y + size / 2], fill=colour)
    return big.resize((SIDE, SIDE), Image.BOX)


def drawings(out, rng):
    for i in range(DRAWINGS + DRAWINGS // 10):
        image = gradient(rng) if rng.random() < 0.3 else noise(rng, rng.uniform(0.6, 2.2))
        if rng.random() < 0.7:
            image = draw_shapes(image, rng)
        if rng.random() < 0.3:
            image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.5)))
        out.put(i >= DRAWINGS, "drawn", image)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("shared")
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    out, rng = Out(args.out), random.Random(args.seed)
    eurosat(args.shared, out, rng)
    drone(args.shared, out, rng)
    photos(args.shared, out, rng)
    drawings(out, np.random.default_rng(args.seed))
    for (part, source), n in sorted(out.count.items()):
        print(f"{part}/{source}: {n}")
    for part in "held-out", "train":
        print(part, sum(n for (p, _), n in out.count.items() if p == part))


main()
