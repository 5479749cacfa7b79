// SPDX-License-Identifier: Apache-2.0
// Which rows of a table of operators cannot be predicted on a machine, and why. Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Whether a row was timed with a communication library by itself, which has no profile of kernels.
[[nodiscard]] bool not_an_engine(const OperatorRow& row);

/// Sets OperatorRow::not_predicted: operands that do not fit the memory, collectives that the machine has no ranks or
/// the simulator no program for. Sizes that nobody can mean are mistakes.
void refuse_what_cannot_be_predicted(const Plan& plan, OperatorsWorkloadPlan& operators, Diagnostics& diagnostics);

}  // namespace decodesim
