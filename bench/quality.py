#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How well a model's cosine tells near-duplicates from other images, on labelled pairs.

  quality.py TAMIS-CLI [--model whitened --model paper ...]

Encodes sets of the development pack ($TAMIS_SHARED, default: shared beside the project) that the
bundled model was not trained on, and ranks their labelled pairs (1: near-duplicate, 0: not; borderline
ones are left out) by cosine:
  planted   aerial photographs with planted copies; 0: the most alike photographs of a class
  tiles     drone tiles of the two flights not used for training; 0: ground overlap up to 0.35
  photos    photographs and their edits; 0: any two files of different groups
Prints average precision; recall at precision 0.99 and the T that gives it; precision and recall at
some T. Photographs of rooms are left out: two views of one room are a matter of opinion."""
import argparse
import csv
import os
import subprocess
import tempfile

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(os.environ.get("TAMIS_SHARED", os.path.join(os.path.dirname(ROOT), "shared")), "data")
STEPS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97)


def encode(cli, model, folder):
    with tempfile.TemporaryDirectory() as work:
        x, labels = os.path.join(work, "x.npy"), os.path.join(work, "l.csv")
        subprocess.run([cli, "encode", folder, "--model", model, "--out", x, "--labels-out", labels],
                       check=True, stdout=subprocess.DEVNULL)
        vectors = np.load(x).astype(np.float64)
        with open(labels, newline="") as f:
            paths = [row["path"] for row in csv.DictReader(f)]
    norm = np.linalg.norm(vectors, axis=1, keepdims=True)
    return dict(zip(paths, vectors / np.maximum(norm, 1e-30)))


def listed_pairs(folder, wanted):
    with open(os.path.join(folder, "pairs.csv"), newline="") as f:
        for row in csv.DictReader(f):
            if row["label"] in "01" and wanted(row["path_a"]):
                yield row["path_a"], row["path_b"], int(row["label"])


def photo_pairs(folder):
    """Listed positives; negatives: all files of different groups."""
    wanted = lambda path: path.startswith("transformed/")
    pairs = list(listed_pairs(folder, wanted))
    with open(os.path.join(folder, "groups.csv"), newline="") as f:
        files = [(r["path"], r["group"]) for r in csv.DictReader(f) if wanted(r["path"])]
    for i, (a, group) in enumerate(files):
        pairs += [(a, b, 0) for b, other in files[:i] if other != group]
    return pairs


def sets():
    planted = os.path.join(DATA, "planted_aerial64")
    tiles = os.path.join(DATA, "drone_tiles64")
    photos = os.path.join(DATA, "photos_neardup")
    yield "planted", planted, list(listed_pairs(planted, lambda path: True))
    yield "tiles", tiles, list(listed_pairs(tiles, lambda path: not path.startswith("lewis/")))
    yield "photos", photos, photo_pairs(photos)


def measure(similarity, label):
    order = np.argsort(-similarity, kind="stable")
    hits = np.cumsum(label[order])
    precision = hits / np.arange(1, len(order) + 1)
    recall = hits / label.sum()
    average = (precision * label[order]).sum() / label.sum()
    good = np.flatnonzero(precision >= 0.99)
    last = good[-1] if len(good) else 0
    return average, recall[last] if len(good) else 0.0, similarity[order[last]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("cli")
    parser.add_argument("--model", action="append")
    args = parser.parse_args()
    for model in args.model or ["whitened", "paper"]:
        for name, folder, pairs in sets():
            vectors = encode(args.cli, model, folder)
            pairs = [p for p in pairs if p[0] in vectors and p[1] in vectors]
            similarity = np.array([vectors[a] @ vectors[b] for a, b, _ in pairs])
            label = np.array([p[2] for p in pairs])
            average, recall, threshold = measure(similarity, label)
            print(f"{model} {name}: {label.sum()} of {len(label)} pairs are duplicates; average precision "
                  f"{average:.3f}; recall at precision .99 {recall:.3f} (T {threshold:.3f})")
            for t in STEPS:
                found = similarity > t
                precision = label[found].mean() if found.any() else 1.0
                print(f"    T {t:.2f}: precision {precision:.3f} recall {label[found].sum() / label.sum():.3f}")


main()
