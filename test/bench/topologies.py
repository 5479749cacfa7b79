#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What networks of growing size take to build, measure and check: wall time and peak memory of the whole command.

usage: topologies.py PROGRAM [RUNS]

Each case runs RUNS times (default 3), one process a run; the least time is printed.
"""
import os
import sys
import time

CASES = [
    ("torus", ["dims=8x8"]), ("torus", ["dims=16x16"]), ("torus", ["dims=16x8x8"]), ("torus", ["dims=16x16x16"]),
    ("torus", ["dims=32x32x16"]), ("torus", ["dims=64x32x32"]),
    ("fat_tree", ["radix=8", "levels=3"]), ("fat_tree", ["radix=16", "levels=3"]),
    ("fat_tree", ["radix=32", "levels=3"]), ("fat_tree", ["radix=40", "levels=3"]),
    ("fat_tree", ["radix=64", "levels=3"]),
    ("dragonfly", ["endpoints_per_router=2", "routers=4", "global_links=2"]),
    ("dragonfly", ["endpoints_per_router=4", "routers=8", "global_links=4"]),
    ("dragonfly", ["endpoints_per_router=8", "routers=16", "global_links=8"]),
    ("dragonfly", ["endpoints_per_router=16", "routers=32", "global_links=16", "groups=129"]),
]


def measured(command):
    """Wall seconds, peak bytes and output of one run."""
    read, write = os.pipe()
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        os.dup2(write, 1)
        os.close(read)
        os.execv(command[0], command)
    os.close(write)
    with os.fdopen(read) as output:
        text = output.read()
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)}: exit status {status}")
    return time.monotonic() - begin, usage.ru_maxrss * 1024, text


def main():
    program = os.path.abspath(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print(f"{'topology':12} {'endpoints':>10} {'switches':>10} {'cables':>10} {'wall s':>8} {'peak MB':>8}")
    for kind, settings in CASES:
        results = [measured([program, "catalog", "topology", kind] + settings) for _ in range(runs)]
        figures = dict(line.split(":", 1) for line in results[0][2].splitlines() if ":" in line)
        counts = [int(figures[key]) for key in ("endpoints", "switches", "cables")]
        wall = min(seconds for seconds, _, _ in results)
        peak = max(memory for _, memory, _ in results) / 1e6
        print(f"{kind:12} {counts[0]:10,} {counts[1]:10,} {counts[2]:10,} {wall:8.2f} {peak:8.1f}")


if __name__ == "__main__":
    main()
