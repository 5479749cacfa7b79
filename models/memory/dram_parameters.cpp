// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_parameters.hpp"

namespace decodesim {
using namespace literals;
namespace {

using P = DramParameters;

void declare_organisation(Schema<P>& s) {
  s.field("capacity", &P::capacity, {1_MiB, 10'000_GB}, "Of one stack", required())
      .field("channels", &P::channels, {1, 1024}, "Independent channels of a stack", required())
      .field("pseudo_channels", &P::pseudo_channels, {1, 8}, "Pseudo-channels a channel",
             derived("one: a channel that is not divided"))
      .field("width_bits", &P::width_bits, {4, 1024}, "Data pins a pseudo-channel", required())
      .field("burst_length", &P::burst_length, {1, 64}, "Transfers a burst", required())
      .field("bank_groups", &P::bank_groups, {1, 64}, "Bank groups a pseudo-channel", required())
      .field("banks_per_group", &P::banks_per_group, {1, 64}, "Banks a bank group", required())
      .field("row_bytes", &P::row_bytes, {64_B, 64_KiB}, "Row (page) of one bank", required())
      .field("interleave", &P::interleave, {32_B, 64_KiB}, "Contiguous bytes on one pseudo-channel before the next",
             assumed("256 B, a few bursts: address hashing of GPUs is not public"));
}

void declare_bus(Schema<P>& s) {
  s.field("clock", &P::clock, {100_MHz, 10'000_MHz}, "Command clock CK", required())
      .field("transfers_per_clock", &P::transfers_per_clock, {1, 16}, "Data transfers a pin in one CK",
             cited("JESD238: HBM3 moves 8 transfers in 2 CK"))
      .field("ccd_s", &P::ccd_s, {1, 64}, "tCCD_S, cycles between column commands to different bank groups", required())
      .field("ccd_l", &P::ccd_l, {1, 64}, "tCCD_L, cycles between column commands within a bank group", required());
}

void declare_timing(Schema<P>& s) {
  const Range<Duration> ns{0_ps, 10_us};
  s.field("rcd_read", &P::rcd_read, ns, "tRCDRD, activate to read", required())
      .field("rcd_write", &P::rcd_write, ns, "tRCDWR, activate to write", required())
      .field("rp", &P::rp, ns, "tRP, precharge to activate", required())
      .field("ras", &P::ras, ns, "tRAS, activate to precharge", required())
      .field("rrd_s", &P::rrd_s, ns, "tRRD_S, activate to activate of another bank", required())
      .field("faw", &P::faw, ns, "tFAW, window of at most four activates", required())
      .field("rtp", &P::rtp, ns, "tRTP, read to precharge", required())
      .field("wr", &P::wr, ns, "tWR, end of write data to precharge", required())
      .field("wtr_l", &P::wtr_l, ns, "tWTR_L, end of write data to read", required())
      .field("rtw", &P::rtw, ns, "tRTW, read to write", required())
      .field("read_latency", &P::read_latency, ns, "CL, read to first data", required())
      .field("write_latency", &P::write_latency, ns, "CWL, write to first data", required())
      .field("refi", &P::refi, {100_ns, 1_ms}, "tREFI, mean interval of refreshes", required())
      .field("rfc", &P::rfc, ns, "tRFC, all-bank refresh", required())
      .field("rfc_per_bank", &P::rfc_per_bank, ns, "tRFCpb, refresh of one bank", required());
}

void declare_controller(Schema<P>& s) {
  s.choice<RefreshMode>("refresh", &P::refresh,
                        {{"all_bank", RefreshMode::kAllBank}, {"per_bank", RefreshMode::kPerBank}},
                        "Whether a refresh stops the pseudo-channel or one bank",
                        assumed("per bank: HBM controllers use REFpb to keep the bus busy"))
      .field("queue_depth", &P::queue_depth, {1, 4096}, "Requests a pseudo-channel that may be reordered",
             assumed("64: a GPU memory controller's order, not public"))
      .field("write_drain", &P::write_drain, {1, 4096}, "Writes a pseudo-channel drained at a time",
             assumed("half of the queue, as common watermark policies"));
}

void declare_command_level(Schema<P>& s) {
  const Range<Duration> ns{0_ps, 10_us};
  s.field("ranks", &P::ranks, {1, 16}, "Ranks or stack ids a pseudo-channel, each with all the banks",
          derived("one: the banks given are all there are"))
      .field("rows", &P::rows, {0, 1 << 24}, "Rows of a bank", derived("0: as many as the capacity needs"))
      .field("ccd_l_write", &P::ccd_l_write, {0, 256}, "tCCD_L_WR, cycles between writes within a bank group",
             derived("0: ccd_l"))
      .field("ccd_r", &P::ccd_r, {0, 64}, "tCCD_R, cycles between column commands to different ranks",
             derived("0: ccd_s + 1"))
      .field("rc", &P::rc, ns, "tRC, activate to activate of a bank", derived("0: ras + rp"))
      .field("rrd_l", &P::rrd_l, ns, "tRRD_L, activate to activate within a bank group", derived("0: rrd_s"))
      .field("wtr_s", &P::wtr_s, ns, "tWTR_S, end of write data to read of another bank group", derived("0: wtr_l"))
      .field("rrefd", &P::rrefd, ns, "tRREFD, per-bank refresh to activate or refresh of another bank",
             derived("0: tRRD_L"))
      .field("shared_command_bus", &P::shared_command_bus, "Whether row and column commands share their pins",
             cited("JESD235, JESD238: HBM has a row and a column command bus"))
      .field("command_clocks", &P::command_clocks, {1, 8}, "Clocks a command occupies its bus",
             assumed("one: a pseudo-channel has half of its channel's command slots"))
      .field("above_85c", &P::above_85c, "Whether the part is hot: refreshes are due twice as often",
             assumed("no: cooled below 85 C"))
      .field("check_bits", &P::check_bits, {Ratio(), 100_percent},
             "Check bits for each data bit that lie among the data and move with them (inline ECC)",
             derived("0: none, or on pins or dies of their own"))
      .nested("controller", &P::controller, DramControllerParameters::schema())
      .nested("energy", &P::energy, DramEnergyParameters::schema());
}

}  // namespace

Schema<DramParameters> DramParameters::schema() {
  Schema<P> s("dram", "A DRAM stack or module: channels, banks, timing, refresh");
  declare_organisation(s);
  declare_bus(s);
  declare_timing(s);
  declare_controller(s);
  declare_command_level(s);
  return s;
}

Bytes DramParameters::burst_bytes() const { return Bytes(width_bits * burst_length / 8); }

Duration DramParameters::burst_time() const {
  return cycles_at(
      divide_up(Quantity<struct TransferTag>(burst_length), Quantity<struct TransferTag>(transfers_per_clock)), clock);
}

// From the total and not from the rounded burst time: no drift.
Bandwidth DramParameters::peak() const {
  const std::int64_t bits_per_clock = checked::multiply(units() * width_bits, transfers_per_clock);
  return Bandwidth(checked::multiply_divide(bits_per_clock, clock.count(), 8));
}

std::vector<std::string> DramParameters::problems() const {
  std::vector<std::string> out;
  if (width_bits * burst_length % 8 != 0)
    out.emplace_back("width_bits x burst_length is not a whole number of bytes; expected a multiple of 8 bits");
  else if (row_bytes.count() % burst_bytes().count() != 0)
    out.push_back("row_bytes " + to_text(row_bytes) + " is not a multiple of the burst's " + to_text(burst_bytes()) +
                  "; expected whole bursts");
  else if (interleave.count() % burst_bytes().count() != 0)
    out.push_back("interleave " + to_text(interleave) + " is not a multiple of the burst's " + to_text(burst_bytes()) +
                  "; expected whole bursts");
  if (burst_length % transfers_per_clock != 0)
    out.emplace_back("burst_length is not a multiple of transfers_per_clock; expected whole clocks a burst");
  if (ccd_l < ccd_s) out.emplace_back("ccd_l is below ccd_s; expected tCCD_L >= tCCD_S");
  if (burst_length / transfers_per_clock > ccd_s)
    out.emplace_back("ccd_s is shorter than a burst; expected tCCD_S to cover burst_length / transfers_per_clock");
  if (ras < rcd_read) out.emplace_back("ras is below rcd_read; expected tRAS >= tRCDRD");
  if (rfc >= refi) out.emplace_back("rfc is not below refi: the part would only refresh; expected tRFC < tREFI");
  if (rfc_per_bank >= refi)
    out.emplace_back("rfc_per_bank is not below refi: the part would only refresh; expected tRFCpb < tREFI");
  return out;
}

}  // namespace decodesim
