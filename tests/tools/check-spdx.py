#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every source file names its licence in its first 20 lines, in the one form tools read."""
import os
import sys

TAG = 'SPDX-License-Identifier: '
SUFFIXES = ('.c', '.h', '.py', '.sh', '.ui', '.css', '.blp', '.xml', '.gd')
NAMES = ('meson.build', 'setup', 'check', 'run')
FOLDERS = ('include', 'src', 'tests', 'bench', 'scripts', 'data', 'po', '.ci')


def wanted(name):
    return name.endswith(SUFFIXES) or name in NAMES


def main():
    root = sys.argv[1]
    files = [name for name in os.listdir(root) if name in NAMES]
    for top in FOLDERS:
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders[:] = [name for name in folders if name != '__pycache__']
            files += [os.path.relpath(os.path.join(folder, name), root) for name in names
                      if wanted(name)]
    missing = []
    for path in sorted(files):
        with open(os.path.join(root, path), encoding='utf-8', errors='replace') as file:
            head = [line for _, line in zip(range(20), file)]
        if not any(TAG in line for line in head):
            missing.append(path)
    for path in missing:
        print(f'{path}: no line "{TAG}..."')
    print(f'{len(files)} files, {len(missing)} without a licence')
    return 1 if missing else 0


if __name__ == '__main__':
    sys.exit(main())
