#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encoding from a disk that answers slowly: so many reads a second and no more, files not in the page cache.

  slow-disk.py FOLDER TAMIS_CLI [TAMIS_CLI ...] [--reads 150 300] [--rounds 3] [--copies 12]

FOLDER holds JPEGs; each is copied --copies times with a byte more, so that none is known by its content. Programs take
turns. The control group blkio.throttle (cgroup v1) or io.max (v2) slows the disk of the folder for temporary files,
which takes root; with v2 it has not been run yet. Prints a Markdown table of the median seconds, slow and from the page
cache."""
import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time

V1, V2 = "/sys/fs/cgroup/blkio/tamis-slow", "/sys/fs/cgroup/tamis-slow"


def group():
    path = V1 if os.path.isdir("/sys/fs/cgroup/blkio") else V2
    os.makedirs(path, exist_ok=True)
    return path


def slow_down(path, device, reads):
    """@reads a second; 0: as fast as it is"""
    if path == V1:
        name, text = "blkio.throttle.read_iops_device", "%s %d" % (device, reads)
    else:
        name, text = "io.max", "%s riops=%s" % (device, reads or "max")
    with open(os.path.join(path, name), "w") as file:
        file.write(text)


def copy(folder, to, copies):
    names = [n for n in sorted(os.listdir(folder)) if n.lower().endswith((".jpg", ".jpeg"))]
    for i in range(copies):
        for name in names:
            with open(os.path.join(folder, name), "rb") as a, open(os.path.join(to, "%02d_%s" % (i, name)), "wb") as b:
                b.write(a.read() + b"%d" % i)
    return len(names) * copies


def forget(folder):
    os.sync()
    for name in os.listdir(folder):
        fd = os.open(os.path.join(folder, name), os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def encode(cli, data, scratch, path):
    home = os.path.join(scratch, "home")
    shutil.rmtree(home, ignore_errors=True)
    env = dict(os.environ, XDG_CACHE_HOME=home, XDG_DATA_HOME=home)
    begun = time.monotonic()
    subprocess.run(["sh", "-c", 'echo $$ > "$0"/cgroup.procs; exec "$@"', path, cli, "encode", data, "--out",
                    os.path.join(scratch, "latents.npy")], check=True, env=env, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def compare(a, path):
    with tempfile.TemporaryDirectory() as scratch:
        data = os.path.join(scratch, "data")
        os.makedirs(data)
        n = copy(a.folder, data, a.copies)
        number = os.stat(data).st_dev
        with open("/sys/dev/block/%d:%d/dev" % (os.major(number), os.minor(number))) as file:
            device = file.read().strip()
        print("%d files\n\n| reads a second | program | seconds, slow | from the page cache |\n|---|---|---|---|" % n)
        for reads in a.reads:
            slow, warm = ([[] for _ in a.programs] for _ in range(2))
            slow_down(path, device, reads)
            for _ in range(a.rounds):
                for i, cli in enumerate(a.programs):
                    forget(data)
                    slow[i].append(encode(cli, data, scratch, path))
                    warm[i].append(encode(cli, data, scratch, path))
            slow_down(path, device, 0)
            for i, cli in enumerate(a.programs):
                print("| %d | %s | %.2f | %.2f |" % (reads, cli, statistics.median(slow[i]), statistics.median(warm[i])))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder")
    parser.add_argument("programs", nargs="+")
    parser.add_argument("--reads", type=int, nargs="+", default=[150, 300])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copies", type=int, default=12)
    a = parser.parse_args()
    path = group()
    try:
        compare(a, path)
    finally:
        os.rmdir(path)


if __name__ == "__main__":
    main()
