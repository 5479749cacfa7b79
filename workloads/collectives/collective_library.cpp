// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/collective_library.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {

using namespace literals;

Schema<ProtocolParams> ProtocolParams::schema(bool use_by_default) {
  using P = ProtocolParams;
  const Range<Duration> time{0_ps, 10_ms};
  const Provenance none = assumed("none: a library that costs nothing");
  return std::move(
      Schema<P>("protocol", "How a library's messages announce themselves")
          .field("enabled", &P::use, "Whether the library has it",
                 assumed(use_by_default ? "on: messages with a flag behind them" : "off"))
          .field("step", &P::step, time, "From a message's arrival until its receiver passes it on", none)
          .field("step_between", &P::step_between, time, "The same of a message between domains", none)
          .field("line", &P::line, {1, 1 << 20}, "Bytes that a line takes on the wire, data and flags", none)
          .field("line_data", &P::line_data, {1, 1 << 20}, "Thereof data", none)
          .field("streams", &P::streams, "Whether data is passed on while more of the message arrives",
                 assumed("on: in slices")));
}

Schema<CollectiveLibrary> CollectiveLibrary::schema() {
  using L = CollectiveLibrary;
  const Range<Duration> time{0_ps, 100_ms};
  const Range<Bytes> any{0_B, 1024 * 1_GiB};
  const Provenance none = assumed("none: a library that costs nothing");
  return std::move(
      Schema<L>("library", "A collective library")
          .field("setup", &L::setup, time, "From its kernel's first instruction to its first message", none)
          .field("copy_share", &L::copy_share, {Ratio(10'000), Ratio(1'000'000'000'000)},
                 "Rate at which its kernel combines, or copies from its buffers, over the bandwidth of a rank's links "
                 "within a domain, headers taken off",
                 none)
          .field("chunk", &L::chunk, {1_B, 1024 * 1_GiB},
                 "What trees, hierarchical and in-network algorithms pass on at once: one chunk is on its way while "
                 "the next is combined",
                 assumed("the whole vector"))
          .field("message_ll_limit", &L::message_ll_limit, any,
                 "Longest message of an exchange between pairs (all-to-all, send and receive) that goes by ll", none)
          .field("eager_limit", &L::eager_limit, any,
                 "Longest message between domains that goes without a handshake, on the wire", none)
          .field("rendezvous", &L::rendezvous, time, "What the handshake takes", none)
          .field("any_algorithm", &L::any_algorithm,
                 "Whether auto weighs trees and halving within a domain too, or rings alone",
                 assumed("on: the best of all"))
          .field("in_network", &L::in_network, "Whether auto weighs reduction in the network", assumed("off"))
          .field("in_network_step", &L::in_network_step, time, "Synchronisation of a chunk that the switch reduces",
                 none)
          .field("in_network_share", &L::in_network_share, {Ratio(10'000), Ratio(1'000'000)},
                 "Share of the link's bandwidth that reduction in the network reaches", none)
          .nested("ll", &L::ll, ProtocolParams::schema(false))
          .nested("ll128", &L::ll128, ProtocolParams::schema(false))
          .nested("simple", &L::simple, ProtocolParams::schema(true)));
}

std::vector<std::string> CollectiveLibrary::problems() const {
  std::vector<std::string> out;
  if (!simple.use) out.emplace_back("simple.enabled: false, and every library has it; expected true");
  for (const auto& [name, protocol] : {std::pair{"ll", &ll}, {"ll128", &ll128}, {"simple", &simple}})
    if (protocol->line_data > protocol->line)
      out.push_back(std::string(name) + ".line_data: " + std::to_string(protocol->line_data) +
                    " bytes of data in lines of " + std::to_string(protocol->line) + "; expected at most as many");
  return out;
}

const ProtocolParams& CollectiveLibrary::of(CollectiveProtocol protocol) const {
  switch (protocol) {
    case CollectiveProtocol::kLl: return ll;
    case CollectiveProtocol::kLl128: return ll128;
    case CollectiveProtocol::kSimple: return simple;
    case CollectiveProtocol::kAuto: break;
  }
  throw InternalError("library", "a protocol that has no parameters");
}

std::vector<CollectiveProtocol> CollectiveLibrary::protocols() const {
  std::vector<CollectiveProtocol> out;
  for (const CollectiveProtocol protocol :
       {CollectiveProtocol::kLl, CollectiveProtocol::kLl128, CollectiveProtocol::kSimple})
    if (of(protocol).use) out.push_back(protocol);
  return out;
}

}  // namespace decodesim
