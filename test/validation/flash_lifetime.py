#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long flash lasts, from what runs write and read, against published lifetimes: Kyung et al. (IEEE CAL 25(1), 2026, 15 cells
of Llama 4 Maverick with its KV cache in flash) and FLINT (blocks that are only ever read, about 29 days).

Of the 15 cells the first is used: it sets how much of the cache is read in a step (batch x context of the scenario; 4.93 TB/s
a GPU). The others have the same reads and their own prompts and answers.

usage: flash_lifetime.py PROGRAM
"""
import sys

import measured

KYUNG = "scenarios/hbf/kyung-maverick-kv.yaml"
FLINT = "scenarios/hbf/flint-read-only.yaml"
CONTEXTS = (8192, 16384, 32768)
YEARS = {(1, 3): (6.2, 12.8, 26.3), (1, 1): (4.7, 9.8, 19.1), (3, 1): (2.7, 5.3, 11.4), (7, 1): (1.4, 2.9, 5.6),
         (15, 1): (0.8, 1.5, 3.0)}
READ_TOKENS = 1500 * 5120  # of the scenario: in a step, over all sequences
STRIPE_BYTES = 8 * 5 * 1200 * 4096  # of all planes of all stacks of 8 accelerators: what is programmed at a time
TOKEN_BYTES = 48 * 2 * 8 * 128 * 2
FLINT_DAYS = 29
TOLERANCE = 0.15


def kyung_cell(program, total, ratio):
    """Years and what wears, of a run long enough for a hundred stripes."""
    prompt = total * ratio[0] // sum(ratio)
    output = total - prompt
    context = prompt + output // 2
    batch = round(READ_TOKENS / context)
    written = batch * total / output * TOKEN_BYTES
    settings = [f"workload.batch={batch}", f"workload.context={context}", f"workload.arrivals.prompt={prompt}",
                f"workload.arrivals.output={output}", f"workload.steps={max(8, round(100 * STRIPE_BYTES / written))}"]
    return measured.run(program, KYUNG, settings)[0]


def kyung(program, failures):
    print("Kyung et al.: years; tokens, prompt:answer, theirs, here, error; step")
    errors = []
    for ratio, row in YEARS.items():
        for total, theirs in zip(CONTEXTS, row):
            results = kyung_cell(program, total, ratio)
            ours = results["endurance"]["years"]
            cause = results["endurance"]["cause"]
            errors.append(ours / theirs - 1)
            step = results["decode"]["step_latency_s"]["mean"] * 1e3
            name = f"{total:6d} {ratio[0]:2d}:{ratio[1]}"
            print(f"{name} {theirs:6.1f} {ours:6.2f} {100 * errors[-1]:+6.1f} %  {step:5.1f} ms")
            if abs(errors[-1]) > TOLERANCE or cause != "host writes":
                failures.append(f"Kyung et al., {name}: {ours:.2f} years by {cause}, expected {theirs} by host writes")
    print(f"mean absolute error {100 * sum(map(abs, errors)) / len(errors):.1f} %, of the 14 cells that were not used "
          f"{100 * sum(map(abs, errors[1:])) / (len(errors) - 1):.1f} %")


def flint(program, failures):
    endurance = measured.run(program, FLINT)[0]["endurance"]
    days = endurance["years"] * 365.25
    print(f"FLINT: about {FLINT_DAYS} days, here {days:.1f} by {endurance['cause']}")
    if abs(days / FLINT_DAYS - 1) > TOLERANCE or endurance["cause"] != "read disturb":
        failures.append(f"FLINT: {days:.1f} days by {endurance['cause']}, expected {FLINT_DAYS} by read disturb")


def main(program):
    failures = []
    kyung(program, failures)
    flint(program, failures)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
