#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""stats, outliers, sweep, plot and what dedup does to choose T, on vectors."""
import json
import math
import random

import harness

FIGURES = ('explained_variance', 'explained_variance_ratio', 'kurtosis', 'entropy', 'unit_entropy',
           'step', 'modes')


def drop_timings(report):
    """What may differ from run to run: times, and the memory that more threads take."""
    del report['timings']
    report.get('join', {}).pop('bytes', None)
    return json.dumps(report)


class Statistics(harness.Case):
    """Five classes of 60, and three that are too small or have no spread."""

    def setUp(self):
        super().setUp()
        rng = random.Random(11)
        self.rows, self.lines = [], []
        for c in range(5):
            self.add(f'class{c}', harness.make_vectors(rng, 60, 12, 6 + c))
        self.add('one', harness.make_vectors(rng, 1, 12, 1))
        self.add('pair', harness.make_vectors(rng, 2, 12, 2))
        self.add('same', [self.rows[0]] * 5)
        harness.write_npy(self.path('x.npy'), self.rows)
        harness.write_csv(self.path('l.csv'), ('path', 'label'), self.lines)
        self.input = ['--latents', self.path('x.npy'), '--labels', self.path('l.csv')]

    def add(self, label, rows):
        self.lines += [(f'{label}/{i}.png', label) for i in range(len(rows))]
        self.rows += rows

    def read(self, name):
        with open(self.path(name), 'rb') as file:
            return file.read()

    # ---- stats ----

    def test_stats_keys_and_nulls(self):
        report = self.run_json('stats', *self.input, '--components', '4')
        self.assertLessEqual({'classes', 'timings', 'images', 'unreadable', 'model'}, set(report))
        self.assertEqual([entry['class'] for entry in report['classes']],
                         [f'class{c}' for c in range(5)] + ['one', 'pair', 'same'])
        for entry in report['classes']:
            self.assertLessEqual({'class', 'images', *FIGURES, 'reasons'}, set(entry))
            for key in (*FIGURES, 'reasons'):
                self.assertEqual(len(entry[key]), 4)
            for k in range(4):
                self.assertEqual(any(entry[key][k] is None for key in FIGURES),
                                 entry['reasons'][k] is not None, (entry, k))
        for entry in report['classes'][:5]:
            self.assertEqual(entry['reasons'], [None] * 4)
            self.assertEqual(entry['explained_variance'],
                             sorted(entry['explained_variance'], reverse=True))
            self.assertLessEqual(sum(entry['explained_variance_ratio']), 1 + 1e-12)
            for k in range(4):
                self.assertGreaterEqual(entry['modes'][k], 1)
                self.assertAlmostEqual(entry['unit_entropy'][k], entry['entropy'][k]
                                       - 0.5 * math.log(entry['explained_variance'][k]), places=6)
        one, pair, same = report['classes'][5:]
        for entry in (one, same):
            for key in FIGURES:
                self.assertEqual(entry[key], [None] * 4)
        # Two images span one axis, and four are needed for a kurtosis.
        self.assertIsNotNone(pair['explained_variance'][0])
        self.assertEqual(pair['kurtosis'], [None] * 4)

    def test_stats_equals_dedup(self):
        stats = self.run_json('stats', *self.input)
        dedup = self.run_json('dedup', *self.input, '--threshold', '0.9')
        for a, b in zip(stats['classes'], dedup['results'][0]['per_class']):
            self.assertEqual((a['class'], a['images']), (b['class'], b['before']))
            self.assertEqual(a['kurtosis'], b['kurtosis_before'])
            self.assertEqual(a['entropy'], b['entropy_before'])

    def test_density_integrates_to_one(self):
        for rule in ('fd', 'scott', 'sturges', '0.25'):
            report = self.run_json('stats', *self.input, '--step', rule, '--density',
                                   self.path('d.csv'))
            curves = {}
            for row in harness.read_csv(self.path('d.csv')):
                self.assertEqual(list(row), ['class', 'component', 't', 'density'])
                curves.setdefault((row['class'], int(row['component'])), []).append(
                    (float(row['t']), float(row['density'])))
            self.assertLessEqual({(f'class{c}', k) for c in range(5) for k in (1, 2, 3)},
                                 set(curves))
            self.assertFalse({name for name, _ in curves} & {'one', 'same'})
            for points in curves.values():
                # Equal steps, and nothing at both ends: the trapezium rule is as good as it gets.
                area = sum((t2 - t1) * (f1 + f2) / 2
                           for (t1, f1), (t2, f2) in zip(points, points[1:]))
                self.assertAlmostEqual(area, 1, delta=0.02)
                self.assertLess(points[0][1] + points[-1][1], 1e-12)
            if rule == '0.25':
                self.assertEqual(report['classes'][0]['step'], [0.25] * 3)

    def test_stats_words(self):
        text = self.run_ok('stats', *self.input).out
        self.assertIn('class4', text)
        self.assertNotIn('nan', text)

    # ---- outliers ----

    def test_outliers(self):
        self.run_ok('outliers', *self.input, '--out', self.path('o.csv'))
        rows = harness.read_csv(self.path('o.csv'))
        self.assertEqual(list(rows[0]), ['path', 'class', 'log_density', 'deficit'])
        # All images, the most unlikely first, those without a density last.
        self.assertEqual({row['path'] for row in rows}, {path for path, _ in self.lines})
        values = [float(row['deficit']) for row in rows if row['deficit']]
        self.assertEqual(values, sorted(values, reverse=True))
        # In a class that is the order of the lowest log-densities.
        for name in {row['class'] for row in rows if row['deficit']}:
            own = [float(row['log_density']) for row in rows if row['class'] == name]
            self.assertEqual(own, sorted(own))
        tail = rows[len(values):]
        self.assertEqual([row['log_density'] for row in tail], [''] * 6)
        self.assertEqual({row['class'] for row in tail}, {'one', 'same'})
        self.assertEqual(self.run_ok('outliers', *self.input).out.encode(), self.read('o.csv'))

    def test_outliers_of_a_class(self):
        rows = self.run_ok('outliers', *self.input, '--class', 'class2').out.splitlines()
        self.assertEqual(len(rows), 61)
        report = self.run_json('outliers', *self.input, '--class', 'class2', '--top', '7')
        self.assertEqual([entry['path'] for entry in report['outliers']],
                         [row.split(',')[0] for row in rows[1:8]])
        error = self.run_fail(1, 'outliers', *self.input, '--class', 'class9')
        self.assertIn('class9', error)
        self.assertIn('class0', error)

    def test_deficit_ranks_across_classes(self):
        report = self.run_json('outliers', *self.input)
        values = [entry['deficit'] for entry in report['outliers']]
        self.assertEqual(values, sorted(values, reverse=True))

    # ---- sweep ----

    def test_sweep_equals_dedup(self):
        for policy in ('cover', 'last'):
            sweep = self.run_json('sweep', *self.input, '--threshold', '0.95,0.8', '--policy', policy,
                                  '--refit')
            dedup = self.run_json('dedup', *self.input, '--threshold', '0.95,0.8', '--policy', policy)
            self.assertEqual(sweep['basis'], 'refitted')
            for point, result in zip(sweep['points'], dedup['results']):
                self.assertEqual(point['policy'], policy)
                for key in ('threshold', 'kept', 'pairs', 'orphans'):
                    self.assertEqual(point[key], result[key])
                for a, b in zip(point['components'], result['regression']):
                    for key in ('component', 'slope', 'intercept', 'classes'):
                        self.assertEqual(a[key], b[key])

    def test_sweep_control(self):
        report = self.run_json('sweep', *self.input, '--threshold', '0.9', '--control', '9')
        self.assertEqual([point['policy'] for point in report['points']], ['cover', 'last'])
        for component in report['points'][0]['components']:
            for key in ('slope', 'entropy_change', 'unit_entropy_change'):
                self.assertEqual(component[key + '_random'], sorted(component[key + '_random']))
            low, high = component['slope_interval']
            self.assertTrue(low <= component['slope'] <= high)
        report = self.run_json('sweep', *self.input, '--threshold', '0.9', '--control', '0')
        self.assertIsNone(report['points'][0]['components'][0]['slope_random'])

    def test_sweep_steps_and_csv(self):
        text = self.run_ok('sweep', *self.input, '--low', '0.5', '--steps', '5', '--policy', 'last',
                           '--control', '3', '--out', self.path('s.csv')).out
        rows = harness.read_csv(self.path('s.csv'))
        self.assertEqual([float(row['threshold']) for row in rows[::3]], [0.5, 0.6, 0.7, 0.8, 0.9])
        self.assertEqual([row['component'] for row in rows[:3]], ['1', '2', '3'])
        kept = [int(row['kept']) for row in rows]
        self.assertEqual(kept, sorted(kept))
        self.assertIn('| 0.9 | last | PC1 | y = ', text)

    # ---- choosing T ----

    def test_keep(self):
        report = self.run_json('dedup', *self.input, '--keep', '200', '--floor', '0')
        result = report['results'][0]
        self.assertEqual(report['choice']['wanted'], 200)
        self.assertEqual(report['choice']['kept'], result['kept'])
        self.assertGreaterEqual(result['kept'], 200)
        again = self.run_json('dedup', *self.input, '--threshold', repr(result['threshold']))
        self.assertEqual(again['results'][0]['kept'], result['kept'])
        lower = self.run_json('dedup', *self.input, '--policy', 'last', '--keep', '200', '--floor',
                              '0')['results'][0]['threshold']
        below = self.run_json('dedup', *self.input, '--policy', 'last', '--threshold',
                              repr(lower - 1e-6))
        self.assertLess(below['results'][0]['kept'], 200)

    def test_keep_percent(self):
        n = len(self.lines)
        report = self.run_json('dedup', *self.input, '--keep-percent', '50', '--floor', '0')
        self.assertEqual(report['choice']['wanted'], math.ceil(n / 2))
        report = self.run_json('dedup', *self.input, '--keep-percent', '50', '--floor', '0',
                               '--per-class')
        for entry in report['results'][0]['per_class']:
            self.assertGreaterEqual(entry['after'], math.ceil(entry['before'] / 2))
            self.assertTrue(0 <= entry['threshold'] <= 1)

    def test_class_thresholds(self):
        """By name and from a file it is the same; classes are what their own T makes of them."""
        strict = self.run_json('dedup', *self.input, '--threshold', '0.8')['results'][0]['per_class']
        loose = self.run_json('dedup', *self.input, '--threshold', '0.3')['results'][0]['per_class']
        names = [entry['class'] for entry in strict]
        harness.write_csv(self.path('t.csv'), ('class', 'threshold'), [(names[1], '0.3')])
        by_name = self.run_json('dedup', *self.input, '--threshold', '0.8', '--class-threshold',
                                names[1] + '=0.3', '--removals', self.path('a.csv'))
        by_file = self.run_json('dedup', *self.input, '--threshold', '0.8', '--thresholds',
                                self.path('t.csv'), '--removals', self.path('b.csv'))
        self.assertEqual(self.read('a.csv'), self.read('b.csv'))
        for report in by_name, by_file:
            for i, entry in enumerate(report['results'][0]['per_class']):
                self.assertEqual(entry['after'], (loose if i == 1 else strict)[i]['after'])
                self.assertEqual(entry['threshold'], 0.3 if i == 1 else 0.8)
        both = self.run_json('dedup', *self.input, '--threshold', '0.8', '--thresholds',
                             self.path('t.csv'), '--class-threshold', names[1] + '=0.8')
        self.assertEqual(both['results'][0]['kept'], sum(entry['after'] for entry in strict))
        for bad in (['--class-threshold', 'nowhere=0.5'], ['--thresholds', self.path('none.csv')]):
            self.assertEqual(harness.Run(['dedup', *self.input, *bad]).code, 1)

    def test_min_class(self):
        plain = self.run_json('dedup', *self.input, '--threshold', '0.3')['results'][0]
        report = self.run_json('dedup', *self.input, '--threshold', '0.3', '--min-class', '20',
                               '--kept', self.path('k.txt'))
        self.assertTrue(any(entry['after'] < 20 for entry in plain['per_class'][:5]))
        for a, b in zip(plain['per_class'], report['results'][0]['per_class']):
            self.assertGreaterEqual(b['after'], min(20, b['before']))
            if a['after'] >= 20:
                self.assertEqual((b['after'], b['threshold']), (a['after'], 0.3))
        kept = self.read('k.txt').decode().splitlines()
        self.assertEqual(len(kept), report['results'][0]['kept'])

    def test_suggest(self):
        """Close copies of images that come in looser groups: the lull lies between the two."""
        rng = random.Random(5)

        def around(row, spread):
            return [value + rng.gauss(0, spread) for value in row]
        rows = [around(member, 0.02)
                for centre in ([rng.gauss(0, 1) for _ in range(40)] for _ in range(10))
                for member in [around(centre, 0.6) for _ in range(4)] for _ in range(3)]
        rows.append([rng.gauss(0, 1) for _ in range(40)])
        harness.write_npy(self.path('x.npy'), rows)
        harness.write_csv(self.path('l.csv'), ('path', 'label'),
                          [(f'{i}.png', 'groups' if i < 120 else 'lone') for i in range(121)])
        report = self.run_json('dedup', *self.input, '--threshold', '0.9', '--suggest', '--floor',
                               '0.3')
        suggested = report['suggested']
        self.assertTrue(suggested['rule'])
        groups, lone = suggested['per_class']
        self.assertEqual((groups['class'], lone['class']), ('groups', 'lone'))
        self.assertIsNone(groups['reason'])
        self.assertTrue(30 <= groups['kept'] <= 40)
        self.assertTrue(0.7 < groups['threshold'] < 0.99)
        self.assertEqual((lone['threshold'], lone['kept']), (None, None))
        self.assertIn('copy', lone['reason'])
        again = self.run_json('dedup', *self.input, '--threshold', repr(suggested['threshold']))
        self.assertEqual(again['results'][0]['kept'], suggested['kept'])
        self.assertIn('Suggested', self.run_ok('dedup', *self.input, '--threshold', '0.9',
                                               '--suggest').out)

    # ---- plot ----

    def test_plots(self):
        starts = {'svg': b'<?xml', 'pdf': b'%PDF-', 'png': b'\x89PNG'}
        for kind in ('similarity', 'balance', 'kurtosis', 'density'):
            for ending, start in starts.items():
                name = f'{kind}.{ending}'
                report = self.run_json('plot', kind, *self.input, '--threshold', '0.8', '--control',
                                       '5', '--out', self.path(name))
                self.assertEqual(report['kind'], kind)
                self.assertTrue(self.read(name).startswith(start), name)
        # One class, before only; and one that has no density at all.
        for name in ('class1', 'one'):
            self.run_ok('plot', 'density', *self.input, '--class', name, '--component', '2', '--out',
                        self.path('c.svg'))
        self.run_fail(1, 'plot', 'density', *self.input, '--class', 'none', '--out',
                      self.path('n.svg'))

    # ---- all ----

    def test_same_on_any_number_of_threads(self):
        for verb, *options in (('stats', '--components', '5'), ('outliers', '--top', '50'),
                               ('sweep', '--threshold', '0.9,0.7', '--refit', '--control', '4'),
                               ('dedup', '--keep', '150', '--suggest')):
            seen = {drop_timings(self.run_json(verb, *self.input, *options, '--threads', threads))
                    for threads in ('1', '3')}
            self.assertEqual(len(seen), 1, verb)
        pictures = set()
        for threads in ('1', '3'):
            self.run_ok('plot', 'kurtosis', *self.input, '--threads', threads, '--out',
                        self.path('k.png'))
            pictures.add(self.read('k.png'))
        self.assertEqual(len(pictures), 1)


if __name__ == '__main__':
    harness.main()
