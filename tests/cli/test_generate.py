#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""generate, on a model that was trained for a moment: its pictures mean nothing, the files do."""
import os
import shutil
import struct
import tempfile

import harness


def png_size(path):
    with open(path, 'rb') as file:
        data = file.read(24)
    assert data[:8] == b'\x89PNG\r\n\x1a\n'
    return struct.unpack('>II', data[16:24])


class Generate(harness.Case):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.mkdtemp(prefix='tamis-cli-')
        cls.addClassCleanup(shutil.rmtree, cls.shared)
        cls.model = os.path.join(cls.shared, 'model.safetensors')
        harness.make_images(os.path.join(cls.shared, 'set'))
        done = harness.Run(['train', os.path.join(cls.shared, 'set'), '--epochs', '1', '--batch', '8',
                            '--head', '8', '--out', cls.model])
        assert done.code == 0, done

    def setUp(self):
        super().setUp()
        self.set = self.path('set')
        shutil.copytree(os.path.join(self.shared, 'set'), self.set)

    def generate(self, out, *extra, seed='3', count='11'):
        return self.run_json('generate', self.set, '--model', self.model, '--class', 'beta',
                             '--count', count, '--out', self.path(out), '--seed', seed, *extra)

    def read_all(self, out):
        content = {}
        for name in os.listdir(self.path(out)):
            with open(self.path(out, name), 'rb') as file:
                content[name] = file.read()
        return content

    def test_files(self):
        report = self.generate('out', '--sheet', self.path('sheet.png'))
        names = [f'generated-{i:04}.png' for i in range(1, 12)]
        self.assertEqual(sorted(os.listdir(self.path('out'))), [*names, 'generated.csv'])
        for name in names:
            self.assertEqual(png_size(self.path('out', name)), (64, 64))
        rows = harness.read_csv(self.path('out', 'generated.csv'))
        self.assertEqual(list(rows[0]), ['file', 'nearest', 'distance'])
        self.assertEqual([row['file'] for row in rows], names)
        for row, entry in zip(rows, report['generated']):
            self.assertTrue(row['nearest'].startswith('beta/'))
            self.assertTrue(os.path.exists(os.path.join(self.set, row['nearest'])))
            self.assertEqual((row['file'], row['nearest']), (entry['file'], entry['nearest']))
            self.assertGreaterEqual(float(row['distance']), 0)
        self.assertEqual((report['images'], report['model']['dimension']), (12, 1024))
        width, height = png_size(self.path('sheet.png'))
        self.assertGreater(width, height)  # four pairs a row, three rows

    def test_seed_decides(self):
        first = self.generate('a', '--threads', '1')
        second = self.generate('b', '--threads', '3')
        self.assertEqual(self.read_all('a'), self.read_all('b'))
        self.assertEqual(first['generated'], second['generated'])
        self.generate('c', seed='4')
        self.assertNotEqual(self.read_all('a')['generated-0001.png'],
                            self.read_all('c')['generated-0001.png'])
        # A longer series begins with the shorter one.
        self.generate('d', count='13')
        self.assertEqual(self.read_all('a')['generated-0011.png'],
                         self.read_all('d')['generated-0011.png'])

    def test_components(self):
        self.assertEqual(self.generate('a', '--components', '2')['components'], 2)
        part = self.generate('b', '--variance', '0.5')
        whole = self.generate('c')
        self.assertLess(part['components'], whole['components'])
        self.assertGreaterEqual(part['explained_variance_ratio'], 0.5)

    def test_unreadable_is_listed(self):
        with open(os.path.join(self.set, 'beta', 'broken.png'), 'wb') as file:
            file.write(b'nothing')
        report = self.generate('a')
        self.assertEqual([entry['path'] for entry in report['unreadable']], ['beta/broken.png'])
        self.assertEqual(report['images'], 12)
        self.run_fail(1, 'generate', self.set, '--model', self.model, '--class', 'beta', '--count',
                      '2', '--out', self.path('b'), '--strict')
        self.assertFalse(os.path.exists(self.path('b')))

    def test_failures(self):
        harness.make_images(self.set, classes=('lone',), scenes=1, copies=1)
        os.mkdir(self.path('full'))
        harness.make_model(self.path('encoder.safetensors'))
        with open(self.path('full', 'mine.txt'), 'w', encoding='utf-8') as file:
            file.write('mine')
        for model, name, out, word in ((self.model, 'gamma', 'x', 'alpha'),
                                       (self.model, 'lone', 'x', 'lone'),
                                       (self.model, 'beta', 'full', 'not empty'),
                                       (self.path('encoder.safetensors'), 'beta', 'x', 'decoder')):
            with self.subTest(word=word):
                error = self.run_fail(1, 'generate', self.set, '--model', model, '--class', name,
                                      '--count', '2', '--out', self.path(out))
                self.assertIn(word, error)
                self.assertFalse(os.path.exists(self.path('x')))
        self.assertEqual(os.listdir(self.path('full')), ['mine.txt'])

    def test_says_which_latents(self):
        text = self.run_ok('generate', self.set, '--model', self.model, '--class', 'alpha', '--count',
                           '1', '--out', self.path('o')).out
        self.assertIn('1024 latents', text)
        self.assertIn('Wrote 1 image ', text)


if __name__ == '__main__':
    harness.main()
