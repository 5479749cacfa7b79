// SPDX-License-Identifier: Apache-2.0
#include "models/memory/memory_module.hpp"

namespace decodesim {

MemoryModule::MemoryModule(const sc_core::sc_module_name& name, Context& context) : Component(name, context) {
  socket.register_nb_transport_fw(this, &MemoryModule::nb_transport_fw);
  socket.register_b_transport(this, &MemoryModule::b_transport);
  socket.register_transport_dbg(this, &MemoryModule::transport_dbg);
}

StreamShape MemoryModule::shape_of(const tlm::tlm_generic_payload& payload) {
  StreamShape shape;
  shape.write = payload.is_write();
  shape.address = payload.get_address();
  shape.length = Bytes(payload.get_data_length());
  if (const auto* train = payload.get_extension<TrainExtension>()) {
    shape.length = train->length;
    shape.run = train->run;
    shape.stride = train->stride;
    shape.region = train->region;
    shape.in_flight = train->in_flight;
    shape.writes = train->writes;
    shape.offered = train->offered;
  }
  return shape;
}

bool MemoryModule::within_capacity(const StreamShape& shape) const {
  const auto limit = static_cast<std::uint64_t>(capacity().count());
  const Bytes extent = shape.region.is_zero() ? shape.length : std::max(shape.region, shape.access());
  return shape.address <= limit && static_cast<std::uint64_t>(extent.count()) <= limit - shape.address;
}

}  // namespace decodesim
