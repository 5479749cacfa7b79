// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/controller_parameters.hpp"

namespace decodesim {

Schema<DramControllerParameters> DramControllerParameters::schema() {
  using C = DramControllerParameters;
  Schema<C> s("dram_controller", "Policies of a DRAM controller at command fidelity");
  s.choice<PagePolicy>("page", &C::page, {{"open", PagePolicy::kOpen}, {"closed", PagePolicy::kClosed}},
                       "Whether a row stays open when nothing in the queue wants it",
                       assumed("open: streams come back to their rows"))
      .field("row_hit_cap", &C::row_hit_cap, {1, 1'000'000},
             "Column commands on a row while an older request waits for another row of its bank",
             assumed("16: half of a 1 KiB row in bursts of 32 B"))
      .field("write_queue_depth", &C::write_queue_depth, {1, 4096}, "Bursts of writes that wait a pseudo-channel",
             assumed("64, as the reads' queue"))
      .field("write_low", &C::write_low, {0, 4096}, "Writes left when a drain ends; it starts at this plus write_drain",
             assumed("a quarter of the write queue"))
      .field("refresh_postpone", &C::refresh_postpone, {0, 8}, "Refreshes that may be owed while requests wait",
             assumed("none: a saturated part gains nothing by owing; the standards allow up to 8"))
      .field("bank_skew", &C::bank_skew, "Whether a row's banks are turned by its number",
             cited("Zhang, Zhu and Zhang, MICRO 2000: streams in step then meet different banks"))
      .field("address_map", &C::address_map, "Parts of an address from most to least significant",
             derived("streams meet all pseudo-channels, then all bank groups, before a second row of a bank"));
  return s;
}

Schema<DramEnergyParameters> DramEnergyParameters::schema() {
  using E = DramEnergyParameters;
  Schema<E> s("dram_energy", "Energy of DRAM operations");
  const std::string fgdram = "O'Connor et al., Fine-Grained DRAM, MICRO 2017: HBM2";
  const Range<EnergyPerBit> per_bit{EnergyPerBit(0), EnergyPerBit(1'000'000'000)};
  const Range<Energy> each{Energy(0), Energy(1'000'000'000)};
  s.field("activate", &E::activate, each, "One activate with its precharge", cited(fgdram))
      .field("read", &E::read, per_bit, "Array to pins, a bit", cited(fgdram + ", 0.44 + 1.01 + 1.23 pJ/bit"))
      .field("write", &E::write, per_bit, "Pins to array, a bit", assumed("as a read"))
      .field("io", &E::io, per_bit, "Through the interface, a bit",
             cited(fgdram + ", TSV 0.5 and interposer 0.3 pJ/bit"))
      .field("refresh_bank", &E::refresh_bank, each, "Refreshing one bank once",
             derived("32,768 rows over 8,192 refreshes are 4 rows of one activate's energy each"))
      .field("background", &E::background, {Power(0), Power(1'000'000'000)}, "Standby power of a pseudo-channel",
             assumed("20 mW: no public figure"));
  return s;
}

}  // namespace decodesim
