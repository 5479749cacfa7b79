// SPDX-License-Identifier: Apache-2.0
#include "models/transport/payload_pool.hpp"

namespace decodesim {

tlm::tlm_generic_payload& PayloadPool::take() {
  if (free_.empty()) {
    owned_.push_back(std::make_unique<tlm::tlm_generic_payload>(this));
    owned_.back()->set_extension(new TrainExtension);  // owned and deleted by the payload
    free_.push_back(owned_.back().get());
  }
  tlm::tlm_generic_payload& payload = *free_.back();
  free_.pop_back();
  *payload.get_extension<TrainExtension>() = TrainExtension();
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  payload.set_data_ptr(nullptr);  // timing only
  payload.acquire();
  return payload;
}

void PayloadPool::free(tlm::tlm_generic_payload* payload) { free_.push_back(payload); }

}  // namespace decodesim
