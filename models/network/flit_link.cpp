// SPDX-License-Identifier: Apache-2.0
#include "models/network/flit_link.hpp"

#include <algorithm>

namespace decodesim {

FlitLink::FlitLink(const sc_core::sc_module_name& name, Context& context, const LinkParams& params)
    : Component(name, context), params_(params) {}

void FlitLink::connect(FlitOutput& from, std::int32_t from_port, FlitInput& to, std::int32_t to_port) {
  from_ = &from;
  to_ = &to;
  from_port_ = from_port;
  to_port_ = to_port;
}

void FlitLink::send(Flit flit, TimePoint time) {
  invariant(time >= wire_free_, "two flits overlap on the wire");
  const Duration length = this->length(flit.wire);
  wire_free_ = time + length;
  wire_bytes.add(flit.wire.count());
  delivered_bytes.add(flit.wire.count());
  if (flit.last) packets.add(1);
  busy.add(length.count());
  trace(EventKind::kTrainDepart, static_cast<std::uint64_t>(flit.wire.count()));
  // Not now: whoever takes it may have had its turn in this instant already.
  flit.head = std::max(time + params_.latency, now() + Duration(1));
  flit.tail = flit.head + length;
  to_->take(to_port_, flit);
}

void FlitLink::return_credit(std::int32_t channel, Bytes wire, TimePoint freed) {
  from_->add_credit(from_port_, channel, wire, std::max(freed + params_.latency, now() + Duration(1)));
}

}  // namespace decodesim
