#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""1.43 times the pins' bandwidth with the same cores, H100 to H200: products of some megabytes must gain far less, those
of hundreds nearly all of it (scenarios/operators/memory-upgrade.yaml). Needs no measurements.
"""
import csv
import pathlib
import subprocess
import sys
import tempfile

SCENARIO = "scenarios/operators/memory-upgrade.yaml"


def times(program, accelerator):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "run", SCENARIO, "--set", f"system.accelerators.use={accelerator}", "--out", folder,
                        "-q"], check=True, stdout=subprocess.DEVNULL)
        with open(pathlib.Path(folder) / "operators.csv", newline="") as table:
            return {(int(r["m"]), int(r["n"]) * int(r["k"]) * 2): float(r["predicted_us"]) for r in csv.DictReader(table)}


def main(program):
    before, after = times(program, "h100-sxm"), times(program, "h200-sxm")
    gains = {shape: before[shape] / after[shape] for shape in before}
    for (rows, size), gain in gains.items():
        print(f"{rows:4} rows, {size / 1e6:7.1f} MB: {before[rows, size]:8.2f} to {after[rows, size]:8.2f} us, x {gain:.2f}")
    pins = 4.8 / 3.352
    few = [gain for (rows, size), gain in sorted(gains.items()) if rows == 4]
    if few != sorted(few):
        return "a larger product gains less"
    if max(gain for (_, size), gain in gains.items() if size < 20e6) > 1.3:
        return "products below 20 MB gain more than 1.3"
    if not all(1.35 <= gain <= pins + 0.005 for (rows, size), gain in gains.items() if rows == 4 and size > 100e6):
        return f"products above 100 MB gain less than 1.35, or more than the pins' {pins:.2f}"
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
