// SPDX-License-Identifier: Apache-2.0
// Link: one direction of a serial link (or of a bundle that a message is striped over) with credit flow control.
//
//   try_push --> serialiser (wire bytes / bandwidth) --> flight (latency) --> out->receive
//       ^                                                                        |
//       +---------- credits: the bytes the receiver's buffer holds <-- latency --+
//
// Laws, each one a test in test/models/network/link_test.cpp:
//   1. A lone train's head arrives `latency` after its push and its tail wire / bandwidth later.
//   2. Serialisations never overlap; flights may.
//   3. Cut-through: a tail never leaves before it has come in, however fast the link.
//   4. At most the receiver's buffer is outstanding: full to the byte is accepted, one byte more is refused. A credit
//      is back one latency after the receiver has freed the space.
//   5. Lossless and in order under back-pressure; bytes accepted equal bytes delivered at the end.
//   6. Virtual channels share the wire in the order of pushing and divide the buffer evenly; a full one does not hold
//      up the others.
//   7. Bytes sent never exceed bandwidth x time since the first (checked on every train: InternalError).
//   8. Bit errors that FEC leaves come at random, as many in the mean as their rate says. Each has `retry_bytes` sent
//      again: the train's tail and the wire are later by the way there and back, retry_latency and the repetition.
//      Nothing is lost or overtaken. Of N bits at rate p, N p / (1 - p R) pieces of R bits are repeated in the mean.
//   9. A train that is cut while it leaves holds the wire, and the receiver's buffer, for what is left of it.
//  10. Failed, it refuses everything; repaired, it goes on as before. Nothing is lost.
//
// Flight is latency + fec_latency, for trains and for credits. A train's head goes on while its tail is repeated.
//
// Not modelled: lane training, errors of the head alone, credit messages' own share of the wire and their errors.
// Sources: dally2004 (W. Dally, B. Towles, "Principles and Practices of Interconnection Networks", 2004, chapters 12
// and 13) for credit flow control and cut-through; J. von Neumann, "Various techniques used in connection with random
// digits" (1951) for exponential gaps from comparisons alone.
#pragma once

#include <memory>
#include <vector>

#include "models/network/bit_errors.hpp"
#include "models/network/packet.hpp"
#include "models/network/ring.hpp"
#include "sim/core/component/component.hpp"
#include "sim/core/config/schema.hpp"

namespace decodesim {

using namespace literals;

struct LinkParams {
  Bandwidth bandwidth = 450_GBps;
  Duration latency = 50_ns;
  Duration fec_latency = 0_ps;
  std::int64_t bit_errors = 0;
  Bytes retry_bytes = 256_B;
  Duration retry_latency = 0_ps;

  static Schema<LinkParams> schema();
};

class Link : public Component, public PacketSink, public CreditReturn {
 public:
  /// `channels`: virtual channels on it.
  Link(const sc_core::sc_module_name& name, Context& context, const LinkParams& params, std::int32_t channels = 1);

  sc_core::sc_port<PacketReceiver> out{"out"};

  std::optional<TimePoint> try_push(const PacketTrain& train) override;
  [[nodiscard]] const sc_core::sc_event& space_event() const override { return space_; }
  /// The buffer of one virtual channel.
  [[nodiscard]] Bytes longest_train() const override {
    return Bytes(out->buffer().count() / static_cast<std::int64_t>(channels_.size()));
  }
  void return_credit(Bytes wire, TimePoint freed, std::int32_t channel) override;
  /// Takes nothing in until repair(); what is on its way arrives. Failed twice, it has to be repaired twice.
  void fail() { ++failed_; }
  void repair();
  [[nodiscard]] Bytes outstanding() override;
  [[nodiscard]] bool can_cut() const override { return true; }
  TimePoint cut(const TrainCut& cut) override;
  void cut_credit(Bytes wire, TimePoint freed, std::int32_t channel, Bytes rest, TimePoint now_freed) override;
  [[nodiscard]] Bandwidth bandwidth() const { return params_.bandwidth; }

  Counter wire_bytes{statistics(), "wire_bytes", "B", "Bytes taken in, headers included"};
  Counter delivered_bytes{statistics(), "delivered_bytes", "B", "Bytes handed to the receiver, headers included"};
  Counter payload_bytes{statistics(), "payload_bytes", "B", "Payload taken in"};
  Counter trains{statistics(), "trains", "1", "Trains taken in"};
  Counter refused{statistics(), "refused", "1", "Pushes refused for want of credits"};
  Counter busy{statistics(), "busy", "ps", "Time the wire was held by a train"};
  Counter retries{statistics(), "retries", "1", "Pieces sent again after a bit error"};
  Counter retry_time{statistics(), "retry_time", "ps", "Time that trains were held up by repetitions"};
  Sample queueing{statistics(), "queueing", "ps", "From push to the start of serialisation"};

 private:
  struct Credit {
    TimePoint back;
    Bytes wire;
    std::int32_t channel = 0;
  };
  struct Channel {
    Bytes outstanding;  ///< <= longest_train()
    bool refused = false;
  };

  Duration repetitions(Bytes wire);        // what errors among the next `wire` bytes cost
  Duration repetitions_again(Bytes wire);  // had the last train been `wire` bytes
  void deliver();                          // SC_METHOD: hands over every train whose head has arrived
  void collect_credits(TimePoint time);    // takes back what has become free
  void announce_space();                   // to a refused source: at the next credit to come back
  [[nodiscard]] bool refused_someone() const;
  [[nodiscard]] Duration flight() const { return params_.latency + params_.fec_latency; }
  Channel& channel(std::int32_t index) { return channels_.at(static_cast<std::size_t>(index)); }

  const LinkParams params_;
  Ring<PacketTrain> in_flight_;  // ordered by head
  Ring<Credit> returning_;       // ordered by time
  std::vector<Channel> channels_;
  std::int64_t failed_ = 0;  ///< failures that are not repaired
  TimePoint last_start_;     // of the last serialisation
  Bytes last_wire_;
  TimePoint wire_free_;  // its end
  TimePoint first_start_;
  std::unique_ptr<BitErrors> errors_;       // where there are any
  std::optional<BitErrors> errors_before_;  // the last train
  std::int64_t repeated_pieces_ = 0;        // of it
  Duration repeated_;
  sc_core::sc_event head_arrives_{"head_arrives"};
  sc_core::sc_event space_{"space"};
};

}  // namespace decodesim
