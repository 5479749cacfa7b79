// SPDX-License-Identifier: Apache-2.0
// Whether an accelerator multiplies in the formats that a decode workload asks for. Internal to sim/app/scenario.
//
// A format whose products are computed in fp8, int8 or fp4 is refused on a part without such a unit, rather than
// computed at a wider rate: software that runs such a checkpoint there widens the weights in its kernels, which is
// another format (fp8_wo, int8_wo, int4_wo, w4a16_mxfp4), with other bytes and no quantised activations. Tables of
// single operators, whose rows say what ran, are predicted at the wider rate.
#pragma once

#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// `precision`: the scenario's mapping, or null when it gives none.
void check_formats(const Plan& plan, const Node* precision, Diagnostics& diagnostics);

}  // namespace decodesim
