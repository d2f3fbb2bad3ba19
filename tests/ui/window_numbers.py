# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the numbers of `dedup --json` and `stats --json` with the words that the window shows."""
import json
import re
import subprocess


def run_json(cli, verb, dataset, *options):
    done = subprocess.run([cli, verb, dataset, '--json', *options], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


# ---- as the window writes numbers ----

def number(value, digits):
    if value is None:
        return '–'
    text = '%.*f' % (digits, abs(value))
    return '−' + text if value < 0 and re.search('[1-9]', text) else text


def change(before, after):
    if before is None or after is None:
        return number(before, 2) + ' → –'
    by = number(after - before, 2)
    if after > before and re.search('[1-9]', by):
        by = '+' + by
    return '%s → %s (%s)' % (number(before, 2), number(after, 2), by)


def count(n):
    return '{:,}'.format(n)


def line(slope, intercept):
    if slope is None:
        return '–'
    sign = '−' if number(intercept, 2).startswith('−') else '+'
    return 'y = %sx %s %s' % (number(slope, 2), sign, number(abs(intercept), 2))


# ---- what was read from the window ----

def labels(text):
    return re.findall(r"^label (?:'|\")(.*?)(?:'|\") (?:desc=.*)?@", text, re.M)


def above(texts, caption):
    """The text that stands over @caption."""
    return texts[texts.index(caption) - 1]


def expect(shown, wanted, what):
    assert shown == wanted, '%s: the window shows %r, the JSON says %r' % (what, shown, wanted)


# ---- views ----

def check_steps(cli, folder, name, said):
    """The step of the histogram, and the entropy with it, by each rule."""
    for rule in ('scott', 'sturges', '0.5'):
        classes = run_json(cli, 'stats', folder, '--step', rule)['classes']
        figures = [c for c in classes if c['class'] == name][0]
        texts = labels(said['step ' + rule][0])
        expect(above(texts, 'step h').split(' → ')[0], number(figures['step'][0], 3), rule)
        expect(above(texts, 'entropy, nats').split(' → ')[0], number(figures['entropy'][0], 2), rule)


def check_overview(dedup, text):
    result, texts = dedup['results'][0], labels(text)
    expect(above(texts, 'images'), count(dedup['images']), 'images')
    for key, caption in (('kept', 'kept'), ('removed', 'removed'), ('pairs', 'pairs above T')):
        expect(above(texts, caption), count(result[key]), key)
    expect(above(texts, 'not read'), count(len(dedup['unreadable'])), 'unreadable')
    assert any('%s kept · %s removed' % (count(result['kept']), count(result['removed'])) in t for t in texts)
    assert any('%s images · model %s' % (count(dedup['images']), dedup['model']['name']) in t for t in texts)
    assert any(t.startswith(dedup['policy'] + ' · ') for t in texts)
    orphans = [t for t in texts if 'no image left that is like' in t]
    expect([re.search('[0-9,]+', t)[0] for t in orphans],
           [count(result['orphans'])] if result['orphans'] > 0 else [], 'orphans')
    for c in result['per_class']:
        wanted = '%s: %s of %s images kept' % (c['class'], count(c['after']), count(c['before']))
        # The driver leaves a lone underscore out, taking it for that of a mnemonic.
        assert any("list item '" + t in text for t in (wanted, wanted.replace('_', ''))), wanted


def check_kurtosis(dedup, text):
    for fitted in dedup['results'][0]['regression']:
        shown = re.search(r"image 'PC%d' .*desc='([^;']*)" % fitted['component'], text)[1]
        expect(shown, line(fitted['slope'], fitted['intercept']), 'regression')
        assert '%d classes' % fitted['classes'] in text


def check_class(removal, stats, k, text):
    """Numbers of component @k of one class. Returns how many there were."""
    texts = labels(text)
    what = '%s PC%d ' % (stats['class'], k + 1)
    expect(above(texts, 'entropy, nats'), change(removal['entropy_before'][k], removal['entropy_after'][k]),
           what + 'entropy')
    expect(above(texts, 'excess kurtosis'),
           change(removal['kurtosis_before'][k], removal['kurtosis_after'][k]), what + 'kurtosis')
    before = {'entropy, nats': number(stats['entropy'][k], 2),
              'entropy at unit variance': number(stats['unit_entropy'][k], 2),
              'excess kurtosis': number(stats['kurtosis'][k], 2),
              'step h': number(stats['step'][k], 3)}
    for caption, wanted in before.items():
        expect(above(texts, caption).split(' → ')[0], wanted, what + caption)
    modes = [t for t in texts if t.startswith('modes')][0]
    expect(above(texts, modes).split(' → ')[0], number(stats['modes'][k], 0), what + 'modes')
    counts = '%s images before, %s after' % (count(removal['before']), count(removal['after']))
    assert stats['images'] == removal['before'] and any(t.startswith(counts) for t in texts), counts
    axis = 'score along PC%d (before: variance %s, %s %% of the whole)' % (
        k + 1, number(stats['explained_variance'][k], 3), number(100 * stats['explained_variance_ratio'][k], 1))
    assert axis in text, axis
    return 2 * 2 + len(before) + 1 + 2 + 2


def check_classes(dedup, stats, said):
    """Numbers of all classes along all components. Returns how many there were."""
    per_class = dedup['results'][0]['per_class']
    assert [c['class'] for c in stats['classes']] == [c['class'] for c in per_class]
    return sum(check_class(removal, figures, k, said['class %s %d' % (figures['class'], k + 1)][0])
               for removal, figures in zip(per_class, stats['classes']) for k in range(3))
