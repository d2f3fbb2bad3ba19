#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""po/POTFILES.in lists exactly the files that have something to translate, sorted, and LINGUAS
names only catalogues that exist."""
import os
import re
import sys

IN_C = re.compile(r'\b(?:_|N_|C_|Q_|ngettext|g_dngettext|gettext)\s*\(\s*"')
IN_UI = re.compile(r'translatable="(?:yes|true|1)"')
IN_SCHEMA = re.compile(r'gettext-domain=')
ALWAYS = ('.desktop.in', '.metainfo.xml.in')


def translatable(path):
    if path.endswith(ALWAYS):
        return True
    patterns = {'.c': IN_C, '.h': IN_C, '.ui': IN_UI, '.xml': IN_SCHEMA}
    pattern = patterns.get(os.path.splitext(path)[1])
    if pattern is None:
        return False
    with open(path, encoding='utf-8') as file:
        return bool(pattern.search(file.read()))


def read_list(path):
    with open(path, encoding='utf-8') as file:
        lines = [line.split('#')[0].strip() for line in file]
    return [line for line in lines if line]


def main():
    os.chdir(sys.argv[1])
    listed = read_list('po/POTFILES.in')
    needed = sorted(os.path.relpath(os.path.join(folder, name))
                    for top in ('src', 'data') for folder, _, names in os.walk(top)
                    for name in names if translatable(os.path.join(folder, name)))
    faults = [f'{path}: has words to translate, is not in po/POTFILES.in'
              for path in needed if path not in listed]
    faults += [f'po/POTFILES.in: {path} is not there' if not os.path.exists(path)
               else f'po/POTFILES.in: {path} has nothing to translate'
               for path in listed if path not in needed]
    if listed != sorted(listed):
        faults.append('po/POTFILES.in: is not sorted')
    faults += [f'po/LINGUAS: {language}.po is not there' for language in
               ' '.join(read_list('po/LINGUAS')).split()
               if not os.path.exists(f'po/{language}.po')]
    for fault in faults:
        print(fault)
    print(f'{len(needed)} files with words, {len(faults)} faults')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
