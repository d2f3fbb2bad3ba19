#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What clang-format would do to the lines changed since REVISION (HEAD): information, not a gate.
set -eu
cd "$(dirname "$0")/.."
git diff -U0 --no-color "${1:-HEAD}" -- '*.c' '*.h' | clang-format-diff -p1
