// SPDX-License-Identifier: Apache-2.0
// Which rows of a table of operators cannot be predicted on a machine, and why. Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Sets OperatorRow::not_predicted: operands that do not fit the memory, collectives of more ranks than the machine
/// has. Sizes that nobody can mean are mistakes.
void refuse_what_cannot_be_predicted(const Plan& plan, OperatorsWorkloadPlan& operators, Diagnostics& diagnostics);

}  // namespace decodesim
