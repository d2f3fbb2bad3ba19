#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""dedup's lists against the rules of the method said anew, the slow way, on drawn vectors."""
import fnmatch
import random

import harness

CASES = 40
SPLITS = ('train', 'val', 'test')
PATTERNS = ('*/y*', 'orig/*', 'a[[]b]/*', 'a[b]/*', '[!c]*', '*?1?.png', 'copy/x???.png', '*/[ю]0*', '????/?0??.png')


class Problem:
    """Vectors with labels and splits, and rules to plan by, all drawn from one seed."""

    def __init__(self, seed):
        rng = random.Random(seed)
        self.n, d = rng.choice((1, 2, 5, 20, 60)), rng.choice((2, 3, 8, 33))
        rows = harness.make_vectors(rng, self.n, d, rng.choice((1, 3, 8)))
        for i in range(1, self.n):
            if rng.random() < 0.1:
                rows[i] = list(rows[rng.randrange(i)])
        names = [f'c{k}' for k in range(rng.choice((1, 2, 4)))]
        lines = [(f'{rng.choice(("orig", "copy", "a[b]"))}/{rng.choice("xyю")}{i:03}.png',
                  rng.choice(names), rng.choice(SPLITS)) for i in range(self.n)]
        self.lines, self.vectors = lines, rows
        # Classes in natural order, inside them the order of the lines.
        place = sorted(range(self.n), key=lambda i: (lines[i][1], i))
        self.paths, self.classes, self.splits = ([lines[i][k] for i in place] for k in range(3))
        rows = [rows[i] for i in place]
        self.sims = [[harness.cosine(a, b) for b in rows] for a in rows]
        self.choose(rng)

    def choose(self, rng):
        self.policy, self.scope = rng.choice(('cover', 'last')), rng.choice(('class', 'all'))
        threshold = round(rng.uniform(0, 1), rng.choice((1, 3, 16)))
        self.thresholds = {name: threshold for name in self.classes}
        self.options = ['--threshold', repr(threshold), '--policy', self.policy,
                        '--scope', self.scope, '--floor', repr(rng.uniform(0, 0.99))]
        if self.scope == 'class':
            for name in sorted(self.thresholds):
                if rng.random() < 0.3:
                    self.thresholds[name] = round(rng.uniform(0, 1), 2)
                    self.options += ['--class-threshold', f'{name}={self.thresholds[name]}']
        self.pinned = [False] * self.n
        if rng.random() < 0.5:
            split = rng.choice(sorted(set(self.splits)))
            self.pinned = [name == split for name in self.splits]
            self.options += ['--protect-split', split]
        self.order = list(range(self.n))
        if rng.random() < 0.5:
            pattern = rng.choice(PATTERNS)
            self.order.sort(key=lambda i: not fnmatch.fnmatchcase(self.paths[i], pattern))
            self.options += ['--order', f'path:{pattern}']

    def is_above(self, i, j):
        return (i != j and (self.scope == 'all' or self.classes[i] == self.classes[j])
                and self.sims[i][j] > self.thresholds[self.classes[i]])

    def is_close(self):
        """Is a similarity so near T that another order of summing might decide otherwise?"""
        return any(abs(self.sims[i][j] - threshold) < 1e-9 for i in range(self.n)
                   for j in range(i) for threshold in set(self.thresholds.values()))

    def plan(self):
        kept = [False] * self.n
        if self.policy == 'cover':
            first = sorted(self.order, key=lambda i: not self.pinned[i])
            for i in first:
                kept[i] = self.pinned[i] or not any(kept[j] and self.is_above(i, j)
                                                    for j in range(self.n))
            return kept
        place = {row: k for k, row in enumerate(self.order)}
        for i in range(self.n):
            kept[i] = self.pinned[i] or not any(
                self.is_above(i, j) and (place[j] > place[i] or self.pinned[j])
                for j in range(self.n))
        return kept

    def witness(self, kept, i):
        likes = [(-self.sims[i][j], j) for j in range(self.n) if kept[j] and self.is_above(i, j)]
        return -min(likes)[0] if likes else None


class Plan(harness.Case):
    def run_problem(self, problem):
        harness.write_npy(self.path('x.npy'), problem.vectors)
        harness.write_csv(self.path('l.csv'), ['path', 'label', 'split'], problem.lines)
        result = self.run_json('dedup', '--latents', self.path('x.npy'), '--labels',
                               self.path('l.csv'), '--kept', self.path('k'), '--removals',
                               self.path('r'), *problem.options)['results'][0]
        with open(self.path('k'), encoding='utf-8') as file:
            return result, file.read().splitlines(), harness.read_csv(self.path('r'))

    def test_against_the_rules(self):
        removed = orphans = 0
        for seed in range(CASES):
            problem = Problem(seed)
            if problem.is_close():
                continue
            kept = problem.plan()
            with self.subTest(seed=seed, options=problem.options):
                result, stays, removals = self.run_problem(problem)
                self.assertEqual(stays, [problem.paths[i] for i in range(problem.n) if kept[i]])
                gone = [i for i in range(problem.n) if not kept[i]]
                self.assertEqual([row['removed'] for row in removals],
                                 [problem.paths[i] for i in gone])
                self.assertEqual(result['pairs'], sum(problem.is_above(i, j)
                                                      for i in range(problem.n) for j in range(i)))
                for i, row in zip(gone, removals):
                    best = problem.witness(kept, i)
                    removed, orphans = removed + 1, orphans + (best is None)
                    self.assertEqual(row['witness'] == '', best is None)
                    if best is not None:
                        self.assertIn(row['witness'], stays)
                        self.assertAlmostEqual(float(row['similarity']), best, delta=1e-9)
                        other = problem.paths.index(row['witness'])
                        self.assertAlmostEqual(problem.sims[i][other], best, delta=1e-12)
        # The cases are worth the name.
        self.assertGreater(removed, 100)
        self.assertGreater(orphans, 2)

    def test_settings_are_told(self):
        """What else than T made the lists, so that they can be made again."""
        problem = Problem(7)
        problem.options = ['--threshold', '0.5', '--order', 'path:*/x*,name', '--protect-split',
                           problem.splits[0]]
        harness.write_npy(self.path('x.npy'), problem.vectors)
        harness.write_csv(self.path('l.csv'), ['path', 'label', 'split'], problem.lines)
        data = ['--latents', self.path('x.npy'), '--labels', self.path('l.csv')]
        told = self.run_json('dedup', *data, *problem.options)
        self.assertEqual(told['order'], 'path:*/x*,name')
        self.assertEqual(told['decisions'], {'pairs': 0, 'marks': 0, 'folders': [],
                                             'protected_splits': [problem.splits[0]]})
        told = self.run_json('dedup', *data, '--threshold', '0.5')
        self.assertEqual((told['order'], told['decisions']), ('name', None))

    def test_so_many_stay(self):
        """--min-class and --keep keep their promise, and not more than a little higher T would."""
        for seed in range(6):
            problem = Problem(1000 + seed)
            sizes = {name: problem.classes.count(name) for name in problem.classes}
            problem.options = ['--threshold', '0.2', '--min-class', '5']
            with self.subTest(seed=seed):
                result, _, _ = self.run_problem(problem)
                for row in result['per_class']:
                    self.assertGreaterEqual(row['after'], min(5, sizes[row['class']]))
                    self.assertGreaterEqual(row['threshold'], 0.2)
                problem.options = ['--keep', str((problem.n + 1) // 2), '--floor', '0.01']
                result, _, _ = self.run_problem(problem)
                self.assertGreaterEqual(result['kept'], (problem.n + 1) // 2)


if __name__ == '__main__':
    harness.main()
