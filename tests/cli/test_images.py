#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scan, encode, dedup, train and demo on image files."""
import json
import os

import harness


class Images(harness.Case):
    def setUp(self):
        super().setUp()
        self.set = self.path('set')
        self.paths = harness.make_images(self.set)
        self.model = self.path('model.safetensors')

    def break_two(self):
        with open(os.path.join(self.set, 'alpha', 'broken.png'), 'wb') as file:
            file.write(b'\x89PNG\r\n\x1a\n and no more')
        with open(os.path.join(self.set, 'beta', 'text.jpg'), 'w', encoding='utf-8') as file:
            file.write('words')

    def test_scan(self):
        self.break_two()
        report = self.run_json('scan', self.set)
        self.assertEqual(report['images'], len(self.paths))
        self.assertEqual(report['classes'], [{'name': 'alpha', 'images': 12},
                                             {'name': 'beta', 'images': 12}])
        self.assertEqual(report['sizes'], [{'width': 48, 'height': 40, 'images': 24}])
        self.assertEqual([row['path'] for row in report['unreadable']],
                         ['alpha/broken.png', 'beta/text.jpg'])
        for row in report['unreadable']:
            self.assertTrue(row['reason'])
        self.assertIn('decode_s', report['timings'])
        text = self.run_ok('scan', self.set).out
        self.assertIn('alpha/broken.png', text)

    def test_strict(self):
        self.run_ok('scan', self.set, '--strict')
        self.break_two()
        run = harness.Run(['scan', self.set, '--strict', '--json'])
        self.assertEqual(run.code, 1, run)
        self.assertEqual(len(run.json['unreadable']), 2)
        self.assertIn('alpha/broken.png', run.err)
        harness.make_model(self.model)
        self.run_fail(1, 'encode', self.set, '--model', self.model, '--strict', '--out',
                      self.path('x.npy'))
        self.assertFalse(os.path.exists(self.path('x.npy')))
        self.run_ok('encode', self.set, '--model', self.model, '--out', self.path('x.npy'))

    def test_names_of_any_bytes(self):
        name = b'bad\xff\nname,"x".png'
        os.rename(os.path.join(self.set, 'beta', 'img1.png').encode(),
                  os.path.join(self.set.encode(), b'beta', name))
        with open(os.path.join(self.set.encode(), b'beta', b'broken\xfe.png'), 'wb') as file:
            file.write(b'nothing')
        report = self.run_json('scan', self.set)
        self.assertEqual(report['unreadable'][0]['path'], 'beta/broken\\xfe.png')
        harness.make_model(self.model)
        self.run_ok('dedup', self.set, '--model', self.model, '--threshold', '1', '--kept',
                    self.path('k.txt'), '--pairs', self.path('p.csv'))
        with open(self.path('k.txt'), 'rb') as file:
            self.assertIn(b'beta/' + name + b'\n', file.read())
        self.run_ok('encode', self.set, '--model', self.model, '--out', self.path('x.npy'),
                    '--labels-out', self.path('l.csv'))
        self.assertIn('beta/bad\\xff\\x0aname,"x".png',
                      [row['path'] for row in harness.read_csv(self.path('l.csv'))])

    def test_encode_then_latents_equals_images(self):
        """The detour over files of latents changes nothing."""
        self.break_two()
        harness.make_model(self.model)
        encoded = self.run_json('encode', self.set, '--model', self.model, '--out',
                                self.path('x.npy'), '--labels-out', self.path('l.csv'))
        self.assertEqual((encoded['images'], encoded['dimension']), (24, 1024))
        rows = harness.read_npy(self.path('x.npy'))
        labels = harness.read_csv(self.path('l.csv'))
        self.assertEqual([row['path'] for row in labels], self.paths)
        self.assertEqual([row['label'] for row in labels], ['alpha'] * 12 + ['beta'] * 12)
        similar = [harness.cosine(rows[0], row) for row in rows[1:12]]
        self.assertGreater(min(similar[:2]), max(similar[2:]))
        threshold = str((min(similar[:2]) + max(similar[2:])) / 2)
        results = []
        for source in ([self.set], ['--latents', self.path('x.npy'), '--labels',
                                    self.path('l.csv')]):
            report = self.run_json('dedup', *source, '--model', self.model, '--threshold', threshold,
                                   '--removals', self.path('r.csv'), '--pairs', self.path('p.csv'))
            self.assertEqual(report['model']['dimension'], 1024)
            self.assertRegex(report['model']['sha256'], '^[0-9a-f]{64}$')
            with open(self.path('r.csv'), 'rb') as removals, open(self.path('p.csv'), 'rb') as pairs:
                results.append((report['results'], report['classes'], removals.read(),
                                pairs.read()))
        self.assertEqual(results[0], results[1])
        self.assertGreaterEqual(results[0][0][0]['removed'], 2)

    def test_same_latents_on_any_number_of_threads(self):
        harness.make_model(self.model)
        seen = set()
        for threads in ('1', '2', '3'):
            self.run_ok('encode', self.set, '--model', self.model, '--threads', threads, '--out',
                        self.path('x.npy'))
            with open(self.path('x.npy'), 'rb') as file:
                seen.add(file.read())
        self.assertEqual(len(seen), 1)

    def test_latents_of_another_model_are_refused(self):
        harness.make_model(self.model)
        harness.write_npy(self.path('x.npy'), [[1.0, 2.0], [2.0, 1.0]])
        harness.write_csv(self.path('l.csv'), ('path', 'label'), [('a', 'c'), ('b', 'c')])
        self.assertIn('2 numbers', self.run_fail(
            1, 'dedup', '--latents', self.path('x.npy'), '--labels', self.path('l.csv'), '--model',
            self.model))

    def test_manifest_of_a_csv_data_set(self):
        harness.make_model(self.model)
        harness.write_csv(self.path('m.csv'), ('path', 'label'),
                          [(os.path.join('set', path), 'one') for path in self.paths])
        report = self.run_json('dedup', self.path('m.csv'), '--model', self.model, '--threshold',
                               '0.9', '--manifest', self.path('m.json'))
        self.assertEqual(report['classes'], [{'name': 'one', 'images': 24}])
        with open(self.path('m.json'), encoding='utf-8') as file:
            json.load(file)


class Train(harness.Case):
    def test_train_is_repeatable_and_usable(self):
        harness.make_images(self.path('set'), scenes=6, copies=2)
        harness.make_images(self.path('other'), scenes=2, copies=2, seed=5)
        models = []
        for threads in ('1', '2'):
            report = self.run_json('train', self.path('set'), '--held-out', self.path('other'),
                                   '--epochs', '3', '--batch', '8', '--seed', '4', '--out',
                                   self.path('m.safetensors'), '--log', self.path('log.csv'),
                                   '--head', '4', '--threads', threads, '--description', 'cells')
            with open(self.path('m.safetensors'), 'rb') as file:
                models.append(file.read())
        self.assertEqual(models[0], models[1])
        self.assertEqual((report['images'], report['epochs']), (24, 3))
        self.assertLess(report['loss'][2], report['loss'][0])
        self.assertEqual(len(report['held_out_loss']), 3)
        log = harness.read_csv(self.path('log.csv'))
        self.assertEqual([row['epoch'] for row in log], ['1', '2', '3'])
        for row, loss in zip(log, report['loss']):
            self.assertAlmostEqual(float(row['loss']), loss, delta=1e-6)
        self.assertIn(b'cells', models[0])
        self.run_ok('train', self.path('set'), '--epochs', '1', '--batch', '8', '--start',
                    self.path('m.safetensors'), '--half', '--head', '0', '--out',
                    self.path('h.safetensors'))
        self.assertLess(os.path.getsize(self.path('h.safetensors')), 0.6 * len(models[0]))
        self.run_ok('encode', self.path('set'), '--model', self.path('h.safetensors'), '--out',
                    self.path('x.npy'))
        self.assertEqual(len(harness.read_npy(self.path('x.npy'))[0]), 1024)


class Demo(harness.Case):
    def test_demo_is_repeatable_and_true(self):
        trees = []
        for threads in ('1', '2'):
            folder = self.path('demo' + threads)
            report = self.run_json('demo', folder, '--images', '40', '--threads', threads)
            self.assertEqual(report['images'], 40)
            tree = {}
            for top, _, names in os.walk(folder):
                for name in names:
                    path = os.path.join(top, name)
                    with open(path, 'rb') as file:
                        tree[os.path.relpath(path, folder)] = file.read()
            trees.append(tree)
        self.assertEqual(trees[0], trees[1])
        truth = harness.read_csv(self.path('demo1', 'truth.csv'))
        self.assertEqual({row['path'] for row in truth}, set(trees[0]) - {'truth.csv'})
        self.assertEqual(self.run_json('scan', self.path('demo1'))['images'], 40)

    def test_demo_leaves_other_folders_alone(self):
        harness.make_images(self.path('set'), classes=('a',), scenes=1, copies=1)
        self.run_fail(1, 'demo', self.path('set'))
        self.assertEqual(os.listdir(self.path('set')), ['a'])


if __name__ == '__main__':
    harness.main()
