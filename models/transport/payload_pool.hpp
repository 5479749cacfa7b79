// SPDX-License-Identifier: Apache-2.0
// PayloadPool: memory manager of TLM-2.0 payloads. A payload keeps its TrainExtension for life, so a steady run
// allocates nothing. The pool must outlive every payload taken from it.
#pragma once

#include <memory>
#include <tlm>
#include <vector>

#include "models/transport/train_extension.hpp"

namespace decodesim {

class PayloadPool : public tlm::tlm_mm_interface {
 public:
  PayloadPool() = default;
  PayloadPool(const PayloadPool&) = delete;
  PayloadPool& operator=(const PayloadPool&) = delete;
  ~PayloadPool() override = default;

  /// A payload with one reference and a fresh TrainExtension. Give it back with release().
  tlm::tlm_generic_payload& take();
  /// How many payloads were ever made: the high-water mark of transactions in flight.
  [[nodiscard]] std::size_t size() const { return owned_.size(); }
  [[nodiscard]] std::size_t available() const { return free_.size(); }

 private:
  void free(tlm::tlm_generic_payload* payload) override;

  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> owned_;
  std::vector<tlm::tlm_generic_payload*> free_;
};

}  // namespace decodesim
