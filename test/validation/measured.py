# SPDX-License-Identifier: Apache-2.0
"""What the validation tests share: measured data found through DECODESIM_MEASURED_DATA, and running the program."""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def data_file(relative):
    """Path of a measured data file; ends the test as skipped where the data are not there."""
    root = os.environ.get("DECODESIM_MEASURED_DATA")
    if not root:
        print("SKIPPED: DECODESIM_MEASURED_DATA is not set; measured data are needed for this test")
        sys.exit(SKIPPED)
    path = pathlib.Path(root) / relative
    if not path.exists():
        print(f"SKIPPED: {relative} is not in DECODESIM_MEASURED_DATA")
        sys.exit(SKIPPED)
    return path


def rows(relative):
    with open(data_file(relative), newline="") as file:
        return list(csv.DictReader(file))


def run(program, scenario, settings=(), files=("results.json",)):
    """Runs a scenario; its output files, JSON ones parsed."""
    with tempfile.TemporaryDirectory() as out:
        command = [program, "run", str(scenario), "--out", out, "-q"]
        for setting in settings:
            command += ["--set", setting]
        done = subprocess.run(command, capture_output=True, text=True)
        # 1 is a missed `expect:`, which holds for the scenario as shipped and not for what is set here.
        if done.returncode not in (0, 1):
            sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
        texts = [(pathlib.Path(out) / name).read_text() for name in files]
    return [json.loads(t) if n.endswith(".json") else t for n, t in zip(files, texts)]
