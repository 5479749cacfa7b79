// SPDX-License-Identifier: Apache-2.0
// Capacity: what a plan puts on each memory tier of one accelerator, and whether it fits.
#pragma once

#include <string>
#include <vector>

#include "sim/app/scenario/plan.hpp"
#include "sim/core/config/diagnostics.hpp"

namespace decodesim {

/// One asker: "mlp weights", 12.3 GB.
struct CapacityEntry {
  std::string name;
  Bytes bytes;
};

/// One tier of one accelerator.
struct TierCapacity {
  std::string tier;
  Bytes capacity;
  Bytes asked;
  std::vector<CapacityEntry> entries;  ///< in the order of the model

  [[nodiscard]] bool fits() const { return asked <= capacity; }
};

/// The largest step of the plan's model or of what drafts for it, on the replica that has most of it.
StepPeak peak_of_replica(const Plan& plan, PassOf of);

/// Who asks for how much on a rank of the pipeline stage that asks for most, for the largest batch and the most cached
/// tokens of the plan's workload.
std::vector<TierCapacity> capacity_table(const Plan& plan);

/// The table as text, one line an asker, with a sum, the capacity and what is left or too much for each tier.
std::string capacity_text(const std::vector<TierCapacity>& table);

/// A scenario that is sound but does not fit. what() is the one-line diagnostic; table() says who asked for what.
class CapacityError : public ConfigError {
 public:
  CapacityError(std::vector<Diagnostic> diagnostics, std::string table)
      : ConfigError(std::move(diagnostics)), table_(std::move(table)) {}
  [[nodiscard]] const std::string& table() const { return table_; }

 private:
  std::string table_;
};

/// Throws CapacityError at `position` with a line for each tier that is too small.
void check_capacity(const Plan& plan, const SourcePosition& position);

}  // namespace decodesim
