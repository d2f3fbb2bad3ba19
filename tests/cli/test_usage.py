#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line itself: help, version, exit codes, one line an error."""
import json
import os
import re
import resource
import signal
import subprocess
import time

import harness

VERBS = ('demo', 'scan', 'encode', 'dedup', 'check', 'stats', 'sweep', 'outliers', 'plot', 'generate',
         'project', 'merge', 'train', 'apply', 'verify', 'undo', 'bench')


class Usage(harness.Case):
    def test_help_names_every_verb(self):
        text = self.run_ok('--help').out
        named = re.findall(r'^  ([a-z]+) ', text, re.MULTILINE)
        self.assertEqual(sorted(named), sorted(VERBS))

    def blas_cores(self, **env):
        """The kernels that OpenBLAS took, one an execution."""
        env = {'OPENBLAS_VERBOSE': '2', **{k: v for k, v in os.environ.items() if k != 'OPENBLAS_CORETYPE'}, **env}
        run = subprocess.run([harness.CLI, '--version'], env=env, check=True, capture_output=True, text=True)
        return re.findall(r'^Core: (.*)', run.stderr, re.MULTILINE)

    def test_blas_of_a_processor_it_does_not_know(self):
        with open('/proc/cpuinfo', encoding='utf-8') as file:
            flags = file.read().split()
        self.assertEqual(self.blas_cores(OPENBLAS_CORETYPE='Prescott'), ['Prescott'])
        first, *again = self.blas_cores()
        if first == 'Prescott' and 'avx2' in flags and 'fma' in flags:
            self.assertEqual(len(again), 1)
            self.assertIn(again[0], ('SkylakeX', 'Haswell'))
        else:
            self.assertEqual(again, [])

    def test_help_of_every_verb(self):
        for verb in VERBS:
            text = self.run_ok(verb, '--help').out
            self.assertIn(f'tamis-cli {verb}', text)
            for option in ('--json', '--threads', '--seed', '--version'):
                self.assertIn(option, text)

    def test_bench_prints_a_line_a_figure(self):
        run = self.run_ok('bench', '--seconds', '0', '--rows', '300')
        figures = [json.loads(line) for line in run.out.splitlines()]
        self.assertEqual([figure['figure'] for figure in figures], ['join', 'encode', 'decode'])
        self.assertEqual(figures[0]['pairs'], 59)
        self.assertGreater(figures[1]['images_per_second'], 0)
        self.assertGreater(figures[2]['images_per_second'], 0)
        self.run_fail(2, 'bench', '--rows', '1')
        self.run_fail(2, 'bench', '--seconds', '-1')

    def test_version(self):
        version = self.run_ok('--version').out
        self.assertRegex(version, r'^tamis-cli \d+\.\d+\.\d+\n$')
        for verb in VERBS:
            self.assertEqual(self.run_ok(verb, '--version').out, version)

    def test_no_verb(self):
        run = harness.Run([])
        self.assertEqual((run.code, run.out), (2, ''))
        self.assertIn('Usage:', run.err)

    def test_wrong_usage_is_2(self):
        folder = self.folder
        for args in (['sieve'],
                     ['\x1b[31m'],
                     ['scan'],
                     ['scan', folder, folder],
                     ['scan', folder, '--no-such-option'],
                     ['scan', folder, '--threads', '-1'],
                     ['scan', folder, '--threads', 'many'],
                     ['scan', folder, '--seed', '-1'],
                     ['scan', '--latents', 'x.npy'],
                     ['scan', folder, '--latents', 'x.npy', '--labels', 'l.csv'],
                     ['encode', folder],
                     ['dedup', folder, '--threshold', 'high'],
                     ['dedup', folder, '--threshold', '1.5'],
                     ['dedup', folder, '--threshold', '-0.5'],
                     ['dedup', folder, '--threshold', '0.9,,0.8'],
                     ['dedup', folder, '--threshold', 'nan'],
                     ['dedup', folder, '--threshold', ''],
                     ['dedup', folder, '--floor', '1'],
                     ['dedup', folder, '--floor', 'nan'],
                     ['dedup', folder, '--keep-percent=nan'],
                     ['sweep', folder, '--low', 'nan'],
                     ['check', folder, '--sample', '9', '--out', 'p.csv', '--precision', 'inf'],
                     ['dedup', folder, '--policy', 'ю'],
                     ['dedup', folder, '--policy', 'first'],
                     ['dedup', folder, '--scope', 'world'],
                     ['dedup', folder, '--report', self.path('r.txt')],
                     ['dedup', folder, '--keep', '0'],
                     ['dedup', folder, '--keep', '5', '--threshold', '0.9'],
                     ['dedup', folder, '--keep', '5', '--keep-percent', '50'],
                     ['dedup', folder, '--keep-percent', '101'],
                     ['dedup', folder, '--per-class'],
                     ['dedup', folder, '--keep-percent', '9', '--per-class', '--thresholds', 'x'],
                     ['dedup', folder, '--class-threshold', 'a=1', '--scope', 'all'],
                     ['dedup', folder, '--min-class', '0'],
                     ['dedup', folder, '--min-class', '5', '--scope', 'all'],
                     ['stats', folder, '--components', '0'],
                     ['stats', folder, '--components', '1001'],
                     ['stats', folder, '--step', 'wide'],
                     ['stats', folder, '--step', '0'],
                     ['stats', folder, '--step', 'inf'],
                     ['outliers', folder, '--top', '-1'],
                     ['sweep', folder, '--policy', 'first'],
                     ['sweep', folder, '--threshold', '0.9', '--steps', '5'],
                     ['sweep', folder, '--low', '1'],
                     ['sweep', folder, '--control', '-1'],
                     ['plot'],
                     ['plot', 'density'],
                     ['plot', 'pie', folder, '--out', 'p.svg'],
                     ['plot', 'density', folder],
                     ['plot', 'density', folder, '--out', 'p.gif'],
                     ['plot', 'density', folder, folder, '--out', 'p.svg'],
                     ['plot', 'density', folder, '--out', 'p.svg', '--latents', 'x', '--labels', 'l'],
                     ['plot', 'balance', folder, '--out', 'p.svg', '--class', 'a'],
                     ['plot', 'similarity', folder, '--out', 'p.svg', '--component', '2'],
                     ['plot', 'density', folder, '--out', 'p.svg', '--component', '-1'],
                     ['generate', folder],
                     ['generate', folder, '--class', 'a', '--out', self.path('g')],
                     ['generate', folder, '--class', 'a', '--count', '0', '--out', self.path('g')],
                     ['generate', folder, '--class', 'a', '--count', '1'],
                     ['generate', folder, '--count', '1', '--out', self.path('g')],
                     ['generate', folder, '--class', 'a', '--count', '1', '--out', self.path('g'),
                      '--variance', '1.5'],
                     ['generate', '--latents', 'x.npy', '--labels', 'l.csv', '--class', 'a'],
                     ['train', folder],
                     ['train', folder, '--out', self.path('m'), '--kind', 'triplet'],
                     ['train', folder, '--out', self.path('m'), '--epochs', '0'],
                     ['train', folder, '--out', self.path('m'), '--batch', '0'],
                     ['train', folder, '--out', self.path('m'), '--learning-rate', '0'],
                     ['demo'],
                     ['demo', self.path('d'), '--images', '0']):
            with self.subTest(args=args):
                error = self.run_fail(2, *args)
                self.assertIn('--help', error)
                self.assertNotIn('\x1b', error)

    def test_failures_are_1(self):
        text = self.path('text.csv')
        with open(text, 'w', encoding='utf-8') as file:
            file.write('no header of ours\n')
        empty = self.path('empty')
        os.mkdir(empty)
        for args, word in ((['scan', self.path('nothing')], 'nothing'),
                           (['scan', empty], 'empty'),
                           (['scan', text], 'text.csv'),
                           (['encode', empty, '--out', '/nowhere/x.npy'], '/nowhere'),
                           (['encode', empty, '--out', self.folder], self.folder),
                           (['dedup', empty, '--model', self.path('no.safetensors')], 'no.saf'),
                           (['dedup', empty, '--pairs', '/nowhere/p.csv'], '/nowhere'),
                           (['project', empty], 'is not a Tamis project'),
                           (['stats', empty, '--density', '/nowhere/d.csv'], '/nowhere'),
                           (['outliers', empty, '--out', '/nowhere/o.csv'], '/nowhere'),
                           (['sweep', empty, '--out', '/nowhere/s.csv'], '/nowhere'),
                           (['plot', 'density', empty, '--out', '/nowhere/p.svg'], '/nowhere')):
            with self.subTest(args=args):
                self.assertIn(word, self.run_fail(1, *args))

    def test_newline_in_a_name_stays_one_line(self):
        self.assertIn('\\x0a', self.run_fail(1, 'scan', self.path('a\nb')))

    def test_full_disk_under_stdout(self):
        harness.make_images(self.path('set'), classes=('a',), scenes=1, copies=1)
        with open('/dev/full', 'wb') as full:
            done = subprocess.run([harness.CLI, 'scan', self.path('set'), '--json'], stdout=full,
                                  stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'standard output', done.stderr)

    def test_reader_gone(self):
        """Who reads standard output may leave: files are written all the same, and it is told."""
        harness.make_images(self.path('set'), classes=('a',), scenes=1, copies=1)
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([harness.CLI, 'scan', self.path('set'), '--json'], stdout=write,
                              stderr=subprocess.PIPE, check=False)
        os.close(write)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'standard output', done.stderr)

    def test_file_too_large(self):
        """A limit on the size of files is an error with a name, and leaves nothing behind."""
        harness.make_images(self.path('set'), classes=('a',), scenes=4, copies=4)
        harness.make_model(self.path('model'))
        os.mkdir(self.path('out'))
        done = subprocess.run([harness.CLI, 'encode', self.path('set'), '--model', self.path('model'),
                               '--out', self.path('out', 'x.npy')], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                                    (1024, 1024)))
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(b'x.npy', done.stderr)
        self.assertEqual(os.listdir(self.path('out')), [])

    def test_progress_is_for_terminals(self):
        """Seen on a terminal only, and wiped at the end. (run_ok checks that pipes stay empty.)"""
        harness.make_images(self.path('set'), classes=('a',), scenes=3, copies=4)
        master, slave = os.openpty()
        with subprocess.Popen([harness.CLI, 'train', self.path('set'), '--epochs', '100000',
                               '--out', self.path('m.safetensors'), '--json'],
                              stdout=subprocess.PIPE, stderr=slave) as process:
            os.close(slave)
            seen = b''
            while b'Training' not in seen:
                seen += os.read(master, 4096)
            process.send_signal(signal.SIGTERM)
            out = process.communicate(timeout=60)[0]
        while b'cancelled' not in seen:
            seen += os.read(master, 4096)
        os.close(master)
        self.assertEqual((process.returncode, out), (1, b''))
        self.assertRegex(seen, rb'\rTraining [0-9,]+ of [0-9,]+ \([0-9]+ %\)')
        self.assertRegex(seen, rb'\r\x1b\[Ktamis-cli: cancelled\r\n$')

    def test_interrupt_leaves_no_file(self):
        """SIGINT while training: exit 1, one line, nothing under the name of the result."""
        harness.make_images(self.path('set'), classes=('a',), scenes=3, copies=4)
        with subprocess.Popen([harness.CLI, 'train', self.path('set'), '--epochs', '100000',
                               '--out', self.path('m.safetensors'), '--batch', '4'],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.readline()
            process.stdout.readline()  # after the first epoch
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, error = process.communicate(timeout=60)
        self.assertEqual((process.returncode, error), (1, b'tamis-cli: cancelled\n'))
        # The contract is a quarter of a second; sanitizers and a busy machine are given more.
        self.assertLess(time.monotonic() - begun, 20)
        self.assertEqual(os.listdir(self.folder), ['set'])


if __name__ == '__main__':
    harness.main()
