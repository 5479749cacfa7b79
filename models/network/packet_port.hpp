// SPDX-License-Identifier: Apache-2.0
// PacketInjector and PacketEjector: where packets enter and leave a network at packet fidelity.
//
//   NIC --try_push--> PacketInjector --flits--> router ... router --flits--> PacketEjector --receive--> NIC
//
// Laws, each one a test in test/models/network/packet_router_test.cpp:
//   1. One packet at a time is cut into flits, which leave back to back as far as there are credits.
//   2. A packet is handed over whole, once, with the times of its first and last byte.
#pragma once

#include <vector>

#include "models/network/flit_link.hpp"
#include "models/network/ring.hpp"

namespace decodesim {

class PacketInjector : public Component, public PacketSink, public FlitOutput {
 public:
  /// `flit` as in PacketParams; `channels`: virtual channels of `link`, which it sends by.
  PacketInjector(const sc_core::sc_module_name& name, Context& context, Bytes flit, std::int32_t channels,
                 FlitLink& link, PacketStore& store);

  std::optional<TimePoint> try_push(const PacketTrain& packet) override;
  [[nodiscard]] const sc_core::sc_event& space_event() const override { return space_; }
  [[nodiscard]] Bytes longest_train() const override { return Bytes(std::int64_t{1} << 40); }
  void add_credit(std::int32_t port, std::int32_t channel, Bytes wire, TimePoint back) override;
  /// To be called once `link` is connected.
  void fill_credits();

 private:
  struct Credit {
    TimePoint back;
    std::int32_t channel = 0;
    Bytes wire;
  };

  void send();  // SC_METHOD: as many flits as there are credits for
  bool choose_channel();
  [[nodiscard]] Bytes next_flit() const { return flit_.is_zero() ? left_ : std::min(flit_, left_); }

  const Bytes flit_;
  FlitLink& link_;
  PacketStore& store_;
  std::vector<Bytes> credits_;
  Ring<Credit> returning_;
  std::uint32_t packet_ = 0;
  Bytes left_;  // of the packet; 0: none
  bool begun_ = false;
  bool refused_ = false;
  std::int32_t channel_ = 0;
  TimePoint wire_free_;
  sc_core::sc_event wake_{"wake"};
  sc_core::sc_event space_{"space"};
};

class PacketEjector : public FlitInput {
 public:
  /// Takes from `link`, hands to `receiver`.
  PacketEjector(std::int32_t channels, FlitLink& link, PacketStore& store, PacketReceiver& receiver);

  void take(std::int32_t port, const Flit& flit) override;
  [[nodiscard]] Bytes channel_buffer(std::int32_t /*port*/) const override { return Bytes(std::int64_t{1} << 40); }

 private:
  class Taken : public CreditReturn {  // credits went back flit by flit
    void return_credit(Bytes /*wire*/, TimePoint /*freed*/, std::int32_t /*channel*/) override {}
  };

  FlitLink& link_;
  PacketStore& store_;
  PacketReceiver& receiver_;
  Taken taken_;
  std::vector<TimePoint> heads_;  // of the packet that is coming in, by channel
};

}  // namespace decodesim
