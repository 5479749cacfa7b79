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


def slope_and_correlation(x, y):
    n = len(x)
    mean_x, mean_y = sum(x) / n, sum(y) / n
    covariance = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y))
    var_x, var_y = sum((a - mean_x) ** 2 for a in x), sum((b - mean_y) ** 2 for b in y)
    return covariance / var_x, covariance / (var_x * var_y) ** 0.5


def check(program, trace, software, least_correlation):
    settings = [f"workload.requests={{azure: {trace}}}", "workload.concurrency=32", f"workload.steps={STEPS}",
                f"system.software={{use: {software}}}"]
    results, steps = measured.run(program, "scenarios/decode/azure-conversation.yaml", settings,
                                  ("results.json", "steps.csv"))
    table = [r for r in csv.DictReader(io.StringIO(steps)) if r["sequences"] == "32"]
    tokens = [float(r["kv_tokens"]) for r in table]
    latency = [float(r["latency_s"]) for r in table]
    slope, correlation = slope_and_correlation(tokens, latency)
    print(f"{software}: {results['decode']['steps']} steps, {results['decode']['tokens']} tokens; {len(table)} steps of "
          f"32 sequences, {min(tokens):.0f} to {max(tokens):.0f} cached tokens, {min(latency) * 1e3:.3f} to "
          f"{max(latency) * 1e3:.3f} ms; {slope * 1e9:.3f} ns a cached token, correlation {correlation:.3f}")
    if results["decode"]["steps"] != STEPS or len(table) < 1000:
        sys.exit("expected at least 1,000 steps of the whole batch")
    if correlation < least_correlation:
        sys.exit("step latency does not follow the context lengths")
    # A cached token costs a rank one KV head's 256 B (fp8) in each of 80 layers, at no more than 3.35 TB/s.
    if slope < 80 * 256 / 3.352e12 * 0.5:
        sys.exit("a cached token costs less than half of what its bytes take at the pins' rate")


def main():
    program = sys.argv[1]
    trace = measured.data_file("traces/azure-llm-2023-conv.csv")
    # Unless longer sequences get more cores, the longest of the batch decides as well as the sum.
    check(program, trace, "trtllm-graph", 0.8)
    check(program, trace, "vllm-graph", 0.98)


if __name__ == "__main__":
    main()
