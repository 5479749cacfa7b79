// SPDX-License-Identifier: Apache-2.0
#include "models/memory/memory_module.hpp"

namespace decodesim {

MemoryModule::MemoryModule(const sc_core::sc_module_name& name, Context& context) : Component(name, context) {
  socket.register_nb_transport_fw(this, &MemoryModule::nb_transport_fw);
  socket.register_b_transport(this, &MemoryModule::b_transport);
  socket.register_transport_dbg(this, &MemoryModule::transport_dbg);
}

}  // namespace decodesim
