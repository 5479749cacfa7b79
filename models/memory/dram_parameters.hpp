// SPDX-License-Identifier: Apache-2.0
// DramParameters: organisation and timing of one DRAM stack (or module), as a datasheet gives them. Both fidelities
// read this one struct.
#pragma once

#include "models/memory/dram/controller_parameters.hpp"
#include "sim/core/config/schema.hpp"

namespace decodesim {

enum class RefreshMode : std::uint8_t { kAllBank, kPerBank };

struct DramParameters {
  // Organisation.
  Bytes capacity;
  std::int64_t channels = 0;
  std::int64_t pseudo_channels = 1;  ///< a channel
  std::int64_t width_bits = 0;       ///< data pins a pseudo-channel
  std::int64_t burst_length = 0;     ///< transfers a burst
  std::int64_t bank_groups = 0;
  std::int64_t banks_per_group = 0;
  Bytes row_bytes;        ///< page of one pseudo-channel's bank
  Bytes interleave{256};  ///< contiguous bytes on one pseudo-channel before the next
  // Clocking.
  Frequency clock;                       ///< CK, of the command bus
  std::int64_t transfers_per_clock = 4;  ///< data transfers a pin in one CK
  // Timing: cycles for what the bus sets, durations for what the array sets.
  std::int64_t ccd_s = 2;
  std::int64_t ccd_l = 4;
  Duration rcd_read;
  Duration rcd_write;
  Duration rp;
  Duration ras;
  Duration rrd_s;
  Duration faw;
  Duration rtp;
  Duration wr;
  Duration wtr_l;
  Duration rtw;
  Duration read_latency;   ///< CL
  Duration write_latency;  ///< CWL
  Duration refi;
  Duration rfc;
  Duration rfc_per_bank;
  RefreshMode refresh = RefreshMode::kPerBank;
  // Controller.
  std::int64_t queue_depth = 64;  ///< requests a pseudo-channel that the scheduler may reorder
  std::int64_t write_drain = 32;  ///< writes a pseudo-channel that one turnaround is spread over
  // What a part may leave out. A zero means: derived from the fields above, as its schema says.
  std::int64_t ranks = 1;        ///< ranks or stack ids that share a pseudo-channel; each has all the banks
  std::int64_t rows = 0;         ///< a bank
  std::int64_t ccd_l_write = 0;  ///< cycles
  std::int64_t ccd_r = 0;        ///< cycles
  Duration rc;
  Duration rrd_l;
  Duration wtr_s;
  Duration rrefd;
  bool shared_command_bus = false;  ///< row and column commands on the same pins
  std::int64_t command_clocks = 1;  ///< clocks a command occupies its bus
  bool above_85c = false;           ///< refreshes are due twice as often
  Ratio check_bits;                 ///< for each data bit, where they lie among the data (inline ECC)
  DramControllerParameters controller;
  DramEnergyParameters energy;

  [[nodiscard]] Bytes burst_bytes() const;
  [[nodiscard]] Duration burst_time() const;
  [[nodiscard]] std::int64_t banks() const { return bank_groups * banks_per_group; }
  [[nodiscard]] std::int64_t units() const { return channels * pseudo_channels; }  ///< pseudo-channels of a stack
  /// channels x pseudo-channels x bytes a burst / burst time.
  [[nodiscard]] Bandwidth peak() const;
  /// What contradicts itself in this part ("tRAS + ... "), empty when sound.
  [[nodiscard]] std::vector<std::string> problems() const;

  static Schema<DramParameters> schema();
};

}  // namespace decodesim
