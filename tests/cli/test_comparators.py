#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tamis-cli against other programs on real images: PyTorch for latents, NumPy for pairs.

Needs $TAMIS_SHARED (the development image pack), the trained model and Debian's python3-torch,
python3-numpy and python3-pil; skips what it has not got.
"""
import csv
import json
import os
import struct
import unittest
import zipfile

import harness

DATADIR = os.environ.get('TAMIS_DATADIR', '')
WEIGHTS = os.path.join(DATADIR, 'models', 'tamis.safetensors')
PLANTED = os.path.join(harness.SHARED, 'data', 'planted_aerial64')
HOSTILE = os.path.join(harness.SHARED, 'data', 'hostile')
THRESHOLDS = (0.97, 0.95, 0.93)
# Sums of 1,024 products in another order may fall on the other side of T this near to it.
UNDECIDED = 1e-6

try:
    import numpy as np
except ImportError:
    np = None
try:
    import torch
except ImportError:
    torch = None
try:
    from PIL import Image
except ImportError:
    Image = None


def read_safetensors(path):
    with open(path, 'rb') as file:
        length = struct.unpack('<Q', file.read(8))[0]
        header = json.loads(file.read(length))
        data = file.read()
    types = {'F32': '<f4', 'F16': '<f2'}
    return {name: np.frombuffer(data[slice(*entry['data_offsets'])], types[entry['dtype']])
            .astype('f4').reshape(entry['shape'])
            for name, entry in header.items() if name != '__metadata__'}


@unittest.skipUnless(np is not None, 'python3-numpy is not installed')
@unittest.skipUnless(os.path.isdir(PLANTED), 'no image pack at $TAMIS_SHARED')
@unittest.skipUnless(os.path.exists(WEIGHTS), 'no trained model in data/models')
class Comparators(harness.Case):
    def encode(self, model):
        self.run_ok('encode', PLANTED, '--model', model, '--out', self.path('x.npy'),
                    '--labels-out', self.path('l.csv'))
        return np.load(self.path('x.npy')), harness.read_csv(self.path('l.csv'))

    @unittest.skipUnless(torch is not None, 'python3-torch is not installed')
    @unittest.skipUnless(Image is not None, 'python3-pil is not installed')
    def test_latents_are_those_of_pytorch(self):
        latents, labels = self.encode('paper')
        tensors = read_safetensors(WEIGHTS)
        pixels = np.stack([np.asarray(Image.open(os.path.join(PLANTED, row['path'])).convert('RGB'))
                           for row in labels])
        batch = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
        batch = (batch - 0.5) / 0.5
        with torch.no_grad():
            for index in range(0, 10, 2):
                weight = torch.from_numpy(tensors[f'encoder.{index}.weight'])
                bias = torch.from_numpy(tensors[f'encoder.{index}.bias'])
                batch = torch.relu(torch.nn.functional.conv2d(batch, weight, bias, 2, 1))
        reference = batch.flatten(1).numpy()
        self.assertEqual(latents.shape, reference.shape)
        error = np.abs(latents - reference).max() / np.abs(reference).max()
        print(f'# {len(latents)} images, largest relative difference {error:.1e}')
        self.assertLess(error, 1e-4)

    def similarities(self, latents, labels):
        """Per class: the rows and their float64 cosines."""
        names = np.array([row['label'] for row in labels])
        for name in sorted(set(names)):
            rows = np.flatnonzero(names == name)
            values = latents[rows].astype('f8')
            values /= np.linalg.norm(values, axis=1, keepdims=True)
            yield rows, values @ values.T

    def test_pairs_are_those_of_numpy(self):
        latents, labels = self.encode('paper')
        number = {row['path']: i for i, row in enumerate(labels)}
        for threshold in THRESHOLDS:
            self.run_ok('dedup', PLANTED, '--model', 'paper', '--threshold', str(threshold),
                        '--pairs', self.path('p.csv'))
            found = set()
            with open(self.path('p.csv'), encoding='utf-8', newline='') as file:
                for row in csv.DictReader(file):
                    found.add(tuple(sorted((number[row['a']], number[row['b']]))))
            certain, possible = set(), set()
            for rows, similarity in self.similarities(latents, labels):
                for bound, pairs in ((threshold + UNDECIDED, certain),
                                     (threshold - UNDECIDED, possible)):
                    first, second = np.nonzero(np.triu(similarity > bound, 1))
                    pairs.update(zip(rows[first].tolist(), rows[second].tolist()))
            print(f'# T {threshold}: {len(found)} pairs, {len(possible) - len(certain)} undecided')
            self.assertFalse(certain - found)
            self.assertFalse(found - possible)

    def test_every_removal_has_a_kept_witness(self):
        for model in ('paper', 'whitened'):
            latents, labels = self.encode(model)
            values = latents.astype('f8')
            values /= np.linalg.norm(values, axis=1, keepdims=True)
            number = {row['path']: i for i, row in enumerate(labels)}
            report = self.run_json('dedup', PLANTED, '--model', model, '--removals',
                                   self.path('r.csv'), '--kept', self.path('k.txt'))
            threshold = report['results'][0]['threshold']
            with open(self.path('k.txt'), encoding='utf-8') as file:
                kept = set(file.read().splitlines())
            removals = harness.read_csv(self.path('r.csv'))
            self.assertEqual(len(kept) + len(removals), len(labels))
            self.assertGreater(len(removals), 0)
            for row in removals:
                self.assertNotIn(row['removed'], kept)
                self.assertIn(row['witness'], kept)
                exact = values[number[row['removed']]] @ values[number[row['witness']]]
                self.assertGreater(exact, threshold - UNDECIDED)
                self.assertAlmostEqual(float(row['similarity']), exact, delta=UNDECIDED)


@unittest.skipUnless(os.path.isdir(HOSTILE), 'no image pack at $TAMIS_SHARED')
class Hostile(harness.Case):
    ENDINGS = ('.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff')

    def test_every_file_is_accounted_for(self):
        """Broken, hostile and odd files: all read or listed, and the rest of the run goes on."""
        root = self.path('hostile')
        os.mkdir(root)
        os.symlink(os.path.join(HOSTILE, 'manifest.csv'), os.path.join(root, 'link.png'))
        for name in os.listdir(HOSTILE):
            if os.path.isdir(os.path.join(HOSTILE, name)):
                self.copy_tree(os.path.join(HOSTILE, name), os.path.join(root, name))
        with zipfile.ZipFile(os.path.join(HOSTILE, 'made', 'names.zip')) as names:
            names.extractall(os.path.join(root, 'names'))
        harness.make_model(self.path('m.safetensors'))
        report = self.run_json('encode', root, '--model', self.path('m.safetensors'), '--out',
                               self.path('x.npy'), '--labels-out', self.path('l.csv'))
        read = {row['path'] for row in harness.read_csv(self.path('l.csv'))}
        unreadable = {row['path'] for row in report['unreadable']}
        self.assertFalse(read & unreadable)
        self.assertTrue(all(row['reason'] for row in report['unreadable']))
        self.assertIn('link.png', unreadable)
        missing = self.list_images(root) - read - unreadable
        self.assertFalse(missing)
        print(f'# {len(read)} read, {len(unreadable)} listed as unreadable')
        self.check_against_pillow(read, unreadable)

    def copy_tree(self, source, target):
        """Hard work for nobody: the files are linked into the scratch folder, or copied."""
        for top, _, names in os.walk(source):
            folder = os.path.join(target, os.path.relpath(top, source))
            os.makedirs(folder, exist_ok=True)
            for name in names:
                with open(os.path.join(top, name), 'rb') as file:
                    data = file.read()
                with open(os.path.join(folder, name), 'wb') as file:
                    file.write(data)

    def list_images(self, root):
        found = set()
        for top, folders, names in os.walk(root.encode()):
            folders[:] = [name for name in folders if not name.startswith(b'.')]
            for name in names:
                shown = os.path.relpath(os.path.join(top, name), root.encode())
                if name.startswith(b'.') or not shown.lower().endswith(
                        tuple(ending.encode() for ending in self.ENDINGS)):
                    continue
                try:
                    found.add(shown.decode('utf-8'))
                except UnicodeDecodeError:
                    continue  # escaped in the lists; test_names_of_any_bytes has those
        return {path for path in found if path.isprintable()}

    def check_against_pillow(self, read, unreadable):
        """Pillow's verdict is a reference, not a law: most of what it reads we read too."""
        with open(os.path.join(HOSTILE, 'manifest.csv'), encoding='utf-8', errors='replace') as file:
            good = {row['path'] for row in csv.DictReader(file) if row['status'] == 'ok'
                    and row['path'].lower().endswith(self.ENDINGS)}
        refused = sorted(good & unreadable)
        print(f'# {len(good & read)} that Pillow reads are read, {len(refused)} are not')
        for path in refused:
            print(f'#   {path}')
        self.assertGreater(len(good & read), 0.9 * len(good))


if __name__ == '__main__':
    harness.main()
