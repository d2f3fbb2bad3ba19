#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The four numbers of the code budget (CONTRIBUTING.md), and what is past its limit.

A function is at most 100 lines (class_init may be longer), a file 900. The targets, 40 lines,
600 lines, 5 parameters and 3 levels of nesting, are printed, not enforced.
"""
import os
import re
import sys

FUNCTION_MAX, FILE_MAX = 100, 900
FUNCTION_GOAL, FILE_GOAL, PARAMETERS_GOAL, NESTING_GOAL = 40, 600, 5, 3
HEAD = re.compile(r'(\w+)\s*\(')


def strip(text):
    """Comments and literals away, lines kept."""
    def blank(match):
        return '\n' * match.group().count('\n') or ' '
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.S)


def count_parameters(head):
    inside = head[head.index('(') + 1:head.rindex(')')].strip() if ')' in head else ''
    if inside in ('', 'void'):
        return 0
    depth, n = 0, 1
    for char in inside:
        depth += (char in '([') - (char in ')]')
        n += char == ',' and depth == 0
    return n


def functions_of(text):
    """(name, first line, lines, parameters, nesting) of every function in GNU layout."""
    lines = strip(text).split('\n')
    start = None
    for number, line in enumerate(lines):
        if line.startswith('{') and start is None:
            head, first = '', number
            while first > 0 and lines[first - 1].strip() and lines[first - 1][0] not in '}#{':
                first -= 1
                head = lines[first] + ' ' + head
            name = HEAD.search(head)
            start = (name.group(1), number, count_parameters(head)) if name and '=' not in head \
                else (None, number, 0)
        elif line.startswith('}') and start is not None:
            name, first, parameters = start
            if name:
                body = '\n'.join(lines[first:number + 1])
                # In GNU layout a block is two steps of indent.
                indents = [len(item) - len(item.lstrip()) for item in body.split('\n')
                           if item.strip() == '{']
                nesting = max([(indent + 2) // 4 for indent in indents], default=0)
                yield name, first + 1, number - first + 1, parameters, nesting
            start = None


def main():
    root = sys.argv[1]
    functions, files = [], []
    for top in ('include', 'src'):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in names:
                if not name.endswith(('.c', '.h')):
                    continue
                path = os.path.join(folder, name)
                with open(path, encoding='utf-8') as file:
                    text = file.read()
                short = os.path.relpath(path, root)
                files.append((text.count('\n'), short))
                functions += [(*entry, short) for entry in functions_of(text)]
    if not functions:
        print('No functions found: the reader of this script is broken')
        return 1
    lengths = sorted(entry[2] for entry in functions)
    print(f'{len(files)} files, {len(functions)} functions; '
          f'function lines: median {lengths[len(lengths) // 2]}, '
          f'90 % up to {lengths[len(lengths) * 9 // 10]}')
    for what, goal, rows in (
            ('function lines', FUNCTION_GOAL, [(e[2], e[0], e[5]) for e in functions]),
            ('file lines', FILE_GOAL, [(n, '', path) for n, path in files]),
            ('parameters', PARAMETERS_GOAL, [(e[3], e[0], e[5]) for e in functions]),
            ('nesting', NESTING_GOAL, [(e[4], e[0], e[5]) for e in functions])):
        most = max(rows)
        over = sum(row[0] > goal for row in rows)
        print(f'{what}: most {most[0]} ({most[2]} {most[1]}), {over} past the goal of {goal}')
    faults = [f'{path}:{line}: {name} has {n} lines, the limit is {FUNCTION_MAX}'
              for name, line, n, _, _, path in functions
              if n > FUNCTION_MAX and not name.endswith('class_init')]
    faults += [f'{path}: {n} lines, the limit is {FILE_MAX}' for n, path in files if n > FILE_MAX]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
