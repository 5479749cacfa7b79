// SPDX-License-Identifier: Apache-2.0
// Flits and the contract by which they travel, at packet fidelity: every packet passes every stage by itself.
//
//   FlitOutput (router, injector) --flit--> FlitLink --flit--> FlitInput (router, ejector)
//        ^                                     |  ^                 |
//        +------------ add_credit -------------+  +-- return_credit +
//
// A packet is one flit, or several that follow each other on one virtual channel (wormhole). Links compute: they hand a
// flit on as soon as it is sent, with the times at which its first and last byte will arrive, and credits likewise. So
// whoever takes one must not act on it before its time; nobody needs an event of its own for a flight.
#pragma once

#include <cstdint>
#include <vector>

#include "models/network/packet.hpp"

namespace decodesim {

struct Flit {
  std::uint32_t packet = 0;  ///< its place in the PacketStore
  std::int32_t channel = 0;  ///< virtual channel on the link that it enters, or has come by
  bool first = true;         ///< of its packet
  bool last = true;
  Bytes wire;
  TimePoint head;  ///< when its first byte arrives
  TimePoint tail;  ///< when its last byte arrives
};

/// The packets that are in a network: what all flits of one share, so that a flit is small.
class PacketStore {
 public:
  std::uint32_t add(const PacketTrain& packet) {
    if (free_.empty()) {
      packets_.push_back(packet);
      return static_cast<std::uint32_t>(packets_.size() - 1);
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    packets_[place] = packet;
    return place;
  }
  [[nodiscard]] PacketTrain& at(std::uint32_t place) { return packets_[place]; }
  void remove(std::uint32_t place) { free_.push_back(place); }
  /// In the network now: 0 at the end of a run.
  [[nodiscard]] std::size_t size() const { return packets_.size() - free_.size(); }

 private:
  std::vector<PacketTrain> packets_;
  std::vector<std::uint32_t> free_;
};

/// Whether a packet is not its whole message.
[[nodiscard]] inline bool one_of_several(const PacketTrain& packet) { return packet.part > 0 || !packet.last; }

/// Where the space that a flit took is given back.
class FlitCredits {
 public:
  virtual ~FlitCredits() = default;
  /// `wire` bytes of the receiver's buffer for `channel` are free from `freed` on, which may lie ahead.
  virtual void return_credit(std::int32_t channel, Bytes wire, TimePoint freed) = 0;
};

/// The end of a link.
class FlitInput {
 public:
  virtual ~FlitInput() = default;
  /// `flit` comes in by `port`. Called when it is sent.
  virtual void take(std::int32_t port, const Flit& flit) = 0;
  /// How many bytes it holds for each virtual channel of `port`.
  [[nodiscard]] virtual Bytes channel_buffer(std::int32_t port) const = 0;
};

/// The beginning of a link.
class FlitOutput {
 public:
  virtual ~FlitOutput() = default;
  /// `wire` bytes for `channel` of `port` are there again from `back` on. Called when they are given back.
  virtual void add_credit(std::int32_t port, std::int32_t channel, Bytes wire, TimePoint back) = 0;
};

}  // namespace decodesim
