#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The memory of an H100 from its accelerator's and its stacks' parameters together: the latency of a pointer chase
against a measured one, and bandwidth against bytes in flight.

usage: h100_memory.py PROGRAM
"""
import sys

import measured

CLOCK_GHZ = 1.98  # SM boost clock of the measurement
CHASE = "scenarios/memory/h100-pointer-chase.yaml"
STREAM = "scenarios/memory/h100-bytes-in-flight.yaml"
LINE = 128  # bytes an access of STREAM


def memory(program, scenario, *settings):
    return measured.run(program, scenario, settings)[0]["memory"][0]


def measured_latency_ns(file):
    """Mean of the plateau: footprints of 400 MB and more, far beyond the L2."""
    rows = [line.split() for line in file.read_text().splitlines() if line.strip() and not line.startswith("#")]
    cycles = [float(row[3]) for row in rows if float(row[0]) >= 400e6]
    return sum(cycles) / len(cycles) / CLOCK_GHZ


def main(program):
    expected = measured_latency_ns(measured.data_file("memory/latency_h100sxm.dat"))
    chase = memory(program, CHASE)["latency_s"]
    mean = chase["mean"] * 1e9
    print(f"pointer chase: measured {expected:.0f} ns, simulated {mean:.0f} (p50 {chase['p50'] * 1e9:.0f})")
    failures = [] if abs(mean / expected - 1) < 0.04 else ["the idle latency is off by more than 4 percent"]
    print(" kB in flight   GB/s   Little's law")
    peak = memory(program, STREAM)["peak_bytes_per_s"]
    before = 0
    for lines in (500, 1000, 2000, 4000, 6000, 8000, 11000, 16000, 33000):
        bandwidth = memory(program, STREAM, f"workload.outstanding={lines}")["bandwidth_bytes_per_s"]
        bound = min(peak, lines * LINE / (mean * 1e-9))
        print(f"{lines * LINE / 1e3:13.0f} {bandwidth / 1e9:6.0f} {bound / 1e9:10.0f}")
        if not 0.9 * bound < bandwidth <= 1.01 * bound:
            failures.append(f"{lines * LINE} B in flight: not within 10 percent below the bound")
        if bandwidth < before * 0.99:
            failures.append(f"{lines * LINE} B in flight: less bandwidth than with fewer")
        before = bandwidth
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
