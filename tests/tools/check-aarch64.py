#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernels compile for 64-bit ARM, without a warning, and the join's have code for NEON there.

  check-aarch64.py ROOT

With aarch64-linux-gnu-gcc, or with clang, which brings the intrinsics and all headers of C but the two that have
functions in them: for those a few declarations stand in. Skipped (77) where there is neither."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

DECLARED = {
    "string.h": "#include <stddef.h>\nvoid *memcpy (void *, const void *, __SIZE_TYPE__);\nvoid *memset (void *, int, __SIZE_TYPE__);\n",
    "math.h": "double ceil (double);\ndouble fabs (double);\ndouble fmax (double, double);\n"
              "double pow (double, double);\ndouble ldexp (double, int);\ndouble frexp (double, int *);\n"
              "double nearbyint (double);\n#define isnan __builtin_isnan\n#define signbit __builtin_signbit\n"
              "#define NAN __builtin_nanf (\"\")\n"
              "double sqrt (double);\nfloat sqrtf (float);\ndouble tanh (double);\n"
              "#define INFINITY __builtin_inff ()\n",
}
NEON = {"above.c": b"above_neon", "panels.c": b"multiply_neon", "rough.c": b"rough_neon", "screen.c": b"sweep_neon"}
FLAGS = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-unknown-pragmas", "-Werror", "-c"]


def compilers(folder):
    """Commands that may make objects for it, the whole one first."""
    gcc, clang = shutil.which("aarch64-linux-gnu-gcc"), shutil.which("clang")
    if gcc:
        yield [gcc]
    if clang:
        yield [clang, "--target=aarch64-linux-gnu", "-ffreestanding", "-nostdlibinc", "-isystem", str(folder)]


def works(compiler, folder):
    source = folder / "try.c"
    source.write_text("#include <arm_neon.h>\n#include <string.h>\nfloat32x4_t x;\n", "utf-8")
    run = subprocess.run([*compiler, "-c", source, "-o", folder / "try.o"], capture_output=True, check=False)
    return run.returncode == 0


def main():
    root = pathlib.Path(sys.argv[1])
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for header, text in DECLARED.items():
            (folder / header).write_text(text, "utf-8")
        compiler = next((c for c in compilers(folder) if works(c, folder)), None)
        if compiler is None:
            print("no compiler here makes code for aarch64")
            return 77
        sources = sorted((root / "src/kernels").glob("*.c"))
        for source in sources:
            out = folder / "out.o"
            command = [*compiler, *FLAGS, "-I", root / "src", "-I", root / "include", source, "-o", out]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            if run.returncode != 0:
                print(f"{source.relative_to(root)}:\n{run.stderr}")
                bad += 1
            elif source.name in NEON and NEON[source.name] not in out.read_bytes():
                print(f"{source.relative_to(root)}: {NEON[source.name].decode()} is not in it")
                bad += 1
        print(f"{len(sources)} kernels by {pathlib.Path(compiler[0]).name}, {bad} bad")
    return 1 if bad or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
