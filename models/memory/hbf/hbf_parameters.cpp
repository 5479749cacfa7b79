// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/hbf_parameters.hpp"

#include <algorithm>

namespace decodesim {
using namespace literals;
namespace {

using P = HbfParameters;
constexpr std::int64_t kSecondsPerDay = 86'400;
const char* const kSon = "Son et al., IEEE CAL 25(2), 2026";

void declare_organisation(Schema<P>& s) {
  s.field("capacity", &P::capacity, {1_MiB, 10'000_GB}, "Offered to the host; the rest is over-provisioned",
          cited("SanDisk HBF fact sheet: 512 GB a stack"))
      .field("channels", &P::channels, {1, 256}, "Channels of a stack", cited("OCP HBF 0.7.0: 16 channels a stack"))
      .field("dies", &P::dies, {1, 64}, "Dies of a stack", cited("SanDisk HBF fact sheet: 16-high"))
      .field("planes", &P::planes, {1, 4096}, "Planes of a die", cited(kSon))
      .field("blocks", &P::blocks, {1, 65'536}, "Blocks of a plane",
             derived("512 GB and 7.5 percent over-provisioning in 400 planes of 4 MiB blocks"))
      .field("pages", &P::pages, {1, 65'536}, "Pages of a block",
             derived("FLINT: in-place refresh 54.2 ms = 3 ms + 1,024 x 50 us"))
      .field("page", &P::page, {512_B, 1_MiB}, "Bytes a page", cited(kSon))
      .field("block", &P::block, {512_B, 1_GiB}, "Bytes a block", derived("1,024 pages of 4 KiB"))
      .field("access", &P::access, {1_B, 1_MiB}, "Smallest transfer out of an open page",
             cited("OCP HBF 0.7.0: 64 B reads, 64 a page"))
      .field("bits_per_cell", &P::bits_per_cell, {1, 4}, "SLC 1, MLC 2, TLC 3, QLC 4", cited(kSon));
}

void declare_timing(Schema<P>& s) {
  s.field("read", &P::read, {1_ns, 1_ms}, "tR, array to register",
          cited(std::string(kSon) + "; contested: H3 20 us, OCP 10 us, Z-NAND 3 us"))
      .field("read_step", &P::read_step, {0_ps, 1_ms}, "More tR for each further bit of a cell",
             derived("none: one bit a cell"))
      .field("program", &P::program, {1_us, 100_ms}, "tPROG", cited(kSon))
      .field("erase", &P::erase, {1_us, 1_s}, "tBERS", cited("FlashAccel, arXiv 2607.10186: about 1 ms; FLINT 3 ms"))
      .field("cached_reads", &P::cached_reads, "Whether a plane senses while its last page is still leaving",
             cited("OCP HBF 0.7.0: two cache buffers a bank"))
      .choice<PlaneReads>("plane_reads", &P::plane_reads,
                          {{"independent", PlaneReads::kIndependent},
                           {"multi_plane", PlaneReads::kMultiPlane},
                           {"single", PlaneReads::kSingle}},
                          "Which planes of a die sense at one time", derived("bandwidth is planes x page / tR"))
      .field("channel", &P::channel, {1_MBps, 100_TBps}, "Registers of one channel to the base die",
             derived("1,638.4 GB/s over 16 channels"))
      .field("ecc", &P::ecc, {0_ps, 1_ms}, "Latency of the pipelined decoder",
             assumed("200 ns: no measured time for a 4 KiB codeword is public"))
      .field("program_suspend", &P::program_suspend, {0_ps, 10_ms}, "Suspend of a program to a usable plane",
             assumed("5 us, a pulse of twenty; MQSim: 100 us for MLC"))
      .field("erase_suspend", &P::erase_suspend, {0_ps, 10_ms}, "Suspend of an erase to a usable plane",
             assumed("20 us, a pulse of fifty; MQSim: 700 us for MLC"))
      .field("resume", &P::resume, {0_ps, 10_ms}, "Added to what was left of a suspended operation",
             assumed("5 us: voltages are raised again"))
      .field("suspends", &P::suspends, {0, 1'000'000}, "Suspends of one operation at most",
             assumed("8: then it finishes, so writes cannot starve"))
      .field("staging", &P::staging, {1_KiB, 1_GiB}, "SRAM for pages on their way to the host",
             derived("2 x 1,638.4 GB/s x 1 us"))
      .field("double_buffered", &P::double_buffered, "Whether staging is given back by halves and not by pages",
             assumed("no: a page's room is free when the host has the page"));
}

void declare_host_side(Schema<P>& s) {
  s.field("host", &P::host, {1_MBps, 100_TBps}, "The stack's link to the accelerator, either direction at a time",
          derived("1,638.4 GB/s, as an HBM4 stack of 2,048 pins at 6.4 Gb/s"))
      .field("access_latency", &P::access_latency, {0_ps, 1_ms}, "Staging SRAM and link, request to first byte",
             assumed("100 ns: about that of a DRAM stack behind its controller"))
      .choice<bool>("read_ahead", &P::read_ahead, {{"on", true}, {"off", false}},
                    "Whether what a step's program announces is read before it is asked for",
                    assumed("on: weights have no data dependence"))
      .field("ahead_share", &P::ahead_share, {Ratio(0), 100_percent},
             "Of the staging SRAM that pages read ahead may hold",
             derived("half: one buffer fills ahead while the other one leaves"))
      .choice<FlashWrites>("writes", &P::writes, {{"log", FlashWrites::kLog}, {"zones", FlashWrites::kZones}},
                           "Who finds a place for what is written: a log on the stack, or the host in zones",
                           assumed("log: a drop-in memory; OCP HBF 0.7.0 has zones"))
      .field("write_buffer", &P::write_buffer, {512_B, 1_GiB}, "SRAM for pages that wait to be programmed",
             assumed("16 MiB, ten stripes of all planes; Son et al. have 40 MB of SRAM on the logic die in all"))
      .choice<bool>("gather", &P::gather, {{"on", true}, {"off", false}},
                    "Whether what is appended gathers to whole pages, or each run is programmed in pages of its own",
                    assumed("on: the write buffer is there for that"))
      .choice<bool>("refresh", &P::refresh, {{"on", true}, {"off", false}},
                    "Whether the array rewrites blocks that were read too often and data of age",
                    assumed("on: without it data would be lost; off: to see what it takes"));
}

/// Appends `text` unless `holds`.
void expect(bool holds, std::string text, std::vector<std::string>& out) {
  if (!holds) out.push_back(std::move(text));
}

}  // namespace

Schema<HbfRetryParameters> HbfRetryParameters::schema() {
  using R = HbfRetryParameters;
  Schema<R> s("hbf_retry", "Chance that a page is sensed again");
  const Range<Ratio> any{Ratio(0), 100_percent};
  s.field("fresh", &R::fresh, any, "Of a new block, just written", assumed("10 ppm: no public figure for SLC HBF"))
      .field("per_kilocycle", &R::per_kilocycle, any, "More for each 1,000 P/E cycles",
             assumed("1 percent at 100,000 cycles"))
      .field("per_day", &R::per_day, any, "More for each day of retention", assumed("0.05 percent a day"))
      .field("per_million_reads", &R::per_million_reads, any, "More for each 10^6 reads since the erase",
             assumed("1 percent when the block is due for its refresh"))
      .field("limit", &R::limit, {0, 64}, "Senses again at most", assumed("3 reference voltages"));
  return s;
}

Ratio HbfRetryParameters::rate(std::int64_t cycles, std::int64_t age_s, std::int64_t reads) const {
  const Int128 sum = static_cast<Int128>(fresh.count()) + static_cast<Int128>(per_kilocycle.count()) * cycles / 1000 +
                     static_cast<Int128>(per_day.count()) * age_s / kSecondsPerDay +
                     static_cast<Int128>(per_million_reads.count()) * reads / 1'000'000;
  return Ratio(checked::narrow(std::min<Int128>(sum, kPartsPerMillion)));
}

std::int64_t HbfRetryParameters::mean_senses_ppm(Ratio rate) const {
  std::int64_t sum = kPartsPerMillion;
  Int128 term = Int128{kPartsPerMillion} * kPartsPerMillion;  // finer than the sum: terms are small
  for (std::int64_t n = 0; n < limit; ++n) {
    term = term * rate.count() / kPartsPerMillion;
    sum += checked::narrow(term / kPartsPerMillion);
  }
  return sum;
}

Schema<HbfEnduranceParameters> HbfEnduranceParameters::schema() {
  using E = HbfEnduranceParameters;
  Schema<E> s("hbf_endurance", "What wears an HBF stack");
  s.field("cycles", &E::cycles, {1, 100'000'000}, "P/E cycles a block is rated for",
          cited(std::string(kSon) + ": 100,000, SLC"))
      .field("disturb_reads", &E::disturb_reads, {0, 1'000'000'000},
             "Reads of a block before it is rewritten; 0: never", cited("FLINT: 10^6 reads a block"))
      .field("retention", &E::retention, {0_ps, Duration(8'640'000LL * kPicosecondsPerSecond)},
             "Age of data at which it is rewritten; 0: never", cited("OCP HBF 0.7.0: patrol every 24 to 48 h at 85 C"))
      .field("spare_blocks", &E::spare_blocks, {0, 1024}, "Blocks of a plane that replace bad ones",
             assumed("4 of 328, a percent"))
      .field("wear_gap", &E::wear_gap, {0, 1'000'000}, "P/E cycles apart before cold data moves; 0: never",
             assumed("100: a thousandth of the rated cycles"));
  return s;
}

Schema<HbfEnergyParameters> HbfEnergyParameters::schema() {
  using E = HbfEnergyParameters;
  Schema<E> s("hbf_energy", "Energy and power of an HBF stack");
  const Range<EnergyPerBit> per_bit{EnergyPerBit(0), EnergyPerBit(1'000'000'000)};
  const Range<Power> power{Power(0), Power(1'000'000'000)};
  s.field("read", &E::read, per_bit, "Array to controller, a bit",
          cited("Characterizing HBF, table 1: 6.8 pJ/bit; contested: 8 to 33"))
      .field("program", &E::program, per_bit, "Programming a bit", cited("Characterizing HBF, table 1: 100 pJ/bit"))
      .field("erase", &E::erase, {Energy(0), Energy(1'000'000'000'000)}, "Erasing a block",
             assumed("as much as programming it: 4 MiB x 8 x 100 pJ"))
      .field("idle", &E::idle, power, "Of the stack", assumed("5 W: no public figure"))
      .field("limit", &E::limit, power, "The stack may draw when it reads at full rate",
             cited("H3, IEEE CAL 25(1), 2026: 160 W; contested: the paper has 80 W, a thermal limit 54 W"));
  return s;
}

Schema<HbfParameters> HbfParameters::schema() {
  Schema<P> s("hbf", "A High Bandwidth Flash stack");
  declare_organisation(s);
  declare_timing(s);
  declare_host_side(s);
  s.choice<bool>("above_power_limit", &P::fewer_planes, {{"refuse", false}, {"fewer_planes", true}},
                 "What becomes of a part whose planes together draw more than energy.limit",
                 assumed("refuse: such a part contradicts itself"))
      .nested("throttle", &P::throttle, HbfThrottleParameters::schema())
      .nested("age", &P::age, HbfAgeParameters::schema());
  s.nested("retry", &P::retry, HbfRetryParameters::schema())
      .nested("endurance", &P::endurance, HbfEnduranceParameters::schema())
      .nested("energy", &P::energy, HbfEnergyParameters::schema());
  return s;
}

Schema<HbfAgeParameters> HbfAgeParameters::schema() {
  using A = HbfAgeParameters;
  Schema<A> s("hbf_age", "What an HBF stack has been through before the run");
  const Provenance fresh = assumed("a new stack");
  s.field("cycles", &A::cycles, {0, 100'000'000}, "P/E cycles of each block", fresh)
      .field("days", &A::days, {0, 36'500}, "Since the data was programmed or refreshed", fresh)
      .field("reads", &A::reads, {0, 1'000'000'000}, "Of each block since its erase", fresh);
  return s;
}

Schema<HbfThrottleParameters> HbfThrottleParameters::schema() {
  using T = HbfThrottleParameters;
  Schema<T> s("hbf_throttle", "What heat leaves of an HBF stack's planes");
  const Range<Ratio> some{Ratio(1), 100_percent};
  s.choice<ThermalState>(
       "state", &T::state,
       {{"normal", ThermalState::kNormal}, {"light", ThermalState::kLight}, {"severe", ThermalState::kSevere}},
       "Thermal state during the run", cited("OCP HBF 0.7.0: light throttle, severe, and CATTRIP, which is off"))
      .field("light", &T::light, some, "Of all planes, sensing at one time in state light",
             assumed("75 percent: the standard names the state and no figure"))
      .field("severe", &T::severe, some, "Of all planes, sensing at one time in state severe",
             assumed("40 percent: the standard names the state and no figure"));
  return s;
}

Ratio HbfThrottleParameters::share() const {
  if (state == ThermalState::kLight) return light;
  return state == ThermalState::kSevere ? severe : Ratio(kPartsPerMillion);
}

Bytes HbfParameters::raw_capacity() const {
  return page * checked::multiply(checked::multiply(total_planes(), blocks), pages);
}

std::int64_t HbfParameters::channel_of(std::int64_t plane) const {
  const std::int64_t die = plane / planes;
  if (channels <= dies) return die * channels / dies;
  const std::int64_t a_die = channels / dies;
  return die * a_die + plane % planes % a_die;
}

Duration HbfParameters::mean_sense_time() const {
  const std::int64_t steps = checked::multiply(read_step.count(), bits_per_cell - 1);  // sum is n (n - 1) / 2 steps
  return read + Duration(steps / 2 + steps % 2);
}

Bandwidth HbfParameters::array_read_rate() const { return page * total_planes() / mean_sense_time(); }

// One page at least is left for what is asked for without having been announced.
std::int64_t HbfParameters::ahead_pages() const {
  return std::min(scaled(staging, ahead_share) / page, staging / page - 1);
}

Bandwidth HbfParameters::array_program_rate() const { return page * total_planes() / program; }

Power HbfParameters::read_power() const {
  const Bandwidth rate = std::min(array_read_rate(), channel * channels);
  // B/s x 8 x aJ/bit: 10^12 aJ/s are a microwatt.
  return energy.idle +
         Power(checked::multiply_divide(checked::multiply(rate.count(), 8), energy.read.count(), 1'000'000'000'000));
}

Ratio HbfParameters::sensing_share() const {
  const std::int64_t hot = throttle.share().count();
  const std::int64_t needed = (read_power() - energy.idle).count();
  const std::int64_t allowed = (energy.limit - energy.idle).count();
  if (!fewer_planes || needed <= allowed) return Ratio(hot);
  return Ratio(std::min(hot, checked::multiply_divide(kPartsPerMillion, std::max<std::int64_t>(allowed, 1), needed)));
}

Duration HbfParameters::rest() const {
  const std::int64_t share = std::max<std::int64_t>(1, sensing_share().count());
  return Duration(checked::multiply_divide_up(mean_sense_time().count(), kPartsPerMillion - share, share));
}

std::vector<std::string> HbfParameters::problems() const {
  std::vector<std::string> out;
  expect(block == page * pages,
         "block " + to_text(block) + " is not " + std::to_string(pages) + " pages of " + to_text(page) +
             "; expected block = pages x page",
         out);
  expect(page.count() % access.count() == 0,
         "page " + to_text(page) + " is not a multiple of access " + to_text(access) + "; expected whole accesses",
         out);
  expect(capacity.count() % page.count() == 0,
         "capacity " + to_text(capacity) + " is not a multiple of page " + to_text(page) + "; expected whole pages",
         out);
  expect(pages % bits_per_cell == 0, "pages is not a multiple of bits_per_cell; expected whole cells", out);
  expect(channels <= dies ? dies % channels == 0 : channels % dies == 0 && planes % (channels / dies) == 0,
         "channels do not divide the planes evenly; expected dies to be a multiple of channels, or channels of dies",
         out);
  expect(endurance.spare_blocks < blocks, "spare_blocks leaves no block for data; expected fewer than blocks", out);
  expect(capacity <= raw_capacity() - page * total_planes() * pages * std::min(endurance.spare_blocks, blocks),
         "capacity " + to_text(capacity) + " is above what the blocks hold, spares taken off; expected at most " +
             to_text(raw_capacity() - page * total_planes() * pages * std::min(endurance.spare_blocks, blocks)),
         out);
  expect(staging >= page, "staging " + to_text(staging) + " holds no page; expected at least " + to_text(page), out);
  expect(write_buffer >= page,
         "write_buffer " + to_text(write_buffer) + " holds no page; expected at least " + to_text(page), out);
  expect(program_suspend < program && erase_suspend < erase,
         "a suspend takes as long as the operation; expected program_suspend < program and erase_suspend < erase", out);
  const Int128 patrol = static_cast<Int128>(refresh_time().count()) * blocks;
  expect(!refresh || endurance.retention.is_zero() || endurance.retention.count() >= patrol,
         "endurance.retention " + to_text(endurance.retention) + " is less than rewriting " + std::to_string(blocks) +
             " blocks of a plane takes; expected more, 0 for never, or refresh: off",
         out);
  expect(age.cycles < endurance.cycles,
         "age.cycles " + std::to_string(age.cycles) + " is a worn-out stack; expected fewer than the " +
             std::to_string(endurance.cycles) + " of endurance.cycles",
         out);
  expect(fewer_planes || read_power() <= energy.limit,
         "reading " + std::to_string(total_planes()) + " planes at once draws " + to_short_text(read_power()) +
             "; expected at most the limit of " + to_text(energy.limit) + ", or above_power_limit: fewer_planes",
         out);
  return out;
}

}  // namespace decodesim
