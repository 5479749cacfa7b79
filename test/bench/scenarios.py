#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast whole scenarios run: events, simulated seconds a wall second, peak memory. Reports; judges nothing.

usage: scenarios.py PROGRAM [RUNS]

Each case runs RUNS times (default 5) after one warm-up, one process a run; medians are printed with the least and most.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

CASES = [
    ("quickstart, ranks folded", "scenarios/quickstart.yaml", ["workload.steps=256"]),
    ("quickstart, every rank", "scenarios/quickstart.yaml", ["workload.steps=64", "run.fold=off"]),
    ("conversations, batch of 32", "scenarios/decode/azure-conversation.yaml", ["workload.steps=256"]),
    ("405B on 128 ideal chips", "scenarios/validation/liminal-tp128-4k.yaml", ["workload.steps=64"]),
]


def simulate(program, scenario, settings):
    with tempfile.TemporaryDirectory() as out:
        command = [program, "run", scenario, "--out", out, "-q"]
        for setting in settings:
            command += ["--set", setting]
        subprocess.run(command, check=True, capture_output=True)
        return json.loads((pathlib.Path(out) / "results.json").read_text())["simulation"]


def main():
    program = sys.argv[1]
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print(f"{'case':28} {'events':>12} {'events/s':>12} {'simulated s / wall s':>30} {'peak MB':>8}")
    for name, scenario, settings in CASES:
        simulate(program, scenario, settings)
        results = [simulate(program, scenario, settings) for _ in range(runs)]
        factors = [r["real_time_factor"] for r in results]
        events = results[0]["events"]
        wall = statistics.median(r["wall_s"] for r in results)
        memory = max(r["peak_rss_bytes"] for r in results) / 1e6
        spread = f"{statistics.median(factors):.2f} ({min(factors):.2f} to {max(factors):.2f})"
        print(f"{name:28} {events:12,} {events / wall:12,.0f} {spread:>30} {memory:8.1f}")


if __name__ == "__main__":
    main()
