#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogues of po/LINGUAS compile, and what they say can be printed in place of the original.

A translation whose format specifiers differ from those of the original reads beyond its arguments
when it is shown, a lost <b> breaks the markup, a lost _ the access key. msgfmt -c knows only of
the first, and only of strings that xgettext took for formats, so all three are compared here.

A string without a translation is no fault: it is shown in English until a translator comes by.
Their share is printed, of the strings in the sources where xgettext is there, else of those in
the catalogue."""
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile

SPECIFIER = re.compile(r"%(?:(\d+)\$)?[-+#0']*\d*(?:\.\d+)?"
                       r'(hh|h|ll|l|z|j|t)?([diouxXeEfFgGcsp%])')
TAG = re.compile(r'</?[a-z]+>')
# The keywords of meson's preset 'glib', by which po/meson.build makes the template.
KEYWORDS = ['_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'g_dcgettext:2', 'g_dngettext:2,3',
            'g_dpgettext2:2c,3']


def parse(path):
    """Lists the entries as dicts: 'msgid', 'msgstr[0]' and so on as in the file, 'flags' a set."""
    entries, entry, field = [], {}, None
    with open(path, encoding='utf-8') as file:
        for line in [*file, '\n']:
            line = line.strip()
            if not line and 'msgid' in entry:
                entries.append(entry)
            if not line:
                entry, field = {}, None
            elif line.startswith('#,'):
                entry['flags'] = {flag.strip() for flag in line[2:].split(',')}
            elif line.startswith('#'):
                continue
            else:
                if not line.startswith('"'):
                    field, line = line.split(None, 1)
                entry[field] = entry.get(field, '') + ast.literal_eval(line)
    return [entry for entry in entries if entry['msgid']]


def specifiers(text):
    """The conversion of each argument, by its place; flags and widths are the translator's."""
    found, place = {}, 0
    for number, length, kind in SPECIFIER.findall(text):
        if kind == '%':
            continue
        place += 1
        found[int(number or place)] = length + kind
    return found


def compare(original, text):
    if specifiers(original) != specifiers(text):
        return 'format specifiers differ'
    if sorted(TAG.findall(original)) != sorted(TAG.findall(text)):
        return 'markup differs'
    if bool(re.match(r'\s', original)) != bool(re.match(r'\s', text)):
        return 'space at the start differs'
    if any(original.endswith(end) != text.endswith(end) for end in ('\n', '…')):
        return 'end differs'
    if len(re.findall(r'_\w', original)) == 1 != len(re.findall(r'_\w', text)):
        return 'access key differs'
    return None


def find_faults(entries):
    for entry in entries:
        originals = [entry['msgid'], entry.get('msgid_plural', entry['msgid'])]
        for field, text in entry.items():
            if not field.startswith('msgstr') or not text or 'fuzzy' in entry.get('flags', ()):
                continue
            faults = [compare(original, text) for original in originals]
            if all(faults):
                yield f'{faults[-1]}: “{entry["msgid"]}” and “{text}”'


def is_translated(entry):
    texts = [text for field, text in entry.items() if field.startswith('msgstr')]
    return all(texts) and 'fuzzy' not in entry.get('flags', ())


def key(entry):
    return entry.get('msgctxt'), entry['msgid']


def wanted_now(folder):
    """The strings that the sources have now, or None without xgettext."""
    template = os.path.join(folder, 'now.pot')
    if shutil.which('xgettext') is None:
        return None
    command = ['xgettext', '--from-code=UTF-8', '--files-from=po/POTFILES.in', '--output', template]
    command += [f'--keyword={word}' for word in KEYWORDS]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return {key(entry) for entry in parse(template)}


def check(language, wanted, folder):
    path = f'po/{language}.po'
    entries = parse(path)
    faults = list(find_faults(entries))
    translated = {key(entry) for entry in entries if is_translated(entry)}
    wanted = wanted if wanted is not None else {key(entry) for entry in entries}
    if shutil.which('msgfmt') is not None:
        done = subprocess.run(['msgfmt', '-c', '-o', os.path.join(folder, 'out.mo'), path],
                              capture_output=True, text=True)
        faults += done.stderr.splitlines() if done.returncode != 0 else []
    for fault in faults:
        print(f'{path}: {fault}')
    missing = sorted(text for _, text in wanted - translated)
    share = 100 * (len(wanted) - len(missing)) / max(1, len(wanted))
    print(f'{path}: {len(wanted) - len(missing)} of {len(wanted)} strings translated, '
          f'{share:.1f} %, {len(faults)} faults')
    for text in missing:
        print(f'  in English: “{text}”')
    return len(faults)


def self_test():
    cases = [('%s of %u', '%2$u із %1$s', True), ('%s of %u', '%u із %s', False),
             ('%s', '%s %s', False), ('100 %% of %s', '100 %% із %s', True), ('%.1f', '%.2f', True),
             ('<b>%s</b>', '%s', False), ('_Open', '_Відкрити', True), ('_Open', 'Відкрити', False),
             (' a', 'a', False), ('Save…', 'Зберегти', False)]
    wrong = [case for case in cases if (compare(case[0], case[1]) is None) != case[2]]
    entry = {'msgid': '%u file', 'msgid_plural': '%u files', 'msgstr[0]': 'файл', 'msgstr[1]': '%u'}
    if len(list(find_faults([entry]))) != 1:
        wrong.append(entry)
    for case in wrong:
        print(f'self-test: {case}')
    return 1 if wrong else 0


def main():
    if sys.argv[1] == '--self-test':
        return self_test()
    os.chdir(sys.argv[1])
    with open('po/LINGUAS', encoding='utf-8') as file:
        languages = ' '.join(line.split('#')[0] for line in file).split()
    with tempfile.TemporaryDirectory() as folder:
        wanted = wanted_now(folder)
        return 1 if sum(check(language, wanted, folder) for language in languages) > 0 else 0


if __name__ == '__main__':
    sys.exit(main())
