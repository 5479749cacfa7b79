// SPDX-License-Identifier: Apache-2.0
// OperatorDriver: the host of a run of single operators. Row by row it makes the operators' commands, hands them to
// every rank of the machine that the row needs, and waits until all have finished: a row costs its starts and its work,
// as in a CUDA graph that is replayed back to back. No host time is counted.
//
//   row --RowPrograms--> StepProgram --Lowering of its software--> commands --> ranks of its bench --> time
//
// Of a collective, every way that a chooser finds worth trying runs by itself; the fastest counts.
#pragma once

#include <memory>
#include <vector>

#include "sim/app/build/collective_programs.hpp"
#include "sim/app/build/lowering.hpp"
#include "sim/app/build/machine.hpp"
#include "sim/app/build/simulate.hpp"
#include "workloads/operators/row_program.hpp"

namespace decodesim {

/// Which rows share a machine.
struct BenchKey {
  std::int64_t accelerators = 1;
  std::size_t profile = 0;
  bool symmetric = true;  ///< one rank may stand for all
  friend bool operator==(const BenchKey&, const BenchKey&) = default;
};

/// The machine that rows share: one accelerator, or as many as a collective has ranks, with the collectives of one
/// software profile.
class OperatorBench : public sc_core::sc_module {
 public:
  /// `plan`: of the whole run.
  OperatorBench(const sc_core::sc_module_name& name, Context& context, const Plan& plan, const BenchKey& key);

  [[nodiscard]] const BenchKey& key() const { return key_; }

  Plan plan;  ///< of this machine alone
  Machine machine;
  CollectivePrograms programs;

 private:
  BenchKey key_;
};

class OperatorDriver : public Component, public StepListener {
 public:
  OperatorDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan, ProgressListener& progress);

  /// Time of each row that has been finished; zero for one that is not predicted.
  [[nodiscard]] const std::vector<Duration>& times() const { return times_; }
  /// What was chosen for it; empty for what is no collective.
  [[nodiscard]] const std::vector<std::string>& chosen() const { return chosen_; }
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  [[nodiscard]] const std::vector<std::unique_ptr<OperatorBench>>& benches() const { return benches_; }

  Counter rows_done{statistics(), "rows", "1", "Rows predicted"};

 private:
  void start_of_simulation() override;
  void begin_row();  // SC_METHOD
  void step_done(std::int32_t rank) override;
  [[nodiscard]] const std::vector<OperatorRow>& rows() const { return plan_.workload.operators->table.rows; }
  [[nodiscard]] BenchKey key_of(std::size_t row) const;
  OperatorBench& bench_of(std::size_t row);
  void find_choices();
  void end_row(Duration time);
  void make_commands(const OperatorRow& row, OperatorBench& bench);

  const Plan& plan_;
  ProgressListener& progress_;
  std::vector<std::unique_ptr<OperatorBench>> benches_;
  StepProgram step_;
  RowPrograms row_programs_;
  Placement placement_;              ///< of the present row
  std::vector<Lowering> lowerings_;  ///< by software profile
  std::vector<std::int32_t> program_of_operator_;
  std::vector<Command> commands_;
  std::vector<std::vector<CollectiveChoice>> choices_;  // by row; empty for what is no collective
  std::vector<Duration> times_;
  std::vector<std::string> chosen_;
  std::size_t next_ = 0;
  std::size_t try_ = 0;  // of the row's choices
  Duration best_;
  std::int64_t ranks_running_ = 0;
  TimePoint began_;
  bool interrupted_ = false;
  sc_core::sc_event begin_{"begin"};
};

}  // namespace decodesim
