# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tours share: a script played on the real window, and lists compared with those of tamis-cli."""
import csv
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def drive(program, schemas, shots, script, name, screen='1280x900'):
    """Plays @script; returns what it printed. The project goes to NAME-data under @shots."""
    path = os.path.join(shots, name + '.gd')
    # Each tour begins without a project: what an earlier one decided must not be there.
    home = os.path.join(shots, name + '-data')
    shutil.rmtree(home, ignore_errors=True)
    with open(path, 'w') as f:
        f.write(script)
    command = [sys.executable, os.path.join(HERE, 'guidrive.py'), 'run', '--strict', '--timeout', '30',
               '--screen', screen, '--out', shots, '--app', program,
               '--env', 'GSETTINGS_SCHEMA_DIR=' + schemas,
               '--env', 'XDG_DATA_HOME=' + home,
               '--env', 'TAMIS_DATADIR=' + os.environ.get('TAMIS_DATADIR', ''),
               path]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        print(done.stdout[-4000:])
        tree = os.path.join(shots, 'fail-tree.txt')
        if os.path.exists(tree):
            print(open(tree).read()[:6000])
        raise SystemExit('tour %s failed with status %d' % (name, done.returncode))
    return done.stdout


def find_project(shots, name):
    """The project that the window kept of the only data set of tour @name."""
    folder = os.path.join(shots, name + '-data', 'tamis', 'projects')
    projects = [p for p in os.listdir(folder) if p.endswith('.tamis')]
    assert len(projects) == 1, projects
    return os.path.join(folder, projects[0])


def dedup(cli, dataset, out, *options):
    """The lists of `tamis-cli dedup` in folder @out; its JSON if that is among the options."""
    os.makedirs(out, exist_ok=True)
    done = subprocess.run([cli, 'dedup', dataset, '--removals', os.path.join(out, 'removals.csv'),
                           '--kept', os.path.join(out, 'kept.txt'), *options],
                          check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout) if '--json' in options else None


def removals(path):
    with open(path, newline='') as f:
        return [(r['removed'], r['witness'], r['similarity']) for r in csv.DictReader(f)]


def kept(path):
    with open(path, 'rb') as f:
        return f.read()


def same_lists(a, b):
    assert removals(a + '/removals.csv') == removals(b + '/removals.csv'), 'removals differ'
    assert kept(a + '/kept.txt') == kept(b + '/kept.txt'), 'kept lists differ'
