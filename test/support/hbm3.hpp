// SPDX-License-Identifier: Apache-2.0
// An HBM3-6400 stack for tests: the figures of models/catalog/memory, written out so that tests do not depend on it.
#pragma once

#include "models/memory/dram_parameters.hpp"

namespace decodesim::test {

inline DramParameters hbm3() {
  using namespace literals;
  DramParameters p;
  p.capacity = 16_GB;
  p.channels = 16;
  p.pseudo_channels = 2;
  p.width_bits = 32;
  p.burst_length = 8;
  p.bank_groups = 4;
  p.banks_per_group = 4;
  p.row_bytes = 1_KiB;
  p.clock = 1600_MHz;
  p.rcd_read = Duration(19'375);
  p.rcd_write = Duration(9'375);
  p.rp = Duration(16'250);
  p.ras = Duration(28'125);
  p.rrd_s = Duration(2'500);
  p.faw = Duration(15'000);
  p.rtp = Duration(5'625);
  p.wr = Duration(20'625);
  p.wtr_l = Duration(6'250);
  p.rtw = Duration(12'500);
  p.read_latency = Duration(12'500);
  p.write_latency = Duration(6'250);
  p.refi = 3900_ns;
  p.rfc = 350_ns;
  p.rfc_per_bank = 200_ns;
  return p;
}

}  // namespace decodesim::test
