// SPDX-License-Identifier: Apache-2.0
// TrainExtension: what a memory transaction of ours carries beside tlm_generic_payload. A generic payload's length is
// 32 bits, too short for a weight matrix; and a train (a run of consecutive bursts of one operand) needs to say how
// its bytes lie and how many of them its initiator keeps outstanding.
//
// A payload without this extension is an ordinary TLM-2.0 transaction of get_data_length() bytes.
#pragma once

#include <cstdint>
#include <tlm>

#include "sim/core/units/units.hpp"
#include "sim/core/work/traffic_class.hpp"

namespace decodesim {

class TrainExtension : public tlm::tlm_extension<TrainExtension> {
 public:
  Bytes length;       ///< of the whole train, 64 bits
  Bytes run;          ///< contiguous bytes; length (or zero) when sequential, a KV page's slice when scattered
  Bytes stride;       ///< from the start of a run to the next one's; zero: runs shorter than the train lie anywhere
  Bytes region;       ///< from the address on, where the runs lie, over and over; zero: the memory's whole capacity
  Bytes in_flight;    ///< most bytes the initiator keeps outstanding (Little's law bounds its rate); 0: unbounded
  Ratio writes;       ///< of a read train: the share of its runs that are writes, scattered among the reads
  Bandwidth offered;  ///< rate at which the initiator starts runs, as far as in_flight lets it; zero: as fast as that
  bool announced = false;  ///< known before the step, in order: a memory may read ahead for it
  TrafficClass traffic = TrafficClass::kOther;
  std::uint32_t tensor = 0;
  std::uint32_t stream = 0;

  [[nodiscard]] tlm::tlm_extension_base* clone() const override { return new TrainExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override { *this = static_cast<const TrainExtension&>(other); }
};

}  // namespace decodesim
