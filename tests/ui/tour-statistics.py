#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A walk through the views of statistics: every control, by pointer and keys, and every number.

  tour-statistics.py TAMIS TAMIS_CLI SCHEMA_DIR [SHOTS]

On the demo with one broken file: drives Distributions, Kurtosis with its sweep, Generate and the choice of T, and
compares the files they save with those of tamis-cli. Then, with a T of their own in several classes and a least number of
images, under both policies, compares the exported lists with those of `tamis-cli dedup` on project and folder, and the
numbers of `dedup --json` and `stats --json` with what the window shows of every class."""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from touring import dedup, drive, find_project, removals, same_lists
from window_numbers import check_classes, check_kurtosis, check_overview, check_steps, run_json

T = 0.9
LEAST = 120
SEED, DRAWN, COMPONENTS = 7, 6, 40

OPEN = """
wait-window /Tamis/
click button Maximize
wait-text '/^Found /' 240
fill text 'Threshold value' {t}
key Return
expect slider Threshold value={t}
"""

DISTRIBUTIONS = """
click 'list item' Distributions
wait button PC1 30
wait image forest 10
shot densities.png
click image forest
wait-text 'Distribution of forest along PC1' 10
click button PC2
wait-text 'Distribution of forest along PC2' 10
click button PC3
wait-text 'Distribution of forest along PC3' 10
click button Refitted
wait-text '/axes refitted to the images that stay/' 20
sleep 0.5
click button 'Fixed Basis'
wait-text '/axes of all images/' 10
click button PC1
hover image /^Density/ 0.4 0.6
sleep 0.3
shot density.png
"""

RULE = """
open 'combo box' 'Step rule' label 'Step by hand'
click label '{word}'
sleep 0.5
say step {rule}
list label
"""

STEP = """
open 'combo box' 'Step rule' label 'Step by hand'
click label 'Step by hand'
fill 'spin button' 'Step of the histogram' 0.5
key Return
sleep 0.5
say step 0.5
list label
open 'combo box' 'Step rule' label Scott
click label 'Freedman–Diaconis'
sleep 0.5
"""

SAVE_PLOT = """
ropen image /^Density/ 'menu item' 'Save Plot…'
click 'menu item' 'Save Plot…'
wait-window /^Save.Plot/
sleep 0.5
key ctrl+a
type {path}
key Return
wait-text 'Wrote {name}' 20
"""

GROUPS = """
click 'list item' /^mixture:/
wait-text 'Distribution of mixture along PC1' 10
click button 'Show Groups'
wait-text '/^Group 1: /' 20
shot groups.png
key Escape
click 'list item' '/^All classes/'
"""

OUTLIERS = """
click 'page tab' Outliers
wait button 'Save List…' 20
set 'spin button' 'Least deficit' 4
expect button 'Save List…' sensitive=1
click 'table cell' '/(jpg|png)$/'
shot outliers.png
click button 'Save List…'
wait-window /^Save.List/
sleep 0.5
key ctrl+a
type {path}
key Return
wait-text '/^Wrote [0-9,]+ images/' 20
click 'page tab' Densities
"""

KURTOSIS = """
click 'list item' Kurtosis
wait button Sweep 30
click button Refitted
wait-text '/axes refitted to the images that stay/' 20
sleep 0.5
click button 'Fixed Basis'
wait-text '/axes of all images/' 10
click button Sweep
wait button Table… 60
shot sweep.png
click button Table…
wait-window 'Sweep over T'
click button Last
click button Cover
click button Copy
wait-text '/^Copied/' 10
shot table.png
click button 'Save as CSV…'
wait-window /^Save.Sweep/
sleep 0.5
key ctrl+a
type {path}
key Return
wait-text '/^Wrote /' 20
key Escape
sleep 0.3
click image 'Images left, %'
sleep 0.3
say clicked
list slider Threshold
fill text 'Threshold value' {t}
key Return
open button '/^cover · /' 'radio menu item' 'First by name'
click 'radio menu item' 'Largest file'
wait button 'Sweep Again' 20
click button 'Sweep Again'
wait-gone button 'Sweep Again' 60
open button '/^cover · /' 'radio menu item' 'First by name'
click 'radio menu item' 'First by name'
wait button 'Sweep Again' 20
click button 'Sweep Again'
wait-gone button 'Sweep Again' 60
"""

GENERATE = """
click 'list item' Generate
click 'list item' /^forest:/
wait 'spin button' Seed 10
set 'spin button' Images {drawn}
set 'spin button' Components {components}
set 'spin button' Seed {seed}
click button Generate
wait image 'generated {drawn}' 60
shot generated.png
click button 'Save Images…'
wait-window /^Save.Generated/
sleep 0.5
type {path}
sleep 0.5
key Return
sleep 0.5
say generated
list label
click 'list item' '/^All classes/'
"""

# A T of their own, chosen in each way there is; at the end several classes have one and a least number stays.
OWN = """
click 'list item' /^lake:/
click 'check box' 'Own T for this class'
expect 'check box' 'Own T for this class' checked=1
wait-text 'T of this class' 10
fill text 'Threshold value' 0.95
key Return
expect slider Threshold value=0.95
open button 'Choose T' button 'Keep So Many'
fill 'spin button' 'Images to keep' 100
click button 'Keep So Many'
wait-text '/^T = 0.[0-9]+ keeps 1[0-9]+ images$/' 20
fill 'spin button' 'Percent to keep' 50
click button 'Keep This Share'
wait-text '/^T = 0.[0-9]+ keeps [89][0-9] images$/' 20
shot choose.png
key Escape
wait-gone button 'Keep So Many' 10
click 'list item' Kurtosis
wait button 'Use It' 10
click button 'Use It'
wait-text 'T of this class' 10
say suggested
list slider Threshold
list label '/^Suggested T for lake/'
click 'list item' /^meadow:/
expect 'check box' 'Own T for this class' checked=0
expect slider Threshold value={t}
click 'check box' 'Own T for this class'
click 'check box' 'Own T for this class'
expect 'check box' 'Own T for this class' checked=0
click 'list item' '/^All classes/'
wait-text '1 class has its own T' 10
open button 'Choose T' button 'Keep So Many'
wait-text '/^[0-9]+ of 12 classes have a T of their own suggested.$/' 10
click button 'Use the Suggested T for Each Class'
wait-text '/^[2-9] classes have their own T$/' 10
click button 'One T for All'
wait-gone button 'One T for All' 10
click button 'Use the Suggested T for Each Class'
wait button 'One T for All' 10
fill 'spin button' 'Images that each class keeps' {least}
key Tab
wait-text '/^T is raised for that in [0-9]+ class/' 10
shot each.png
key Escape
wait-gone button 'Keep So Many' 10
click 'list item' /^forest:/
expect 'check box' 'Own T for this class' checked=1
set slider Threshold 0.8
expect slider Threshold value=0.8
click 'list item' /^meadow:/
expect slider Threshold value={t}
"""

POLICY = """
open button '/^(cover|last) · /' 'radio menu item' 'First by name'
click 'radio menu item' '/^{policy}:/'
sleep 0.5
click 'list item' Overview
click 'list item' '/^All classes/'
sleep 0.5
shot {name}.png
say overview {name}
list label
list 'list item' '/images kept/'
"""

EXPORT = """
click button Export…
wait-window 'Export Lists'
sleep 0.5
fill text Folder '{out}'
click 'check box' 'Pairs above T'
click button Export
wait-text '/^Wrote 5 files/' 60
click button Done
sleep 0.3
"""

LINES = """
click 'list item' Kurtosis
click button Refitted
wait-text '/axes refitted to the images that stay/' 20
sleep 0.3
shot lines.png
say lines
list image /^PC/
list label '/^one point a class/'
click 'list item' Distributions
"""

CLASS = """
click 'list item' '/^{name}:/'
click button PC{component}
wait-text 'Distribution of {name} along PC{component}' 10
wait-text '/axes refitted to the images that stay/' 20
sleep 0.2
say class {name} {component}
list label
list image /^Density/
"""

QUIT = """
key ctrl+q
wait-exit 0
"""


def sections(text):
    """What was printed below each `say`, by its words; those said more than once in a list."""
    found = {}
    for part in text.split('\n== ')[1:]:
        head, _, body = part.partition('\n')
        found.setdefault(head, []).append(body)
    return found


def controls(scratch):
    plots = [scratch + '/plot.' + kind for kind in ('svg', 'pdf', 'png')]
    script = DISTRIBUTIONS
    script += RULE.format(word='Scott', rule='scott') + RULE.format(word='Sturges', rule='sturges') + STEP
    script += ''.join(SAVE_PLOT.format(path=p, name=os.path.basename(p)) for p in plots)
    script += GROUPS + OUTLIERS.format(path=scratch + '/outliers.csv')
    script += KURTOSIS.format(path=scratch + '/sweep.csv', t=T)
    return script + GENERATE.format(drawn=DRAWN, components=COMPONENTS, seed=SEED,
                                    path=scratch + '/drawn')


def numbers(names):
    script = LINES
    return script + ''.join(CLASS.format(name=n, component=k) for n in names for k in (1, 2, 3))


def make_data(cli, folder):
    """The demo, a class of two different things, and a file that is no image."""
    subprocess.run([cli, 'demo', folder], check=True, stdout=subprocess.DEVNULL)
    os.makedirs(folder + '/mixture')
    for part in ('lake', 'town'):
        for name in sorted(os.listdir(os.path.join(folder, part)))[:60]:
            shutil.copy(os.path.join(folder, part, name), '%s/mixture/%s_%s' % (folder, part, name))
    with open(folder + '/forest/broken.png', 'w') as f:
        f.write('no image')


def rows(path):
    with open(path, newline='') as f:
        return list(csv.reader(f))


def check_files(cli, folder, scratch, said):
    """What the controls saved."""
    heads = {'svg': b'<?xml', 'pdf': b'%PDF-', 'png': b'\x89PNG'}
    for kind, head in heads.items():
        with open(scratch + '/plot.' + kind, 'rb') as f:
            assert f.read().startswith(head), 'the plot is no ' + kind
    subprocess.run([cli, 'outliers', folder, '--out', scratch + '/cli-outliers.csv'], check=True,
                   stdout=subprocess.DEVNULL)
    listed, ranked = rows(scratch + '/outliers.csv'), rows(scratch + '/cli-outliers.csv')
    assert len(listed) > 1 and listed == ranked[:len(listed)], 'outliers differ'
    subprocess.run([cli, 'sweep', folder, '--control', '0', '--out', scratch + '/cli-sweep.csv'],
                   check=True, stdout=subprocess.DEVNULL)
    assert rows(scratch + '/sweep.csv') == rows(scratch + '/cli-sweep.csv'), 'sweeps differ'
    subprocess.run([cli, 'generate', folder, '--class', 'forest', '--count', str(DRAWN), '--seed',
                    str(SEED), '--components', str(COMPONENTS), '--out', scratch + '/cli-drawn'],
                   check=True, stdout=subprocess.DEVNULL)
    drawn, again = ([os.path.join(d, n) for n in sorted(os.listdir(d)) if n.endswith('.png')]
                    for d in (scratch + '/drawn', scratch + '/cli-drawn'))
    assert len(drawn) == len(again) == DRAWN, (drawn, again)
    for a, b in zip(drawn, again):
        with open(a, 'rb') as f, open(b, 'rb') as g:
            assert f.read() == g.read(), 'generated images differ: ' + a
    clicked = float(re.search(r'value=([0-9.]+)', said['clicked'][0])[1])
    assert clicked != T, 'a click on the sweep does not set T'


def make_table(folder):
    """T of the classes that have their own, as removals.json names them, as a table for --thresholds."""
    with open(folder + '/removals.json') as f:
        own = json.load(f)['class_thresholds']
    with open(folder + '/thresholds.csv', 'w', newline='') as f:
        csv.writer(f).writerows([['class', 'threshold']] + [[c['class'], c['threshold']] for c in own])
    return folder + '/thresholds.csv'


def check_lists(cli, folder, project, scratch):
    """Lists and figures of project, of thresholds as a file and of thresholds one by one: all the same."""
    by_project = dedup(cli, project, scratch + '/cli-project', '--json', '--pairs',
                       scratch + '/cli-project/pairs.csv')
    table = make_table(scratch + '/cover')
    given = [o for r in rows(table)[1:] for o in ('--class-threshold', '%s=%s' % tuple(r[:2]))]
    assert len(given) > 4, 'fewer than three classes have their own T'
    by_file = dedup(cli, folder, scratch + '/cli-file', '--json', '--threshold', str(T),
                    '--thresholds', table, '--min-class', str(LEAST))
    by_words = dedup(cli, folder, scratch + '/cli-words', '--json', '--threshold', str(T), *given)
    for other in ('/cli-project', '/cli-file', '/cli-words'):
        same_lists(scratch + '/cover', scratch + other)
    assert rows(scratch + '/cover/pairs.csv') == rows(scratch + '/cli-project/pairs.csv'), 'pairs differ'
    for key in ('images', 'unreadable', 'classes', 'model', 'policy', 'scope', 'results'):
        assert by_project[key] == by_file[key] == by_words[key], key + ' differ'
    by_last = dedup(cli, folder, scratch + '/cli-last', '--json', '--threshold', str(T), '--policy',
                    'last', '--thresholds', make_table(scratch + '/last'))
    same_lists(scratch + '/last', scratch + '/cli-last')
    return by_project, by_last


def tour(program, cli, schemas, scratch, shots):
    folder = os.path.join(scratch, 'demo')
    make_data(cli, folder)
    os.makedirs(scratch + '/drawn')
    stats = run_json(cli, 'stats', folder)
    names = [c['class'] for c in stats['classes']]
    script = (OPEN.format(t=T) + controls(scratch) + OWN.format(t=T, least=LEAST)
              + POLICY.format(policy='Last', name='last') + EXPORT.format(out=scratch + '/last')
              + POLICY.format(policy='Cover', name='cover') + EXPORT.format(out=scratch + '/cover')
              + numbers(names) + QUIT)
    said = sections(drive("'%s' '%s'" % (program, folder), schemas, shots, script, 'statistics',
                          '1280x1100'))
    check_files(cli, folder, scratch, said)
    check_steps(cli, folder, 'forest', said)
    project = find_project(shots, 'statistics')
    by_project, by_last = check_lists(cli, folder, project, scratch)
    assert run_json(cli, 'stats', project)['classes'] == stats['classes'], 'stats of the project differ'
    check_overview(by_project, said['overview cover'][0])
    check_overview(by_last, said['overview last'][0])
    check_kurtosis(by_project, said['lines'][0])
    n = check_classes(by_project, stats, said)
    print('statistics: %d removals, the same in window, project and folder; %d numbers of %d classes as shown'
          % (len(removals(scratch + '/cover/removals.csv')), n, len(names)))


def main():
    program, cli, schemas = sys.argv[1:4]
    scratch = tempfile.mkdtemp(prefix='tamis-tour-')
    shots = sys.argv[4] if len(sys.argv) > 4 else os.path.join(scratch, 'shots')
    os.makedirs(shots, exist_ok=True)
    try:
        tour(program, cli, schemas, scratch, shots)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == '__main__':
    main()
