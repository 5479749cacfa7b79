// SPDX-License-Identifier: Apache-2.0
#include "sim/core/component/component.hpp"

namespace decodesim {

Component::Component(const sc_core::sc_module_name& name, Context& context)
    : sc_core::sc_module(name), context_(context), id_(fnv1a(this->name())), statistics_(this->name()) {
  require(sc_core::sc_get_time_resolution() == sc_core::sc_time(1, sc_core::SC_PS), this->name(),
          "the kernel's time resolution must be 1 ps");
  context.add_statistics(statistics_);
}

}  // namespace decodesim
