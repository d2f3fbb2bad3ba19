#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""apply, verify and undo of what dedup writes, and dedup's other files of what stays and goes."""
import json
import os
import stat

import harness


def describe(root):
    """Every folder and file: kind, permissions, time, contents."""
    out = {}
    for folder, _, names in os.walk(root):
        for path in [folder] + [os.path.join(folder, name) for name in names]:
            status = os.lstat(path)
            data = open(path, 'rb').read() if stat.S_ISREG(status.st_mode) else b''
            out[os.path.relpath(path, root)] = (status.st_mode, status.st_mtime_ns, data)
    return out


class Act(harness.Case):
    def setUp(self):
        super().setUp()
        self.root, self.manifest = self.path('set'), self.path('m.json')
        os.mkdir(self.root)
        self.paths = harness.make_images(self.root)
        harness.make_model(self.path('model.safetensors'))
        self.before = describe(self.root)

    def dedup(self, *options):
        return self.run_json('dedup', self.root, '--model', self.path('model.safetensors'),
                             '--threshold', '0.99', '--scope', 'class', *options)

    def test_there_and_back(self):
        removed = self.dedup('--manifest', self.manifest)['results'][0]['removed']
        self.assertGreater(removed, 0)
        looked = self.run_json('apply', self.manifest, '--dry-run')
        self.assertEqual((looked['moved'], looked['refused']), (removed, []))
        self.assertEqual(describe(self.root), self.before)
        self.assertFalse(os.path.exists(self.path('set-quarantine')))
        done = self.run_json('apply', self.manifest)
        self.assertEqual((done['moved'], done['root'], done['quarantine']),
                         (removed, self.root, self.path('set-quarantine')))
        self.assertGreaterEqual(done['timings']['act_s'], 0)
        self.assertEqual(len(describe(self.root)), len(self.before) - removed)
        states = self.run_json('verify', self.manifest)['states']
        self.assertEqual(states, {'pending': 0, 'applied': removed, 'undone': 0, 'changed': 0,
                                  'missing': 0})
        self.assertIn('images came back', self.run_ok('undo', self.manifest).out)
        self.assertEqual(describe(self.root), self.before)
        self.assertEqual(self.run_json('verify', self.manifest)['states']['undone'], removed)

    def test_refusals(self):
        self.dedup('--manifest', self.manifest)
        with open(self.manifest, encoding='utf-8') as file:
            removals = json.load(file)['removals']
        gone = os.path.join(self.root, removals[0]['path'])
        with open(gone, 'ab') as file:
            file.write(b'x')
        # What is wrong is told on stdout even so.
        run = harness.Run(['apply', self.manifest, '--strict', '--json'])
        self.assertEqual((run.code, run.json['moved'], len(run.json['refused'])), (1, 0, 1))
        self.assertIn('nothing was moved', run.err)
        self.assertTrue(all(os.path.exists(os.path.join(self.root, item['path']))
                            for item in removals))
        done = self.run_json('apply', self.manifest)
        self.assertEqual(done['moved'], len(removals) - 1)
        self.assertEqual([(item['path'], item['reason']) for item in done['refused']],
                         [(removals[0]['path'], 'its contents have changed')])
        self.assertEqual(harness.Run(['verify', self.manifest, '--strict']).code, 1)

    def test_usage(self):
        self.run_fail(2, 'apply')
        self.run_fail(2, 'verify', self.manifest, '--trash')
        self.assertIn('m.json', self.run_fail(1, 'apply', self.manifest))
        with open(self.manifest, 'w', encoding='utf-8') as file:
            file.write('{"format": "tamis-manifest", "version": 9}')
        self.assertIn('newer Tamis', self.run_fail(1, 'apply', self.manifest))
        self.dedup('--manifest', self.manifest)
        with open(self.manifest, encoding='utf-8') as file:
            text = file.read()
        with open(self.manifest, 'w', encoding='utf-8') as file:
            file.write(text.replace('"class":"beta"', '"class":"alpha"', 1))
        self.assertIn('was changed after', self.run_fail(1, 'apply', self.manifest))
        with open(self.manifest, 'w', encoding='utf-8') as file:
            file.write(text)
        err = self.run_fail(1, 'apply', self.manifest, '--root', self.path('nowhere'))
        self.assertIn('--root', err)

    def test_lists_and_kept_set(self):
        result = self.dedup('--kept', self.path('k'), '--removed', self.path('r'), '--absolute',
                            '--null', '--fiftyone', self.path('f.csv'), '--cleanlab',
                            self.path('c.csv'), '--removals', self.path('r.csv'), '--copy-kept',
                            self.path('kept'))['results'][0]
        lists = []
        for name in ('k', 'r'):
            with open(self.path(name), encoding='utf-8') as file:
                text = file.read()
            self.assertTrue(text.endswith('\0'))
            lists.append([os.path.relpath(path, self.root) for path in text.split('\0')[:-1]])
        self.assertEqual((len(lists[0]), len(lists[1])), (result['kept'], result['removed']))
        self.assertEqual(sorted(lists[0] + lists[1]), sorted(self.paths))
        rows = harness.read_csv(self.path('f.csv'))
        self.assertEqual({row['filepath']: row['tags'] for row in rows},
                         {os.path.join(self.root, path): 'kept' if path in lists[0] else 'removed'
                          for path in self.paths})
        issues = harness.read_csv(self.path('c.csv'))
        self.assertEqual([row['path'] for row in issues], self.paths)
        for row in harness.read_csv(self.path('r.csv')):
            issue = issues[self.paths.index(row['removed'])]
            self.assertEqual(issue['is_near_duplicate_issue'], 'True')
            self.assertIn(self.paths.index(row['witness']), json.loads(issue['near_duplicate_sets']))
            self.assertLessEqual(float(issue['near_duplicate_score']), 1 - float(row['similarity']))
        made = describe(self.path('kept'))
        self.assertEqual(sorted(path for path in made if not stat.S_ISDIR(made[path][0])),
                         sorted(lists[0]))
        for path in lists[0]:
            self.assertEqual(made[path], self.before[path])
        err = self.run_fail(1, 'dedup', self.root, '--model', self.path('model.safetensors'),
                            '--threshold', '0.99', '--copy-kept', self.path('kept'))
        self.assertIn('not an empty folder', err)
        self.run_fail(2, 'dedup', self.root, '--copy-kept', 'a', '--link-kept', 'b')


if __name__ == '__main__':
    harness.main()
