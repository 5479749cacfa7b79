// SPDX-License-Identifier: Apache-2.0
// Switch: a crossbar with a buffer at each input, a queue for each output, cut-through, and (as an option) a unit that
// reduces in the network and multicasts the result.
//
//   input 0 --> buffer --+--> crossing --> output queue 0 --> link
//   input 1 --> buffer --+--> crossing --> output queue 1 --> link
//                        +--> crossing --> reduction unit --> every output of the group
//
// Laws, each one a test in test/models/network/switch_test.cpp:
//   1. An unblocked train's head leaves `crossing` after it has arrived, its tail follows as it comes in.
//   2. Trains for one output leave in the order of their readiness (see SwitchOutput), for different outputs at once.
//   3. Incast: the last of n trains to one port arrives after the sum of their serialisations.
//   4. A full output stalls its senders through their credits; nothing is lost or reordered.
//   5. A reduction's result leaves reduction latency after the last contribution, to every rank of the group.
//   6. A multicast goes to every rank of its set; contributions to one rank leave as one sum, reduction latency after
//      the last.
//   7. Folded (one port, one rank standing for all): a train comes back as the one that the symmetric peer sends at the
//      same time, and one contribution counts for the whole group; completion times equal those of the unfolded switch.
//
// Not modelled: contention inside the crossbar; a limit on results that wait for outputs; virtual channels.
// Sources: dally2004 (see link.hpp), chapter 17, for the organisation; graham2020 (R. Graham et al., "Scalable
// Hierarchical Aggregation and Reduction Protocol (SHARP) Streaming-Aggregation", ISC 2020) for the reduction.
#pragma once

#include <memory>
#include <vector>

#include "models/network/packet.hpp"
#include "models/network/reduction_unit.hpp"
#include "models/network/switch_output.hpp"
#include "sim/core/component/component.hpp"
#include "sim/core/config/schema.hpp"
#include "sim/core/work/data_type_set.hpp"

namespace decodesim {

using namespace literals;

struct SwitchParams {
  std::int64_t ports = 8;
  Duration crossing = 100_ns;
  Bytes buffer = 256_KiB;
  bool reduction = true;
  Duration reduction_latency = 130_ns;
  Bandwidth reduction_rate = 450_GBps;
  std::int64_t reduction_operands = 65'536;
  std::int64_t reduction_table = 65'536;
  Bytes reduction_window = 1_GiB;
  Bytes reduction_short_limit = 0_B;
  Duration reduction_stream_setup = 0_ps;
  DataTypeSet reduction_types{DataType::kFp32, DataType::kBf16, DataType::kFp16};

  static Schema<SwitchParams> schema();
  [[nodiscard]] ReductionParams reduction_unit() const {
    return {reduction,          reduction_latency,     reduction_rate,
            reduction_operands, reduction_short_limit, reduction_stream_setup};
  }
};

/// How a switch is built into a network.
struct SwitchWiring {
  std::int64_t ports = 0;            ///< how many of its ports are connected
  std::vector<std::int32_t> output;  ///< the output port towards each rank, by rank
  bool folded = false;               ///< one rank stands for all of its group; there is then one port

  /// A switch with `ranks` ranks on ports of the same numbers.
  static SwitchWiring star(std::int64_t ranks);
  /// A switch with rank 0 on port 0, standing for all others.
  static SwitchWiring folded_star();
};

class Switch : public Component {
 public:
  Switch(const sc_core::sc_module_name& name, Context& context, const SwitchParams& params, SwitchWiring wiring);

  /// What the up link of `port` is bound to.
  [[nodiscard]] PacketReceiver& input(std::int64_t port) { return *inputs_.at(static_cast<std::size_t>(port)); }
  /// To be bound to the down link of `port`.
  [[nodiscard]] sc_core::sc_port<PacketSink>& output(std::int64_t port) {
    return outputs_.at(static_cast<std::size_t>(port))->out;
  }
  /// Reductions that still wait for a contribution: 0 at the end of a run.
  [[nodiscard]] std::size_t open_reductions() const { return reductions_.open(); }

  Counter trains{statistics(), "trains", "1", "Trains received"};
  Counter payload_in{statistics(), "payload_in", "B", "Payload received to be forwarded"};
  Counter contributed{statistics(), "contributed", "B", "Payload received to be reduced or copied"};
  Counter reduced{statistics(), "reduced", "B", "Payload of reduction results, before multicast"};
  Counter multicast{statistics(), "multicast", "B",
                    "Payload of reduction results and copies sent, summed over the receivers"};

 private:
  class Input : public PacketReceiver {
   public:
    explicit Input(Switch& owner) : owner_(owner) {}
    void receive(const PacketTrain& train, CreditReturn& credits) override { owner_.accept(train, credits); }
    void cut(const TrainCut& cut, CreditReturn& credits) override { owner_.cut(cut, credits); }
    [[nodiscard]] Bytes buffer() const override { return owner_.params_.buffer; }

   private:
    Switch& owner_;
  };

  void accept(const PacketTrain& arrived, CreditReturn& credits);
  void cut(const TrainCut& cut, const CreditReturn& came);
  void reduce(const PacketTrain& train, CreditReturn& credits);
  void copy(const PacketTrain& train, CreditReturn& credits);
  void combine(const PacketTrain& train, CreditReturn& credits);
  SwitchOutput& towards(std::int32_t rank);

  const SwitchParams params_;
  const SwitchWiring wiring_;
  ReductionUnit reductions_;
  std::vector<std::unique_ptr<Input>> inputs_;
  std::vector<std::unique_ptr<SwitchOutput>> outputs_;
};

}  // namespace decodesim
