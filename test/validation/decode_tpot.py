#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Llama-3.1-70B FP8 on 2, 4 and 8 H100 with vLLM: simulated step time against measured time per output token.

usage: decode_tpot.py PROGRAM

Rows with 1,024 tokens in and 8,192 out: decode takes nearly all of their time, so that the steps are those of a fixed
batch at the mean context. Lengths were drawn between 0.8 and 1 of the nominal ones: mean context 0.9 in + 0.45 out.
Nothing of the model was fitted to these rows.
"""
import sys

import measured

BAND_PERCENT = 20


def main():
    program = sys.argv[1]
    errors = []
    print(f"{'tp':>3} {'concurrency':>11} {'measured ms':>12} {'model ms':>9} {'error %':>8}")
    chosen = [r for r in measured.rows("serving/h100-llama-3.1-70b.csv")
              if r["software"] == "vllm" and r["precision"] == "fp8" and r["output_tokens"] == "8192"]
    for row in sorted(chosen, key=lambda r: (int(r["tp"]), int(r["concurrency"]))):
        context = round(0.9 * int(row["input_tokens"]) + 0.45 * int(row["output_tokens"]))
        settings = [f"workload.batch={row['concurrency']}", f"workload.context={context}", "workload.steps=2",
                    # The engine holds requests back that do not fit; here all of them decode.
                    "system.memory.0.capacity=64 GB"]
        scenario = f"scenarios/validation/h100-vllm-llama-70b-tp{row['tp']}.yaml"
        (results,) = measured.run(program, scenario, settings)
        model = results["decode"]["step_latency_s"]["mean"] * 1e3
        target = float(row["measured_tpot_ms"])
        errors.append(100 * (model / target - 1))
        print(f"{row['tp']:>3} {row['concurrency']:>11} {target:12.2f} {model:9.2f} {errors[-1]:8.1f}")
    mape = sum(map(abs, errors)) / len(errors)
    print(f"mean absolute error {mape:.1f} %, bias {sum(errors) / len(errors):.1f} %, {len(errors)} rows")
    if any(abs(e) > BAND_PERCENT for e in errors):
        sys.exit(f"a row is off by more than {BAND_PERCENT} percent")


if __name__ == "__main__":
    main()
