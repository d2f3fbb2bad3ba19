#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes files and resizes them as PIL does: pil-resize.py SIDE OUT FILE...

OUT gets SIDE x SIDE x 3 bytes a file. Exit status 77: PIL is not here."""
import sys
try:
    from PIL import Image
except ImportError:
    sys.exit(77)
side = int(sys.argv[1])
with open(sys.argv[2], "wb") as out:
    for name in sys.argv[3:]:
        image = Image.open(name).convert("RGB").resize((side, side), Image.BILINEAR)
        out.write(image.tobytes())
