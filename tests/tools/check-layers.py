#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the two tables of docs/design/house.md: which floor may use what, and in which order the
rooms of the engine may use one another. The compiler enforces most of it through the include paths
of each library; this catches what slips past it, such as a relative include.

check-layers.py ROOT        exit 1 and one line a fault
check-layers.py --self-test each rule must catch the fault made for it
"""
import os
import re
import sys
import tempfile

# Rooms of the engine: each may use those before it.
ROOMS = ['base', 'job', 'image', 'nn', 'dataset', 'latent', 'dedup', 'stats', 'map', 'collection',
         'project', 'export']
# Public headers are named for their room, but for these.
HEADER_ROOM = {'model': 'nn'}
FLOORS = ['kernels', 'engine', 'plot', 'report', 'demo', 'cli', 'ui']
# Quoted includes: which floors' own headers a floor may open.
MAY_OPEN = {
    'kernels': {'kernels'},
    'engine': {'kernels', 'engine'},
    'plot': {'plot'},
    'report': {'report', 'plot'},
    'demo': {'demo'},
    'cli': {'cli', 'plot', 'report', 'demo'},
    'ui': {'ui', 'plot', 'report', 'demo'},
}
# Libraries by the start of the header's name: the places that may use them.
LIBRARIES = [
    (r'(gtk|gdk|gsk)/|adwaita', {'ui'}),
    (r'gdk-pixbuf/', {'engine/image', 'ui'}),
    (r'cairo|pango', {'plot', 'report', 'demo', 'ui'}),
    (r'(glib/gi18n|libintl)', {'ui'}),
    (r'(glib|gio|gobject|gmodule)', {'engine', 'plot', 'report', 'demo', 'cli', 'ui'}),
    (r'json-glib', {'engine'}),
    (r'sqlite3', {'engine/project'}),
    (r'nettle/', {'engine/base'}),
    (r'(png\.h|jpeglib|jerror|turbojpeg|webp/|tiff)', {'engine/image'}),
    (r'(cblas|openblas|lapack|f77blas)',
     {'kernels', 'engine/base', 'engine/nn', 'engine/dedup', 'engine/stats'}),
    (r'tamis/', {'engine', 'plot', 'report', 'demo', 'cli', 'ui'}),
]
# Calls, by name: the places that may make them.
CALLS = [
    (r'\bopenblas_set_num_threads\b', {'engine/base'}),
    (r'\bg_(main_context|main_loop|idle_add|timeout_add)\w*', {'ui'}),
    (r'\b(gettext|dgettext|ngettext|bindtextdomain)\s*\(', {'ui'}),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def place_of(path):
    """'src/engine/dedup/join.c' -> ('engine', 'dedup'); None outside the house."""
    parts = path.split('/')
    if parts[0] == 'include' and len(parts) == 3:
        name = os.path.splitext(parts[2])[0]
        return ('engine', HEADER_ROOM.get(name, name))
    if parts[0] != 'src' or len(parts) < 3 or parts[1] not in FLOORS:
        return None
    return (parts[1], parts[2] if parts[1] == 'engine' and len(parts) > 3 else None)


def allowed(place, places):
    floor, room = place
    return floor in places or (room is not None and f'{floor}/{room}' in places)


def check_room(place, room):
    """None, or why a file of the engine may not use @room."""
    own = place[1]
    if own == 'tamis':
        return None
    if room == 'tamis':
        return 'the engine names the room it uses instead of tamis.h'
    if room not in ROOMS:
        return f'room {room} is not in the list of rooms'
    if own is None or own not in ROOMS:
        return f'room {own} is not in the list of rooms'
    if ROOMS.index(room) > ROOMS.index(own):
        return f'room {own} stands before {room}'
    return None


def check_include(root, path, place, quoted, name):
    if quoted:
        for base in (os.path.dirname(path), 'src', 'include', '.'):
            target = os.path.normpath(os.path.join(base, name))
            if os.path.exists(os.path.join(root, target)):
                break
        else:
            return None  # config.h and other generated headers
        other = place_of(target)
        if other is None:
            return None
        if other[0] not in MAY_OPEN[place[0]]:
            return f'{place[0]} may not open headers of {other[0]}'
        if place[0] == other[0] == 'engine':
            return check_room(place, other[1])
        return None
    for pattern, places in LIBRARIES:
        if re.match(pattern, name):
            if not allowed(place, places):
                return f'{"/".join(filter(None, place))} may not use <{name}>'
            break
    if place[0] == 'engine' and name.startswith('tamis/'):
        header = os.path.splitext(name[len('tamis/'):])[0]
        return check_room(place, HEADER_ROOM.get(header, header))
    return None


def strip_comments(text):
    text = re.sub(r'/\*.*?\*/', lambda m: '\n' * m.group().count('\n'), text, flags=re.S)
    return re.sub(r'//[^\n]*', '', text)


def check_file(root, path, place):
    with open(os.path.join(root, path), encoding='utf-8') as file:
        lines = strip_comments(file.read()).split('\n')
    for number, line in enumerate(lines, 1):
        include = INCLUDE.match(line)
        if include:
            fault = check_include(root, path, place, include.group(1) == '"', include.group(2))
            if fault:
                yield f'{path}:{number}: {fault}'
            continue
        for pattern, places in CALLS:
            call = re.search(pattern, line)
            if call and not allowed(place, places):
                yield f'{path}:{number}: {"/".join(filter(None, place))} may not call {call.group().strip("( ")}'


def check_tree(root):
    faults, n_files = [], 0
    for top in ('include', 'src'):
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders.sort()
            for name in sorted(files):
                path = os.path.relpath(os.path.join(folder, name), root)
                place = place_of(path)
                if not name.endswith(('.c', '.h')):
                    continue
                if place is None:
                    faults.append(f'{path}: stands on no floor of the house')
                    continue
                n_files += 1
                faults.extend(check_file(root, path, place))
    return faults, n_files


# A file, its line, and whether it must be caught.
SELF_TEST = [
    ('src/kernels/a.c', '#include <glib.h>', True),
    ('src/kernels/b.c', '#include <tamis/base.h>', True),
    ('src/kernels/c.c', '#include <cblas.h>', False),
    ('src/engine/image/d.c', '#include <cblas.h>', True),
    ('src/engine/stats/d2.c', '#include <cblas.h>', False),
    ('src/engine/nn/e.c', '#include "kernels/k.h"', False),
    ('src/engine/nn/f.c', '#include "../../ui/u.h"', True),
    ('src/engine/nn/g.c', '#include <tamis/dedup.h>', True),
    ('src/engine/dedup/h.c', '#include "engine/stats/s.h"', True),
    ('src/engine/stats/i.c', '#include "engine/dedup/d.h"', False),
    ('src/engine/stats/j.c', '#include <cairo.h>', True),
    ('src/engine/stats/k.c', '#include <glib/gi18n.h>', True),
    ('src/engine/stats/l.c', '  g_idle_add (a, b);', True),
    ('src/engine/stats/m.c', '/* g_idle_add () is not for us */', False),
    ('src/engine/export/n.c', '#include <sqlite3.h>', True),
    ('src/engine/export/o.c', '#include <png.h>', True),
    ('src/engine/export/p.c', '#include <tamis/tamis.h>', True),
    ('src/engine/job/q.c', '  openblas_set_num_threads (1);', True),
    ('src/plot/r.c', '#include <gtk/gtk.h>', True),
    ('src/plot/s.c', '#include "engine/dedup/d.h"', True),
    ('src/plot/t.c', '#include <tamis/tamis.h>', False),
    ('src/cli/u.c', '#include "../ui/u.h"', True),
    ('src/cli/v.c', '#include "plot/p.h"', False),
    ('src/cli/w.c', '#include <cairo.h>', True),
    ('src/ui/x.c', '#include "engine/dedup/d.h"', True),
    ('src/ui/y.c', '#include <sqlite3.h>', True),
    ('src/ui/z.c', '#include "kernels/k.h"', True),
    ('src/attic/a.c', 'int x;', True),
    ('include/tamis/image.h', '#include <tamis/latent.h>', True),
    ('include/tamis/latent.h', '#include <tamis/model.h>', False),
]


def self_test():
    wrong = []
    with tempfile.TemporaryDirectory() as root:
        for path in ('src/kernels/k.h', 'src/ui/u.h', 'src/plot/p.h', 'src/engine/stats/s.h',
                     'src/engine/dedup/d.h'):
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            open(os.path.join(root, path), 'w').close()
        for path, line, bad in SELF_TEST:
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, 'w', encoding='utf-8') as file:
                file.write(line + '\n')
            caught = any(fault.startswith(path) for fault in check_tree(root)[0])
            if caught != bad:
                wrong.append(f'{path}: {line}: {"not caught" if bad else "caught for nothing"}')
            os.remove(full)
    for line in wrong:
        print(line)
    print(f'{len(SELF_TEST)} cases, {len(wrong)} wrong')
    return 1 if wrong else 0


def main():
    if sys.argv[1:] == ['--self-test']:
        return self_test()
    faults, n_files = check_tree(sys.argv[1])
    for fault in faults:
        print(fault)
    print(f'{n_files} files, {len(faults)} faults')
    return 1 if faults or n_files == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
