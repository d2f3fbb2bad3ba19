#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A walk through the window as a person would do it, with pointer and keys on a private display.

  tour.py TAMIS TAMIS_CLI SCHEMA_DIR [SHOTS]

Opens the demo, waits for the end, moves T, confirms a removal and undoes it, keeps both of a pair,
exports, checks T on some pairs, and compares the exported lists with those of tamis-cli at the same T. Then two curators
are compared, and what that gives with tamis-cli merge. Where the image pack is there, the lists of its aerial part are
compared too."""
import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from touring import dedup, drive, find_project, kept, removals, same_lists

SHARED = os.environ.get('TAMIS_SHARED', '')
REMOVE, KEEP_BOTH_VERDICT, NOT_DUPLICATES = 1, 2, 3  # as in tamis/dedup.h
AERIAL = ('aerial_aid', 'aerial_eurosat', 'planted_aerial64')

OPEN_DEMO = """
wait-window /Tamis/
shot welcome.png
click button 'Open Demo'
wait-text '/^Found /' 240
shot overview.png
expect slider Threshold sensitive=1
set slider Threshold {t}
sleep 0.5
expect slider Threshold value={t}
shot moved.png
click 'list item' Review
sleep 1
shot review.png
click button Next
click button Previous
click button Remove
expect button Undo sensitive=1
shot confirmed.png
click button Undo
expect button Redo sensitive=1
expect button Undo sensitive=0
"""

PAGES = """
click 'list item' Leaks
wait-text 'No splits' 20
click 'list item' 'Label Conflicts'
wait-text '/^(No|[0-9,]+) label conflict/' 120
shot labels.png
click 'list item' Review
sleep 0.5
"""

EXPORT = """
click button Export…
wait-window 'Export Lists'
sleep 0.5
fill text Folder '{out}'
shot export.png
click button Export
wait-text '/^Wrote 3 files/' 60
shot exported.png
click button Done
sleep 0.3
"""

KEEP_BOTH = """
click button 'Keep Both'
expect button Undo sensitive=1
expect button Redo sensitive=0
click button Undo
expect button Redo sensitive=1
click button Redo
expect button Redo sensitive=0
sleep 1
shot kept-both.png
"""

CHECK = """
key ctrl+t
wait-text '/^0 of [0-9]+ judged$/' 30
shot check.png
key d
key d
key n
key d
key k
key d
wait-text '/^6 of /' 10
key u
wait-text '/^5 of /' 10
shot checked.png
key Escape
sleep 0.5
"""

# Two projects in which Olha and Taras decided: see curators_tour().
CURATORS = """
wait-window /Tamis/
wait-text '/^Found /' 240
sleep 1
key F10
sleep 0.5
click 'menu item' '/^Compare with/'
wait-window '/^Choose the Other/'
sleep 1
key ctrl+l
sleep 0.3
type {other}
key Return
wait-text '/^2 decisions that only Taras made$/' 30
wait-text '/judged 4 pairs both, and agree on 3/' 10
shot agreement.png
click 'page tab' '/^Disagreements/'
wait-text '/^0 of 1 settled$/' 10
sleep 1
shot disagreement.png
key l
key t
wait-text '/^All 1 settled$/' 10
key u
wait-text '/^0 of 1 settled$/' 10
key m
wait-text '/^All 1 settled$/' 10
click 'page tab' Agreement
click 'push button' 'Take Over'
wait-text '/^2 decisions taken over$/' 10
shot taken-over.png
key u
wait-text '/^2 decisions that only Taras made$/' 10
click 'push button' 'Take Over'
wait-text '/^2 decisions taken over$/' 10
key Escape
sleep 0.5
"""

QUIT = """
key ctrl+q
wait-exit 0
"""

OPEN_FOLDER = """
wait-window /Tamis/
wait-text '/^Found /' 300
set slider Threshold {t}
sleep 1
shot {name}-overview.png
click 'list item' Review
sleep 1
shot {name}-review.png
"""


def decide(db, folder, step, removed, witness, verdict):
    images = []
    for path in (removed, witness):
        with open(os.path.join(folder, path), 'rb') as f:
            key = (hashlib.sha256(f.read()).digest(), path.encode())
        db.execute('INSERT OR IGNORE INTO images (digest, path) VALUES (?, ?)', key)
        images += db.execute('SELECT id FROM images WHERE digest = ? AND path = ?', key).fetchone()
    db.execute('INSERT INTO decisions (step, kind, a, b, value) VALUES (?, 0, ?, ?, ?)',
               (step, *images, verdict))


def make_project(cli, folder, path, curator, verdicts):
    """A project in which @curator gave these verdicts on the first removals."""
    listed = path + '.csv'
    subprocess.run([cli, 'dedup', folder, '--project', path, '--removals', listed], check=True,
                   stdout=subprocess.DEVNULL)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        for row, verdict in zip(removals(listed), verdicts):
            step = db.execute('INSERT INTO steps (time, curator, type) VALUES (1, ?, 0)',
                              (curator,)).lastrowid
            if verdict is not None:
                decide(db, folder, step, row[0], row[1], verdict)


def by_json(cli, *args):
    return json.loads(subprocess.run([cli, *args, '--json'], check=True, stdout=subprocess.PIPE).stdout)


def curators_tour(program, cli, schemas, scratch, shots):
    """What the window shows and takes over is what merge says and takes over."""
    folder = os.path.join(scratch, 'two')
    ours, merged, other = (os.path.join(scratch, name + '.tamis') for name in ('ours', 'merged', 'other'))
    subprocess.run([cli, 'demo', folder, '--images', '300'], check=True, stdout=subprocess.DEVNULL)
    make_project(cli, folder, ours, 'Olha', [KEEP_BOTH_VERDICT, REMOVE, REMOVE, NOT_DUPLICATES])
    make_project(cli, folder, other, 'Taras',
                 [NOT_DUPLICATES, REMOVE, REMOVE, NOT_DUPLICATES, REMOVE, KEEP_BOTH_VERDICT])
    shutil.copy(ours, merged)
    before = by_json(cli, 'merge', merged, other)
    assert (before['judged_by_both'], before['agreed'], before['only_other']['pairs']) == (4, 3, 2)
    drive("'%s' '%s'" % (program, ours), schemas, shots, CURATORS.format(other=other) + QUIT, 'curators')
    after = by_json(cli, 'merge', ours, other)
    assert after['kappa'] == before['kappa'], 'what was settled as it was, or taken over, changed kappa'
    assert [d['state'] for d in after['disagreements']] == ['settled'], after['disagreements']
    assert by_json(cli, 'merge', merged, other, '--into')['taken'] == 2
    assert after['only_other']['pairs'] == 0
    assert (by_json(cli, 'project', ours)['decisions'] == by_json(cli, 'project', merged)['decisions'])
    print('curators: kappa %.3f and 2 decisions, the same as by command line' % after['kappa'])


def demo_tour(program, cli, schemas, scratch, shots):
    first, second = scratch + '/gui', scratch + '/gui-kept-both'
    t = 0.9
    script = (OPEN_DEMO.format(t=t) + PAGES + EXPORT.format(out=first) + KEEP_BOTH + CHECK
              + EXPORT.format(out=second) + QUIT)
    demo = os.path.join(scratch, 'demo')
    subprocess.run([cli, 'demo', demo], check=True, stdout=subprocess.DEVNULL)
    drive(program, schemas, shots, script, 'demo')
    dedup(cli, demo, scratch + '/cli', '--threshold', str(t))
    same_lists(first, scratch + '/cli')
    # The project that the window kept has the verdict and the settings, and gives the list with it.
    dedup(cli, find_project(shots, 'demo'), scratch + '/cli-project')
    same_lists(second, scratch + '/cli-project')
    before, after = removals(first + '/removals.csv'), removals(second + '/removals.csv')
    gone = {r[0] for r in before} - {r[0] for r in after}
    assert gone, 'keeping both images of a pair kept none'
    print('demo: %d removals, the same as by command line; keeping both kept %s' % (len(before), gone))


def aerial_tour(program, cli, schemas, scratch, shots):
    folder = os.path.join(scratch, 'aerial')
    os.makedirs(folder)
    for part in AERIAL:
        for name in sorted(os.listdir(os.path.join(SHARED, 'data', part))):
            source = os.path.join(SHARED, 'data', part, name)
            if os.path.isdir(source):
                shutil.copytree(source, os.path.join(folder, part + '_' + name))
    t = 0.85
    out = scratch + '/gui-aerial'
    drive("'%s' '%s'" % (program, folder), schemas, shots,
          OPEN_FOLDER.format(t=t, name='aerial') + EXPORT.format(out=out) + QUIT, 'aerial')
    dedup(cli, folder, scratch + '/cli-aerial', '--threshold', str(t))
    same_lists(out, scratch + '/cli-aerial')
    stay = set(kept(out + '/kept.txt').decode().splitlines())
    rows = removals(out + '/removals.csv')
    assert rows and all(w in stay and float(s) > t for _, w, s in rows), 'a removal without witness'
    print('aerial: %d removals, the same as by command line, each with a kept witness' % len(rows))


def main():
    program, cli, schemas = sys.argv[1:4]
    scratch = tempfile.mkdtemp(prefix='tamis-tour-')
    shots = sys.argv[4] if len(sys.argv) > 4 else os.path.join(scratch, 'shots')
    os.makedirs(shots, exist_ok=True)
    try:
        demo_tour(program, cli, schemas, scratch, shots)
        curators_tour(program, cli, schemas, scratch, shots)
        if os.path.isdir(os.path.join(SHARED, 'data', AERIAL[0])):
            aerial_tour(program, cli, schemas, scratch, shots)
        else:
            print('aerial: skipped, no image pack at TAMIS_SHARED')
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == '__main__':
    main()
