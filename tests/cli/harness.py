# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of tamis-cli share. Only the standard library; TAP on stdout.

The program is $TAMIS_CLI. A test file defines unittest.TestCase classes and ends with
harness.main(); a skip must have a reason.
"""
import array
import csv
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

CLI = os.environ.get('TAMIS_CLI', 'tamis-cli')
SHARED = os.environ.get('TAMIS_SHARED', '')


class Run:
    """One run of tamis-cli: code, out, err; json parses out."""

    def __init__(self, args, stdin=None, timeout=300, env=None):
        done = subprocess.run([CLI, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=timeout, env=env, check=False)
        self.args, self.code = args, done.returncode
        self.out, self.err = done.stdout.decode(), done.stderr.decode()

    @property
    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return f'{self.args} -> {self.code}\n{self.out[-2000:]}\n{self.err[-2000:]}'


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tamis-cli-')
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def run_ok(self, *args, **options):
        run = Run(args, **options)
        self.assertEqual(run.code, 0, run)
        self.assertEqual(run.err, '', run)
        return run

    def run_json(self, *args, **options):
        return self.run_ok(*args, '--json', **options).json

    def run_fail(self, code, *args, **options):
        """One line on stderr, nothing on stdout."""
        run = Run(args, **options)
        self.assertEqual(run.code, code, run)
        self.assertEqual(run.out, '', run)
        self.assertEqual(run.err.count('\n'), 1, run)
        self.assertTrue(run.err.startswith('tamis-cli'), run)
        return run.err


# ---- files ----

def write_png(path, width, height, pixels):
    """@pixels: bytes, 8-bit RGB."""
    def chunk(tag, data):
        body = tag + data
        return struct.pack('>I', len(data)) + body + struct.pack('>I', zlib.crc32(body))
    rows = b''.join(b'\0' + pixels[3 * width * y:3 * width * (y + 1)] for y in range(height))
    with open(path, 'wb') as file:
        file.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2,
                                                                     0, 0, 0))
                   + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def draw_scene(rng, width=48, height=40, noise=0, cells=4):
    """Coloured cells with a little noise: scenes differ, the noise makes near-duplicates."""
    colours = [[rng.randrange(30, 226) for _ in range(3)] for _ in range(cells * cells)]

    def view(noise_rng):
        out = bytearray()
        for y in range(height):
            for x in range(width):
                cell = colours[(y * cells // height) * cells + x * cells // width]
                shift = noise_rng.randint(-noise, noise) if noise else 0
                out += bytes(min(255, max(0, value + shift)) for value in cell)
        return bytes(out)
    return view


def make_images(root, classes=('alpha', 'beta'), scenes=4, copies=3, seed=1):
    """scenes * copies images a class; returns relative paths in data-set order."""
    rng = random.Random(seed)
    paths = []
    for name in classes:
        os.makedirs(os.path.join(root, name))
        number = 0
        for _ in range(scenes):
            view = draw_scene(rng, noise=3)
            for _ in range(copies):
                number += 1
                path = f'{name}/img{number}.png'
                write_png(os.path.join(root, path), 48, 40, view(rng))
                paths.append(path)
    return paths


def write_npy(path, rows):
    """@rows: lists of numbers, stored as float32."""
    n, d = len(rows), len(rows[0])
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({n}, {d}), }}"
    head += ' ' * (-(len(head) + 11) % 64) + '\n'
    with open(path, 'wb') as file:
        file.write(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head.encode('ascii'))
        for row in rows:
            file.write(array.array('f', row).tobytes())


def read_npy(path):
    with open(path, 'rb') as file:
        data = file.read()
    assert data[:8] == b'\x93NUMPY\x01\x00', 'not version 1 of .npy'
    length = struct.unpack('<H', data[8:10])[0]
    head = eval(data[10:10 + length])  # a Python literal by definition of the format
    assert head['descr'] == '<f4' and not head['fortran_order'], head
    n, d = head['shape']
    values = array.array('f')
    values.frombytes(data[10 + length:])
    assert len(values) == n * d
    return [list(values[i * d:(i + 1) * d]) for i in range(n)]


def write_csv(path, header, rows):
    with open(path, 'w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(header)
        writer.writerows(rows)


def read_csv(path):
    with open(path, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def make_vectors(rng, n, d, groups):
    """Rows near one of @groups directions, so that some cosines are high; as float32 holds them."""
    centres = [[rng.gauss(0, 1) for _ in range(d)] for _ in range(groups)]
    rows = []
    for _ in range(n):
        centre = rng.choice(centres)
        spread = rng.uniform(0.02, 0.7)
        rows.append(array.array('f', [c + rng.gauss(0, spread) for c in centre]).tolist())
    return rows


def cosine(a, b):
    dot = sum(x * y for x, y in zip(a, b))
    return dot / (sum(x * x for x in a) ** 0.5 * sum(y * y for y in b) ** 0.5)


ENCODER = [(3, 32), (32, 64), (64, 128), (128, 256), (256, 256)]


def make_model(path, seed=1):
    """A safetensors file with the Table 1 encoder and random weights: enough to encode with."""
    rng = random.Random(seed)
    header, blobs, offset = {}, [], 0

    def add(name, shape, values):
        nonlocal offset
        data = array.array('f', values).tobytes()
        header[name] = {'dtype': 'F32', 'shape': shape, 'data_offsets': [offset,
                                                                         offset + len(data)]}
        blobs.append(data)
        offset += len(data)

    for index, (n_in, n_out) in enumerate(ENCODER):
        bound = (2 / (n_in * 9)) ** 0.5 * 3 ** 0.5
        n = n_in * n_out * 9
        add(f'encoder.{2 * index}.weight', [n_out, n_in, 3, 3],
            [bound * (2 * rng.random() - 1) for _ in range(n)])
        add(f'encoder.{2 * index}.bias', [n_out],
            [0.1 * (2 * rng.random() - 1) for _ in range(n_out)])
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + b''.join(blobs))


# ---- running ----

class TapResult(unittest.TestResult):
    """One line a test; failed subtests are told before it."""
    n = 0

    def _line(self, word, test, note=''):
        self.n += 1
        print(f'{word} {self.n} {test.id()}{note}', flush=True)

    def addSuccess(self, test):
        self._line('ok', test)

    def addSkip(self, test, reason):
        self._line('ok', test, f' # SKIP {reason}')

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._explain(subtest, err)
            self.failed_subtest = True

    def startTest(self, test):
        super().startTest(test)
        self.failed_subtest = False

    def stopTest(self, test):
        if self.failed_subtest:
            self._line('not ok', test)
        super().stopTest(test)

    def _fail(self, test, error):
        self._line('not ok', test)
        self._explain(test, error)

    def _explain(self, test, error):
        text = self._exc_info_to_string(error, test)
        print('\n'.join('# ' + line for line in text.split('\n')), flush=True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._fail(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._fail(test, err)


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules['__main__'])
    print(f'1..{suite.countTestCases()}', flush=True)
    result = TapResult()
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
