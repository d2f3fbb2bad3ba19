#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project beside the data set, and in its place: the same lists, less work, verdicts obeyed."""
import contextlib
import hashlib
import os
import shutil
import sqlite3
import unittest

import harness

# As in tamis/dedup.h.
REMOVE, KEEP_BOTH, NOT_DUPLICATES, LATER = 1, 2, 3, 4


class ProjectCase(harness.Case):
    def setUp(self):
        super().setUp()
        self.set = self.path('set')
        self.paths = harness.make_images(self.set)
        for path in self.paths:
            os.utime(os.path.join(self.set, path), (10 ** 9, 10 ** 9))
        self.project = self.path('set.tamis')

    def lists(self, *args):
        """Pairs, removals and kept paths as they were written."""
        files = [self.path(name) for name in ('p.csv', 'r.csv', 'k.txt')]
        run = self.run_json('dedup', *args, '--pairs', files[0], '--removals', files[1], '--kept',
                            files[2])
        texts = []
        for name in files:
            with open(name, encoding='utf-8') as file:
                texts.append(file.read())
        return texts, run

    def execute(self, sql, *values, project=None):
        """The rows of a query, or the id of what was inserted."""
        with contextlib.closing(sqlite3.connect(project or self.project)) as db, db:
            cursor = db.execute(sql, values)
            return cursor.fetchall() or cursor.lastrowid

    def image(self, path, project=None):
        with open(os.path.join(self.set, path), 'rb') as file:
            key = (hashlib.sha256(file.read()).digest(), path.encode())
        self.execute('INSERT OR IGNORE INTO images (digest, path) VALUES (?, ?)', *key,
                     project=project)
        return self.execute('SELECT id FROM images WHERE digest = ? AND path = ?', *key,
                            project=project)[0][0]

    def decide(self, removed, witness, verdict, project=None, curator='somebody'):
        step = self.execute('INSERT INTO steps (time, curator, type) VALUES (1, ?, 0)', curator,
                            project=project)
        self.execute('INSERT INTO decisions (step, kind, a, b, value) VALUES (?, 0, ?, ?, ?)', step,
                     self.image(removed, project), self.image(witness, project), verdict,
                     project=project)


class TestCache(ProjectCase):
    def test_same_lists(self):
        plain, _ = self.lists(self.set)
        self.assertIn('img', plain[1])
        made, _ = self.lists(self.set, '--project', self.project)
        self.assertEqual(made, plain)
        again, run = self.lists(self.set, '--project', self.project)
        self.assertEqual(again, plain)
        instead, _ = self.lists(self.project)
        self.assertEqual(instead, plain)
        self.assertEqual(run['images'], len(self.paths))
        for threshold in ('0.97', '0.5'):
            self.assertEqual(self.lists(self.project, '-t', threshold)[0],
                             self.lists(self.set, '-t', threshold)[0])

    def test_verbs(self):
        self.run_ok('encode', self.set, '--project', self.project, '-o', self.path('a.npy'))
        self.run_ok('encode', self.project, '-o', self.path('b.npy'))
        self.assertEqual(harness.read_npy(self.path('a.npy')), harness.read_npy(self.path('b.npy')))
        self.assertEqual(self.run_json('scan', self.project)['images'], len(self.paths))
        self.assertEqual(self.run_json('stats', self.project)['images'], len(self.paths))
        self.run_ok('outliers', self.project)
        self.run_ok('plot', 'balance', self.project, '-o', self.path('a.svg'))

    def test_content(self):
        with open(os.path.join(self.set, 'alpha', 'broken.png'), 'wb') as file:
            file.write(b'no image')
        self.run_ok('dedup', self.set, '--project', self.project)
        content = self.run_json('project', self.project)
        self.assertEqual(content['images'], len(self.paths))
        self.assertEqual(content['unreadable'], 1)
        self.assertEqual(content['joined'], 2)
        self.assertEqual(content['dataset'], os.path.realpath(self.set))
        self.assertEqual(content['settings']['model'], 'whitened')
        self.assertEqual(list(content['vectors'].values()), [len(self.paths)])
        self.assertEqual(content['unresolved'], 0)
        words = self.run_ok('project', self.project).out
        self.assertIn(f'{len(self.paths)} images, 1 unreadable', words)

    def test_moved(self):
        plain, _ = self.lists(self.set)
        self.run_ok('dedup', self.set, '--project', self.project)
        elsewhere = self.path('elsewhere')
        os.mkdir(elsewhere)
        shutil.move(self.set, elsewhere)
        shutil.move(self.project, elsewhere)
        moved, _ = self.lists(os.path.join(elsewhere, 'set.tamis'))
        self.assertEqual(moved, plain)
        content = self.run_json('project', os.path.join(elsewhere, 'set.tamis'))
        self.assertEqual(content['dataset'], os.path.realpath(os.path.join(elsewhere, 'set')))


class TestDecisions(ProjectCase):
    def setUp(self):
        super().setUp()
        self.run_ok('dedup', self.set, '--project', self.project)

    def removals(self):
        self.lists(self.project)
        return {row['removed']: row['witness'] for row in harness.read_csv(self.path('r.csv'))}

    def test_obeyed(self):
        before = self.removals()
        removed, witness = next(iter(before.items()))
        group = [path for path, other in before.items() if other == witness] + [witness]
        # Turned round: what was to stay goes.
        self.decide(witness, removed, REMOVE)
        after = self.removals()
        self.assertIn(witness, after)
        self.assertNotIn(removed, after)
        self.assertEqual(len(after), len(before))
        # Nothing of the group goes once all its pairs are kept.
        for a in group:
            for b in group:
                if a < b:
                    self.decide(a, b, KEEP_BOTH)
        self.assertFalse(set(self.removals()) & set(group))
        decisions = self.run_json('project', self.project)['decisions']
        self.assertEqual(decisions['keep_both'], len(group) * (len(group) - 1) // 2)
        # Without the project nobody knows.
        self.lists(self.set)
        self.assertEqual({row['removed']: row['witness']
                          for row in harness.read_csv(self.path('r.csv'))}, before)

    def test_unresolved(self):
        self.decide(self.paths[0], self.paths[1], NOT_DUPLICATES)
        os.remove(os.path.join(self.set, self.paths[0]))
        content = self.run_json('project', self.project)
        self.assertEqual(content['unresolved'], 1)
        self.assertEqual(content['decisions']['not_duplicates'], 1)
        self.assertIn('not there now', self.run_ok('project', self.project).out)

    def test_settings(self):
        self.execute("INSERT OR REPLACE INTO settings VALUES ('threshold', ?)", b'0.99')
        self.execute("INSERT OR REPLACE INTO settings VALUES ('policy', ?)", b'last')
        run = self.run_json('dedup', self.project)
        self.assertEqual([result['threshold'] for result in run['results']], [0.99])
        self.assertEqual(run['policy'], 'last')
        run = self.run_json('dedup', self.project, '-t', '0.9', '--policy', 'cover')
        self.assertEqual([result['threshold'] for result in run['results']], [0.9])
        self.assertEqual(run['policy'], 'cover')
        # A threshold of one model says nothing about another.
        run = self.run_json('dedup', self.project, '--model', 'paper')
        self.assertNotEqual([result['threshold'] for result in run['results']], [0.99])

    def test_merge(self):
        other = self.path('other.tamis')
        shutil.copy(self.project, other)
        for i, (ours, theirs) in enumerate([(KEEP_BOTH, KEEP_BOTH), (NOT_DUPLICATES, KEEP_BOTH),
                                            (NOT_DUPLICATES, NOT_DUPLICATES),
                                            (None, NOT_DUPLICATES), (REMOVE, REMOVE)]):
            a, b = self.paths[2 * i], self.paths[2 * i + 1]
            if ours is not None:
                self.decide(a, b, ours)
            self.decide(a, b, theirs, project=other, curator='the other')
        run = self.run_json('merge', self.project, other)
        self.assertEqual((run['judged'], run['judged_by_other'], run['judged_by_both'],
                          run['agreed']), (4, 5, 4, 3))
        # p = 3/4, e = (1·2 + 2·1 + 1·1 / 2) / 16: a removal is the same way round by half a chance
        self.assertAlmostEqual(run['kappa'], (0.75 - 4.5 / 16) / (1 - 4.5 / 16))
        self.assertLess(run['kappa_low'], run['kappa'])
        self.assertGreater(run['kappa_high'], run['kappa'])
        self.assertEqual(run['table']['not_duplicates']['keep_both'], 1)
        self.assertEqual(run['disagreements'],
                         [{'a': self.paths[2], 'b': self.paths[3], 'verdict': 'not_duplicates',
                           'other_verdict': 'keep_both', 'state': 'open'}])
        self.assertEqual(run['only_other'],
                         {'pairs': 1, 'labels': 0, 'marks': 0, 'folders': 0, 'splits': 0})
        self.assertIn('kappa: 0.652', self.run_ok('merge', self.project, other).out)
        self.assertNotIn('taken', run)
        self.assertEqual(self.run_json('merge', self.project, other, '--into')['taken'], 1)
        self.assertEqual(self.run_json('merge', self.project, other, '--into')['taken'], 0)
        content = self.run_json('project', self.project)
        self.assertEqual(content['decisions']['not_duplicates'], 3)

    def test_images_away(self):
        """Two people can compare without the images."""
        other = self.path('other.tamis')
        shutil.copy(self.project, other)
        self.decide(self.paths[0], self.paths[1], KEEP_BOTH)
        self.decide(self.paths[0], self.paths[1], NOT_DUPLICATES, project=other)
        shutil.rmtree(self.set)
        self.assertEqual(self.run_json('merge', self.project, other)['judged_by_both'], 1)
        content = self.run_json('project', self.project)
        self.assertEqual(content['decisions']['keep_both'], 1)
        self.assertNotIn('unresolved', content)


class TestRefused(ProjectCase):
    def test_refused(self):
        text = self.path('text.tamis')
        with open(text, 'w', encoding='utf-8') as file:
            file.write('not a project')
        self.assertIn('not a Tamis project',
                      self.run_fail(1, 'dedup', self.set, '--project', text))
        self.assertIn('not a Tamis project', self.run_fail(1, 'project', text))
        self.assertIn('There is no project', self.run_fail(1, 'project', self.path('none.tamis')))
        self.run_fail(2, 'project')
        self.run_fail(2, 'merge', text)
        self.run_ok('dedup', self.set, '--project', self.project)
        self.assertIn('not a Tamis project', self.run_fail(1, 'merge', self.project, text))
        self.assertIn('the project itself', self.run_fail(1, 'merge', self.project, self.project))
        self.run_ok('demo', self.path('demo'), '--images', '20')
        strange = self.path('strange.tamis')
        self.run_ok('dedup', self.path('demo'), '--project', strange)
        self.assertIn('about other images', self.run_fail(1, 'merge', self.project, strange))
        self.run_ok('dedup', self.set, '--project', self.project)
        self.run_fail(2, 'dedup', self.project, '--project', self.project)
        self.execute('PRAGMA user_version = 99')
        self.assertIn('newer Tamis', self.run_fail(1, 'dedup', self.project))

    def test_damaged(self):
        self.run_ok('dedup', self.set, '--project', self.project)
        with open(self.project, 'r+b') as file:
            file.truncate(20000)
        with open(self.project, 'rb') as file:
            before = file.read()
        self.assertIn('cut short', self.run_fail(1, 'dedup', self.project))
        with open(self.project, 'rb') as file:
            self.assertEqual(file.read(), before)


if __name__ == '__main__':
    harness.main()
