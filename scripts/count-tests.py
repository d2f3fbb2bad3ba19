#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""count-tests.py STATUS BUILD... : adds up the test logs of meson, skips first, and ends with the
line "N passed, N failed". Exit 1 if anything failed, if a build has no log, or if STATUS is not 0."""
import json
import os
import sys

GOOD = {'OK', 'EXPECTEDFAIL'}


def main():
    n_passed = n_failed = 0
    for build in sys.argv[2:]:
        log = os.path.join(build, 'meson-logs', 'testlog.json')
        if not os.path.exists(log):
            print(f'{build}: was not built or not tested')
            n_failed += 1
            continue
        with open(log, encoding='utf-8') as file:
            tests = [json.loads(line) for line in file if line.strip()]
        for test in tests:
            if test['result'] == 'SKIP':
                print(f'{build}: {test["name"]} skipped')
            elif test['result'] in GOOD:
                n_passed += 1
            else:
                n_failed += 1
                print(f'{build}: {test["name"]} {test["result"]}')
    if sys.argv[1] != '0' and n_failed == 0:
        n_failed = 1
    print(f'{n_passed} passed, {n_failed} failed')
    return 1 if n_failed else 0


if __name__ == '__main__':
    sys.exit(main())
