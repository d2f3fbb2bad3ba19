#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""dedup on vectors: against a plain double loop, both policies, every file, every thread count."""
import json
import random

import harness


def reference(rows, labels, threshold, scope):
    """Every pair above the threshold with its similarity."""
    pairs = {}
    for i in range(len(rows)):
        for j in range(i + 1, len(rows)):
            if scope == 'all' or labels[i] == labels[j]:
                similarity = harness.cosine(rows[i], rows[j])
                if similarity > threshold:
                    pairs[i, j] = similarity
    return pairs


def above(pairs, i, j):
    return (min(i, j), max(i, j)) in pairs


def cover(pairs, n):
    kept, removed = [], []
    for i in range(n):
        (removed if any(above(pairs, i, j) for j in kept) else kept).append(i)
    return kept, removed


def last(pairs, n):
    removed = [i for i in range(n) if any((i, j) in pairs for j in range(i + 1, n))]
    return [i for i in range(n) if i not in removed], removed


class Dedup(harness.Case):
    def setUp(self):
        super().setUp()
        rng = random.Random(7)
        self.rows = harness.make_vectors(rng, 120, 16, 12)
        # Lines out of order on purpose: the data set sorts classes, lines stay in order inside.
        self.lines = [(f'img{i}.png', f'class{i % 3 * 9}') for i in range(120)]
        order = sorted(range(120), key=lambda i: int(self.lines[i][1][5:]))
        self.names = [self.lines[i][0] for i in order]
        self.labels = [self.lines[i][1] for i in order]
        self.sorted = [self.rows[i] for i in order]
        harness.write_npy(self.path('x.npy'), self.rows)
        harness.write_csv(self.path('l.csv'), ('path', 'label'), self.lines)
        self.input = ['--latents', self.path('x.npy'), '--labels', self.path('l.csv')]

    def test_agrees_with_a_double_loop(self):
        for scope in ('class', 'all'):
            for policy, plan in (('cover', cover), ('last', last)):
                for threshold in (0.95, 0.8, 0.5):
                    with self.subTest(scope=scope, policy=policy, threshold=threshold):
                        self.check_against(scope, policy, plan, threshold)

    def check_against(self, scope, policy, plan, threshold):
        pairs = reference(self.sorted, self.labels, threshold, scope)
        kept, removed = plan(pairs, len(self.sorted))
        report = self.run_json('dedup', *self.input, '--scope', scope, '--policy', policy,
                               '--threshold', str(threshold), '--pairs', self.path('p.csv'),
                               '--removals', self.path('r.csv'), '--kept', self.path('k.txt'))
        result = report['results'][0]
        self.assertEqual((result['pairs'], result['kept'], result['removed']),
                         (len(pairs), len(kept), len(removed)))
        found = {frozenset((row['a'], row['b'])): float(row['similarity'])
                 for row in harness.read_csv(self.path('p.csv'))}
        self.assertEqual(set(found), {frozenset((self.names[i], self.names[j])) for i, j in pairs})
        for (i, j), similarity in pairs.items():
            self.assertAlmostEqual(found[frozenset((self.names[i], self.names[j]))], similarity,
                                   delta=1e-6)
        with open(self.path('k.txt'), encoding='utf-8') as file:
            self.assertEqual(file.read().split('\n')[:-1], [self.names[i] for i in kept])
        rows = harness.read_csv(self.path('r.csv'))
        self.assertEqual([row['removed'] for row in rows], [self.names[i] for i in removed])
        self.check_witnesses(rows, pairs, kept, policy, result['orphans'])

    def check_witnesses(self, rows, pairs, kept, policy, n_orphans):
        number = {name: i for i, name in enumerate(self.names)}
        orphans = 0
        for row in rows:
            gone = number[row['removed']]
            self.assertEqual(row['class'], self.labels[gone])
            near = [(pairs[min(gone, k), max(gone, k)], k) for k in kept if above(pairs, gone, k)]
            if not near:
                orphans += 1
                self.assertEqual((row['witness'], row['similarity']), ('', ''))
                continue
            # The most similar one that stays.
            self.assertAlmostEqual(float(row['similarity']), max(near)[0], delta=1e-6)
            self.assertIn(number[row['witness']], kept)
        self.assertEqual(orphans, n_orphans)
        if policy == 'cover':
            self.assertEqual(orphans, 0)

    def test_keys_are_those_of_the_contract(self):
        report = self.run_json('dedup', *self.input, '--threshold', '0.9,0.7')
        self.assertEqual(set(report), {'images', 'unreadable', 'classes', 'model', 'policy', 'scope',
                                       'order', 'decisions', 'results', 'join', 'timings'})
        self.assertEqual(report['images'], 120)
        self.assertEqual(report['unreadable'], [])
        self.assertEqual(report['classes'], [{'name': f'class{c}', 'images': 40}
                                             for c in (0, 9, 18)])
        self.assertEqual(report['model'], {'name': None, 'sha256': None, 'dimension': 16})
        self.assertEqual((report['policy'], report['scope']), ('cover', 'class'))
        self.assertEqual([result['threshold'] for result in report['results']], [0.9, 0.7])
        for result in report['results']:
            self.assertEqual(set(result), {'threshold', 'kept', 'removed', 'pairs', 'orphans',
                                           'per_class', 'regression'})
            self.assertEqual(result['kept'] + result['removed'], 120)
            self.assertEqual(sum(row['after'] for row in result['per_class']), result['kept'])
            for row in result['per_class']:
                self.assertEqual(set(row), {'class', 'before', 'after', 'kurtosis_before',
                                            'kurtosis_after', 'entropy_before', 'entropy_after'})
                for key in list(row)[3:]:
                    self.assertEqual(len(row[key]), 3)
            self.assertEqual([row['component'] for row in result['regression']], [1, 2, 3])
            for row in result['regression']:
                self.assertEqual(set(row), {'component', 'slope', 'intercept', 'classes'})
        self.assertTrue({'decode_s', 'encode_s', 'join_s'} <= set(report['timings']))
        join = report['join']
        self.assertEqual(set(join), {'engine', 'basis', 'floor', 'screened', 'rechecked', 'found',
                                     'bytes', 'disk_bytes'})
        self.assertEqual((join['engine'], join['basis'], join['floor']), ('tiles', None, 0.7))
        self.assertEqual(join['screened'], 3 * 40 * 39 // 2)
        self.assertEqual(join['found'], report['results'][1]['pairs'])
        self.assertLessEqual(join['found'], join['rechecked'])
        self.assertGreater(join['bytes'], 0)
        self.assertEqual(join['disk_bytes'], 0)

    def test_files_are_those_of_the_first_threshold(self):
        self.run_ok('dedup', *self.input, '--threshold', '0.7,0.95', '--removals',
                    self.path('a.csv'), '--kept', self.path('a.txt'), '--pairs', self.path('ap.csv'))
        self.run_ok('dedup', *self.input, '--threshold', '0.7', '--removals',
                    self.path('b.csv'), '--kept', self.path('b.txt'), '--pairs', self.path('bp.csv'))
        for a, b in (('a.csv', 'b.csv'), ('a.txt', 'b.txt'), ('ap.csv', 'bp.csv')):
            self.assertEqual(self.read(a), self.read(b))

    def read(self, name):
        with open(self.path(name), 'rb') as file:
            return file.read()

    def test_same_on_any_number_of_threads(self):
        seen = set()
        for threads in ('1', '2', '3', '7'):
            report = self.run_json('dedup', *self.input, '--threshold', '0.9,0.6', '--scope', 'all',
                                   '--threads', threads, '--pairs', self.path('p.csv'),
                                   '--removals', self.path('r.csv'), '--kept', self.path('k.txt'))
            del report['timings'], report['join']
            seen.add((json.dumps(report), self.read('p.csv'), self.read('r.csv'),
                      self.read('k.txt')))
        self.assertEqual(len(seen), 1)

    def test_floor_does_not_change_results(self):
        reports = []
        for extra in ([], ['--floor', '0.2'], ['--floor', '0.99']):
            report = self.run_json('dedup', *self.input, '--threshold', '0.8', *extra)
            del report['timings'], report['join']
            reports.append(report)
        self.assertEqual(reports[0], reports[1])
        self.assertEqual(reports[0], reports[2])

    def test_ends_of_the_scale(self):
        report = self.run_json('dedup', *self.input, '--threshold', '1,0')
        self.assertEqual([result['removed'] for result in report['results']][0], 0)
        self.assertGreater(report['results'][1]['removed'], 60)

    def test_order_decides_who_stays(self):
        self.run_fail(2, 'dedup', *self.input, '--threshold', '0.9', '--order', 'colour')
        a = self.run_json('dedup', *self.input, '--threshold', '0.9', '--order', 'name')
        b = self.run_json('dedup', *self.input, '--threshold', '0.9', '--order', 'bytes,name')
        # No files, so no sizes: ties fall back on the order of names.
        self.assertEqual(a['results'], b['results'])

    def test_bad_vectors_fail(self):
        harness.write_npy(self.path('short.npy'), self.rows[:-1])
        nan = [list(row) for row in self.rows]
        nan[5][3] = float('nan')
        harness.write_npy(self.path('nan.npy'), nan)
        with open(self.path('x.npy'), 'rb') as file:
            data = file.read()
        with open(self.path('cut.npy'), 'wb') as file:
            file.write(data[:-100])
        with open(self.path('noise.npy'), 'wb') as file:
            file.write(b'not an array')
        for name in ('short.npy', 'nan.npy', 'cut.npy', 'noise.npy', 'none.npy'):
            with self.subTest(name=name):
                self.run_fail(1, 'dedup', '--latents', self.path(name), '--labels',
                              self.path('l.csv'), '--threshold', '0.9')

    def test_words(self):
        text = self.run_ok('dedup', *self.input, '--threshold', '0.5').out
        self.assertIn('120 images in 3 classes', text)
        self.assertIn('lose more than half', text)

    def test_reports(self):
        for name, magic in (('r.html', b'<!DOCTYPE html>'), ('r.pdf', b'%PDF-')):
            self.run_ok('dedup', *self.input, '--threshold', '0.8,0.6', '--report', self.path(name))
            data = self.read(name)
            self.assertTrue(data.startswith(magic))
        page = self.read('r.html').decode()
        for words in ('Near-duplicates in', 'Thresholds', 'Classes', 'Settings', 'class18'):
            self.assertIn(words, page)
        self.assertNotIn('http', page)

    def test_reports_do_not_depend_on_threads(self):
        pages = set()
        for threads in ('1', '3'):
            self.run_ok('dedup', *self.input, '--threshold', '0.8,0.6', '--threads', threads,
                        '--report', self.path('r.html'))
            pages.add(self.read('r.html'))
        self.assertEqual(len(pages), 1)


class Splits(harness.Case):
    """Splits as a column and as folders: leaks, protection, label conflicts."""

    def setUp(self):
        super().setUp()
        rng = random.Random(3)
        self.rows = harness.make_vectors(rng, 90, 16, 9)
        names = ('train', 'test', 'val', 'test')
        self.lines = [(f'img{i:02}.png', f'class{i // 30}', names[i * 5 // 3 % 4])
                      for i in range(90)]
        harness.write_npy(self.path('x.npy'), self.rows)
        harness.write_csv(self.path('l.csv'), ('path', 'label', 'split'), self.lines)
        self.input = ['--latents', self.path('x.npy'), '--labels', self.path('l.csv')]

    def expected(self, threshold, crosses):
        pairs = reference(self.rows, None, threshold, 'all')
        return {(self.lines[i], self.lines[j]) for i, j in pairs
                if crosses(self.lines[i], self.lines[j])}

    def read(self, name, columns):
        rows = harness.read_csv(self.path(name))
        self.assertEqual(list(rows[0]), columns)
        similarities = [float(row['similarity']) for row in rows]
        self.assertEqual(similarities, sorted(similarities, reverse=True))
        by_name = {line[0]: line for line in self.lines}
        return rows, {tuple(sorted((by_name[row['a']], by_name[row['b']]))) for row in rows}

    def test_leaks(self):
        report = self.run_json('dedup', *self.input, '--threshold', '0.8,0.95', '--leaks',
                               self.path('leaks.csv'))
        expected = self.expected(0.8, lambda a, b: a[1] == b[1] and a[2] != b[2])
        rows, found = self.read('leaks.csv',
                                ['a', 'split_a', 'b', 'split_b', 'similarity', 'class'])
        self.assertTrue(expected)
        self.assertEqual(found, expected)
        self.assertEqual(report['results'][0]['leaks'], len(expected))
        self.assertEqual(report['results'][1]['leaks'],
                         len(self.expected(0.95, lambda a, b: a[1] == b[1] and a[2] != b[2])))
        order = ['train', 'val', 'test']
        for row in rows:
            self.assertLess(order.index(row['split_a']), order.index(row['split_b']))

    def test_protected_split_loses_nothing(self):
        split_of = {line[0]: line[2] for line in self.lines}
        for policy in ('cover', 'last'):
            for threshold in ('0.5', '0.8', '0.95'):
                with self.subTest(policy=policy, threshold=threshold):
                    self.run_ok('dedup', *self.input, '--threshold', threshold, '--policy', policy,
                                '--protect-split', 'test', '--protect-split', 'val', '--removals',
                                self.path('r.csv'))
                    removed = [row['removed'] for row in harness.read_csv(self.path('r.csv'))]
                    self.assertEqual({split_of[name] for name in removed} - {'train'}, set())
        self.assertIn('train', {line[2] for line in self.lines})

    def test_label_conflicts(self):
        expected = self.expected(0.7, lambda a, b: a[1] != b[1])
        columns = ['a', 'class_a', 'b', 'class_b', 'similarity', 'verdict']
        self.assertTrue(expected)
        for scope in ('class', 'all'):
            self.run_ok('dedup', *self.input, '--threshold', '0.7', '--scope', scope,
                        '--label-conflicts', self.path('c.csv'))
            rows, found = self.read('c.csv', columns)
            self.assertEqual(found, expected)
            self.assertEqual({row['verdict'] for row in rows}, {''})

    def test_unknown_split_and_none(self):
        message = self.run_fail(1, 'dedup', *self.input, '--threshold', '0.9', '--protect-split',
                                'tset')
        self.assertIn('test', message)
        harness.write_csv(self.path('plain.csv'), ('path', 'label'),
                          [line[:2] for line in self.lines])
        plain = ['--latents', self.path('x.npy'), '--labels', self.path('plain.csv')]
        self.run_fail(1, 'dedup', *plain, '--threshold', '0.9', '--leaks', self.path('l2.csv'))
        self.run_fail(1, 'dedup', *plain, '--threshold', '0.9', '--protect-split', 'test')
        self.assertNotIn('leaks', self.run_json('dedup', *plain, '--threshold',
                                                '0.9')['results'][0])

    def test_folders(self):
        for split in ('train', 'test'):
            harness.make_images(self.path('set', split), scenes=2, copies=2)
        report = self.run_json('scan', self.path('set'))
        self.assertEqual([item['name'] for item in report['classes']], ['alpha', 'beta'])
        n = report['images'] // 2
        self.assertEqual(report['splits'], [{'name': 'test', 'images': n},
                                            {'name': 'train', 'images': n}])
        self.run_ok('encode', self.path('set'), '--out', self.path('v.npy'), '--labels-out',
                    self.path('v.csv'))
        self.assertEqual(harness.read_csv(self.path('v.csv'))[0]['split'], 'test')
        # Every training image has its very copy in the test folder.
        report = self.run_json('dedup', '--latents', self.path('v.npy'), '--labels',
                               self.path('v.csv'), '--threshold', '0.9999', '--protect-split',
                               'test')
        self.assertGreaterEqual(report['results'][0]['leaks'], n)
        self.assertEqual(report['results'][0]['kept'], n)


if __name__ == '__main__':
    harness.main()
