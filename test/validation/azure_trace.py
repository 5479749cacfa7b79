#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real trace: Azure's conversations of 2023 at concurrency 32 through the quickstart's machine.

usage: azure_trace.py PROGRAM

Step latency must follow the batch's context lengths: in the steps with 32 sequences the two rise together, and by what a
cached token's bytes take at least.
"""
import csv
import io
import sys

import measured

STEPS = 1200


def fit(x, y):
    """Slope of the least-squares line of y over x, and the correlation of the two."""
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    covariance = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y))
    var_x, var_y = sum((a - mean_x) ** 2 for a in x), sum((b - mean_y) ** 2 for b in y)
    return covariance / var_x, covariance / (var_x * var_y) ** 0.5


def simulate(program, trace, software):
    """Cached tokens and latencies of the steps with 32 sequences; prints a line about them."""
    settings = [f"workload.requests={{azure: {trace}}}", "workload.concurrency=32", f"workload.steps={STEPS}",
                f"system.software={{use: {software}}}"]
    results, steps = measured.run(program, "scenarios/decode/azure-conversation.yaml", settings,
                                  ("results.json", "steps.csv"))
    table = [r for r in csv.DictReader(io.StringIO(steps)) if r["sequences"] == "32"]
    if results["decode"]["steps"] != STEPS or len(table) < 1000:
        sys.exit("expected at least 1,000 steps of the whole batch")
    tokens = [float(r["kv_tokens"]) for r in table]
    latency = [float(r["latency_s"]) for r in table]
    slope, correlation = fit(tokens, latency)
    print(f"{software}: {results['decode']['steps']} steps, {results['decode']['tokens']} tokens; {len(table)} steps of "
          f"32 sequences, {min(tokens):.0f} to {max(tokens):.0f} cached tokens, {min(latency) * 1e3:.3f} to "
          f"{max(latency) * 1e3:.3f} ms; {slope * 1e9:.2f} ns a cached token, correlation {correlation:.3f}")
    return tokens, latency


def main():
    program = sys.argv[1]
    trace = measured.data_file("traces/azure-llm-2023-conv.csv")

    # Balanced split-KV attention: what counts is the sum of the contexts. A cached token costs a rank one KV head's
    # 256 B (fp8) in each of 80 layers: at 3.352 TB/s at least that long. Cores take whole blocks of 64 tokens, so that a
    # step's latency goes up in steps of one block's time.
    slope, correlation = fit(*simulate(program, trace, "vllm-graph"))
    bound = 80 * 256 / 3.352e12
    if correlation < 0.95 or not bound <= slope <= 1.5 * bound:
        sys.exit(f"step latency does not follow the cached tokens; expected {bound * 1e9:.2f} ns each to half more")

    # TensorRT-LLM divides all sequences among equally many cores, so the longest one counts as well as the sum: steps
    # with much in the cache are slower, but two steps with the same sum may differ.
    steps = sorted(zip(*simulate(program, trace, "trtllm-graph")))
    tenth = len(steps) // 10
    least = sum(latency for _, latency in steps[:tenth]) / tenth
    most = sum(latency for _, latency in steps[-tenth:]) / tenth
    if most - least < 0.5 * bound * (steps[-tenth][0] - steps[tenth][0]):
        sys.exit("the steps with most in the cache are not slower than those with least by half of what the bytes take")


if __name__ == "__main__":
    main()
