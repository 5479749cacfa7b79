#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Collectives against measurements: NCCL and the engines' own all-reduces on 2, 4 and 8 H100, NCCL's on GH200 nodes behind
Slingshot. Prints mean absolute error and bias by operation, software and ranks.

usage: collectives.py PROGRAM
"""
import csv
import io
import sys
import tempfile

import measured

OPERATORS = """system:
  accelerators: {use: h100-sxm, count: 8}
workload:
  kind: operators
  file: "%s"
"""
SLINGSHOT = "scenarios/collective/gh200-slingshot-all-reduce.yaml"
KIB = 1024


class Errors:
    """Errors of rows, in percent, by group."""

    def __init__(self):
        self.groups = {}

    def add(self, error, *keys):
        for key in keys:
            self.groups.setdefault(key, []).append(error)

    def mape(self, key):
        return sum(abs(e) for e in self.groups[key]) / len(self.groups[key])

    def show(self):
        for key, errors in sorted(self.groups.items()):
            print(f"{key:40s} {len(errors):4d} rows  {self.mape(key):5.1f} % (bias {sum(errors) / len(errors):+5.1f})  "
                  f"worst {max(errors, key=abs):+6.1f}")


def predicted(program, relative):
    path = measured.data_file(relative)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as scenario:
        scenario.write(OPERATORS % path.resolve())
        scenario.flush()
        text = measured.run(program, scenario.name, files=["operators.csv"])[0]
    return list(csv.DictReader(io.StringIO(text)))


def fastest(rows):
    """Of several measurements under one label the fastest: an engine's all-reduce outside of graphs takes 20 us."""
    best = {}
    for row in rows:
        key = (row["op"], row["software"], row["ranks"], row["bytes"])
        if key not in best or float(row["measured_us"]) < float(best[key]["measured_us"]):
            best[key] = row
    return best.values()


def add_rows(errors, name, rows, smallest, largest):
    for row in rows:
        if not smallest <= int(row["bytes"]) <= largest:
            continue
        error = (float(row["predicted_us"]) / float(row["measured_us"]) - 1) * 100
        errors.add(error, name, f"{name}, {row['software']}", f"{name}, {row['software']}, {row['ranks']} ranks")


def slingshot(program, errors):
    rows = measured.rows("network/alps-gh200-all-reduce.csv")
    sizes = sorted({int(row["bytes"]) for row in rows})
    settings = ["workload.sizes=" + ", ".join(f"{size} B" for size in sizes)]
    text = measured.run(program, SLINGSHOT, settings, ["collectives.csv"])[0]
    times = {(row["ranks"], row["size_bytes"]): float(row["time_us"]) for row in csv.DictReader(io.StringIO(text))}
    for row in rows:
        error = (times[row["n_gpus"], row["bytes"]] / float(row["out_of_place_us"]) - 1) * 100
        errors.add(error, "GH200", f"GH200, {row['n_gpus']} ranks")


def main(program):
    errors = Errors()
    nccl = predicted(program, "operators/h100-sxm-nccl.csv")
    for op in ("all_reduce", "all_gather", "reduce_scatter", "alltoall"):
        add_rows(errors, op, [row for row in nccl if row["op"] == op], 1 * KIB, KIB**3)
    add_rows(errors, "engines", fastest(predicted(program, "operators/h100-sxm-all_reduce.csv")), 0, 4 * KIB * KIB)
    slingshot(program, errors)
    errors.show()
    failures = [f"{key}: {errors.mape(key):.1f} percent, expected at most {limit}"
                for key, limit in (("all_reduce", 15), ("engines, trtllm", 12), ("engines, vllm", 12), ("GH200", 25))
                if errors.mape(key) > limit]
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
