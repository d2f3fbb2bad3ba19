#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds to a safetensors file's metadata, or replaces in it; the tensors stay as they are.

  set-metadata.py FILE KEY=VALUE ...

Without KEY=VALUE it prints what is there."""
import json
import os
import struct
import sys


def main():
    path, pairs = sys.argv[1], [a.split("=", 1) for a in sys.argv[2:]]
    with open(path, "rb") as f:
        data = f.read()
    n = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + n])
    metadata = header.setdefault("__metadata__", {})
    metadata.update(pairs)
    if not pairs:
        for key, value in sorted(metadata.items()):
            print(f"{key}={value}")
        return
    header["__metadata__"] = dict(sorted(metadata.items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".new", "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data[8 + n:])
    os.replace(path + ".new", path)


main()
