#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a shipped scenario twice and compares: run against run (determinism), and against the stored results.

usage: golden.py PROGRAM SCENARIO GOLDEN [--update]

Integers and texts compare exactly: a changed number is a changed result, and belongs under "Timing" in CHANGELOG.md.
Not compared: what depends on the host (wall clock, memory), on the commit, or on the checkout's place.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

VOLATILE = {
    "simulation": ("wall_s", "real_time_factor", "peak_rss_bytes"),
    "provenance": ("git", "version"),
}


def results_of(program, scenario):
    """results.json of one run, without what may differ; and the run's other files as text."""
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run([program, "run", scenario, "--out", out, "-q"], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{scenario}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
        folder = pathlib.Path(out)
        results = json.loads((folder / "results.json").read_text())
        tables = {file.name: file.read_text() for file in sorted(folder.iterdir()) if file.name != "results.json"}
    for section, keys in VOLATILE.items():
        for key in keys:
            results[section].pop(key)
    return results, tables


def differences(old, new, path=""):
    """Lines 'path: old -> new' for every leaf that differs."""
    if isinstance(old, dict) and isinstance(new, dict):
        lines = []
        for key in list(old) + [k for k in new if k not in old]:
            lines += differences(old.get(key), new.get(key), f"{path}.{key}" if path else key)
        return lines
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [line for i, pair in enumerate(zip(old, new)) for line in differences(*pair, f"{path}.{i}")]
    return [] if old == new else [f"  {path}: {old} -> {new}"]


def main():
    program, scenario, golden = sys.argv[1:4]
    stored = pathlib.Path(golden)
    results, tables = results_of(program, scenario)
    again, tables_again = results_of(program, scenario)
    if results != again or tables != tables_again:
        sys.exit(f"{scenario}: two runs differ\n" + "\n".join(differences(results, again)))
    if "--update" in sys.argv[4:]:
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_text(json.dumps(results, indent=2) + "\n")
        return
    if not stored.exists():
        sys.exit(f"{golden} is missing; make it with: scripts/golden --update")
    changed = differences(json.loads(stored.read_text()), results)
    if changed:
        sys.exit(f"{scenario}: results differ from {golden}:\n" + "\n".join(changed) +
                 "\nIf that is meant: scripts/golden --update, and say why in CHANGELOG.md under Timing.")


if __name__ == "__main__":
    main()
