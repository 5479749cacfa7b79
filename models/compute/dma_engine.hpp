// SPDX-License-Identifier: Apache-2.0
// DmaEngine: moves operands between the memory tiers and the cores, one TLM-2.0 AT transaction a train. How many
// bytes a train keeps outstanding is part of it: by Little's law that bounds its rate at the memory.
//
// Laws, those towards a memory that is not ours each a test in test/models/compute/dma_engine_test.cpp: every train
// that is issued completes once; bytes asked equal bytes delivered; the client hears of the completion at (or before,
// with the time ahead annotated) the simulated time it holds for; the base protocol's rules hold whatever the memory
// answers with: one request at a time a socket until its END_REQ, and END_RESP for every BEGIN_RESP.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <memory>
#include <vector>

#include "models/compute/command.hpp"
#include "models/transport/payload_pool.hpp"
#include "sim/core/component/component.hpp"

namespace decodesim {

/// Told of the end of a transfer that it issued.
class DmaClient {
 public:
  virtual ~DmaClient() = default;
  /// The transfer with `tag` is complete at `at`, which is now or later.
  virtual void transfer_done(std::uint64_t tag, TimePoint at) = 0;
};

class DmaEngine : public Component {
 public:
  /// `path_latency` is added between the memory's response and the data's arrival at the cores.
  DmaEngine(const sc_core::sc_module_name& name, Context& context, std::size_t tiers, Duration path_latency);

  using Socket = tlm_utils::simple_initiator_socket_tagged<DmaEngine>;
  /// The socket towards tier `index`.
  [[nodiscard]] Socket& socket(std::size_t index) { return *tiers_.at(index).socket; }

  /// Starts `transfer` for `client`, keeping at most `in_flight` bytes outstanding (0: unbounded).
  void issue(const Transfer& transfer, Bytes in_flight, DmaClient& client, std::uint64_t tag);

  [[nodiscard]] bool idle() const { return outstanding_ == 0; }

  Counter bytes_asked{statistics(), "bytes_asked", "B", "Bytes of all trains issued"};
  Counter bytes_delivered{statistics(), "bytes_delivered", "B", "Bytes of all trains completed"};
  Counter weights_bytes{statistics(), "weights_bytes", "B", "Weights loaded"};
  Counter kv_bytes_read{statistics(), "kv_bytes_read", "B", "KV cache read"};
  Counter kv_bytes_written{statistics(), "kv_bytes_written", "B", "KV cache written"};

 private:
  struct Tier {
    std::unique_ptr<Socket> socket;
    tlm::tlm_generic_payload* requesting = nullptr;  ///< sent, and END_REQ has not come
    std::vector<tlm::tlm_generic_payload*> waiting;  ///< for that END_REQ, in order
  };
  struct Pending {
    DmaClient* client = nullptr;
    std::uint64_t tag = 0;
    Bytes bytes;
  };

  tlm::tlm_sync_enum nb_transport_bw(int tier, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void count(const Transfer& transfer);
  void request(Tier& tier);
  void request_ended(Tier& tier, const tlm::tlm_generic_payload& payload);
  void complete(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);

  Duration path_latency_;
  PayloadPool pool_;
  std::vector<Tier> tiers_;
  std::vector<Pending> pending_;  ///< indexed by the train's stream
  std::vector<std::uint32_t> free_streams_;
  std::int64_t outstanding_ = 0;
};

}  // namespace decodesim
