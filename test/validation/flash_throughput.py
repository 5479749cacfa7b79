#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Throughput with weights and KV cache in flash against Son et al. (IEEE CAL 25(2), 2026): Llama-3-405B on eight GPUs, tokens/s
for each, steps of 0.1 s at most. Batches are theirs (throughput x 0.1 s where they are bound by that).

HBF+ gathers what is appended to the cache in SRAM. HBF and CONV have none: each head's 256 B of a token are a page program
of their own. The prompts' keys and values are written in whole pages on all of them, at the rate at which sequences end.
Nothing suspends a program, as they add up reading and writing; CONV has no SRAM on its base die and one register a plane, so
nothing is read ahead.

usage: flash_throughput.py PROGRAM
"""
import sys

import measured

SCENARIO = "scenarios/hbf/son-llama-3-405b-short.yaml"
GPUS = 8
LENGTHS = {"SHORT": (1660, 373), "MID": (5900, 499), "LONG": (103500, 1100)}
UNGATHERED = ["system.memory.1.gather=off", "system.memory.1.write_buffer=3276800 B"]
CONV = ["system.memory.1.planes=16", "system.memory.1.blocks=524", "system.memory.1.read=3 us",
        "system.memory.1.host=350 GB/s", "system.memory.1.channel=22 GB/s", "system.memory.1.staging=2097152 B",
        "system.memory.1.read_ahead=off", "system.memory.1.cached_reads=off"]
HBM = ["system.memory.0.stacks=8", "system.memory.0.capacity=48 GB", "mapping.placement.weights=hbm",
       "mapping.placement.kv_cache=hbm"]
# Settings, tokens/s of each GPU, sequences of each GPU where the capacity bounds them, tolerance.
SYSTEMS = {
    "HBM4": (HBM, (3300, 1800, 147), (194, 61.5, 3.75), 0.2),
    "HBF+": ([], (3251, 1954, 191), None, 0.2),
    "HBF": (UNGATHERED + ["system.memory.1.stacks=7"], (2495, 1494, 159), (253, 146, 15.9), 0.2),
    "CONV": (UNGATHERED + CONV, (732, 310, 21.5), None, 0.3),
}


def throughput(program, settings, batch, prompt, output):
    settings = settings + [f"workload.batch={batch}", f"workload.context={prompt + output // 2}",
                           f"workload.arrivals.prompt={prompt}", f"workload.arrivals.output={output}"]
    return measured.run(program, SCENARIO, settings)[0]["decode"]["tokens_per_s"] / GPUS


def main(program):
    failures = []
    print("tokens/s of a GPU: theirs, here, error")
    for name, (settings, row, batches, tolerance) in SYSTEMS.items():
        for i, (length, (prompt, output)) in enumerate(LENGTHS.items()):
            batch = round(GPUS * (batches[i] if batches else row[i] * 0.1))
            ours = throughput(program, settings, batch, prompt, output)
            error = ours / row[i] - 1
            print(f"{name:5s} {length:6s} {row[i]:7.1f} {ours:7.1f} {100 * error:+6.1f} %")
            if tolerance is not None and abs(error) > tolerance:
                failures.append(f"{name}, {length}: {ours:.1f} tokens/s, expected {row[i]}")
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
