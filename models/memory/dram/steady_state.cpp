// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/steady_state.hpp"

#include <algorithm>

#include "sim/core/component/random.hpp"
#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

// A sample's length: bursts of one pseudo-channel or eight; of all of them as many for each, within bounds. Trains in
// step need the longest, because they drift. More only makes it slower.
constexpr std::int64_t kBursts = 24'576;
constexpr std::int64_t kBurstsEach = 12'288;
constexpr std::int64_t kBurstsEachInStep = 28'672;
constexpr std::int64_t kMostBursts = 131'072;
constexpr std::int64_t kMostBurstsInStep = 786'432;
// Of a low offered load few accesses come within any time: then its rate is what is offered.
constexpr std::int64_t kMostIntervals = 16'384;
constexpr std::int64_t kFewestBursts = 1'024;
constexpr std::int64_t kFewUnits = 8;
// Bursts of the windows, a pseudo-channel, above which eight pseudo-channels stand for all.
constexpr std::int64_t kSeveral = 4;
// Requests of the windows, by place in the queues, above which every queue stays full.
constexpr std::int64_t kFull = 8;

std::int64_t scaled(std::int64_t value, std::int64_t numerator, std::int64_t denominator) {
  return value == 0 ? 0 : std::max<std::int64_t>(1, checked::multiply_divide_up(value, numerator, denominator));
}

// Largest r with r x r <= value.
std::int64_t integer_root(Int128 value) {
  Int128 low = 0;
  Int128 high = std::min<Int128>(value, INT32_MAX) + 1;
  while (high - low > 1) {
    const Int128 middle = low + (high - low) / 2;
    (middle * middle <= value ? low : high) = middle;
  }
  return static_cast<std::int64_t>(low);
}

std::uint64_t count_of(Bytes bytes) { return static_cast<std::uint64_t>(bytes.count()); }

}  // namespace

SteadyState::SteadyState(const DramParameters& stack, std::int64_t stacks, Duration way)
    : stack_(stack),
      channels_(checked::multiply(stack.channels, stacks)),
      capacity_(stack.capacity * stacks),
      way_(way) {
  interval_ = stack.above_85c ? stack.refi / 2 : stack.refi;
  // Per-bank refreshes come one bank after the other; what each costs repeats with every bank.
  for (std::int64_t i = 1; i <= units(); ++i) harmonic_ += kPartsPerMillion / i;
  period_ = stack.refresh == RefreshMode::kAllBank ? interval_ : interval_ / stack.banks();
}

// The train as it goes on for ever: where it begins in memory and how long it is no longer matter, unless it says
// where its accesses lie.
StreamShape SteadyState::endless(const StreamShape& shape) const {
  StreamShape out = shape;
  if (shape.in_flight >= shape.length) out.in_flight = Bytes();  // never waits for its window
  if (shape.region.is_zero() && shape.in_flight >= full_window(shape, 1)) out.in_flight = Bytes();
  if (shape.contiguous()) {
    out.run = out.stride = stack_.burst_bytes();
    out.region = Bytes();
    out.address = 0;
  } else {
    out.run = shape.access();
    if (shape.region.is_zero()) out.address %= count_of(stack_.burst_bytes());
  }
  out.length = Bytes(INT64_MAX / 4);
  return out;
}

// A window of one of so many trains that keeps all queues full.
Bytes SteadyState::full_window(const StreamShape& shape, std::int64_t trains) const {
  const Bytes queues = stack_.burst_bytes() * (kFull * units() * stack_.queue_depth);
  return std::max(queues / trains + Bytes(1), shape.run * 4);
}

std::int64_t SteadyState::sampled_units(std::span<const StreamShape> trains) const {
  std::int64_t window = 0;  // bursts
  bool scattered = true;    // accesses of all trains lie anywhere, whose places matter each on one pseudo-channel
  const auto count = static_cast<std::int64_t>(trains.size());
  for (const StreamShape& train : trains) {
    const bool sequential = !train.stride.is_zero() && train.stride == train.run;
    const bool alone = count == 1 && train.writes.is_zero();
    // Trains that say where they lie may stay in step with each other, or reads with writes: no part shows that.
    if (!train.stride.is_zero() && !(sequential && (train.region.is_zero() || alone))) return units();
    const Bytes w = train.in_flight.is_zero() ? full_window(train, count) : train.in_flight;
    window = checked::add(window, w / std::min(train.run, stack_.burst_bytes()));
    scattered = scattered && train.stride.is_zero() && (train.run <= stack_.interleave || train.region.is_zero());
  }
  // A stream alone visits all pseudo-channels evenly: twice what their queues hold keeps them full.
  const bool even = count == 1 && !trains.front().stride.is_zero();
  if (window >= (even ? 2 : kFull) * units() * stack_.queue_depth) return 1;
  return scattered && window >= kSeveral * units() ? std::min(units(), kFewUnits) : units();
}

const SteadyState::Mix& SteadyState::of(std::span<const StreamShape> trains) {
  require(!trains.empty(), "SteadyState", "a mix has at least one train");
  Key key;
  std::vector<StreamShape> endless_trains;
  for (const StreamShape& train : trains) {
    const StreamShape e = endless(train);
    key.insert(key.end(), {e.write ? 1 : 0, e.run.count(), e.stride.count(), e.region.count(), e.in_flight.count(),
                           e.writes.count(), e.offered.count(), static_cast<std::int64_t>(e.address)});
    endless_trains.push_back(e);
  }
  std::unique_ptr<const Mix>& mix = mixes_[key];
  if (!mix) mix = std::make_unique<const Mix>(sample(endless_trains));
  return *mix;
}

// Asked at every start and end of a train: what has been asked before is found without work.
const SteadyState::Mix& SteadyState::rates(std::span<const StreamShape> trains, std::vector<Bandwidth>& out) {
  asked_.clear();
  std::uint64_t hash = 0;
  for (const StreamShape& train : trains) {
    asked_.push_back(endless(train));
    const StreamShape& e = asked_.back();
    for (const std::int64_t value :
         {e.run.count(), e.stride.count(), e.region.count(), e.in_flight.count(), e.writes.count(), e.offered.count(),
          static_cast<std::int64_t>(e.address), std::int64_t{e.write}})
      hash = mix64(hash ^ static_cast<std::uint64_t>(value)) + 1;
  }
  std::vector<Answer>& answers = answers_[hash];
  auto known = std::find_if(answers.begin(), answers.end(), [this](const Answer& a) { return a.trains == asked_; });
  if (known == answers.end()) known = answers.insert(answers.end(), interpolated(asked_));
  out = known->rates;
  return *known->mix;
}

SteadyState::Answer SteadyState::interpolated(std::span<const StreamShape> trains) {
  std::vector<StreamShape> below(trains.begin(), trains.end());
  std::vector<StreamShape> above = below;
  bool between = false;
  for (std::size_t i = 0; i < trains.size(); ++i) {
    const Bytes window = trains[i].in_flight;
    if (!trains[i].region.is_zero() || window.is_zero()) continue;
    Bytes power(1);
    while (power * 2 <= window) power = power * 2;
    const Bytes half = power + power / 2;
    below[i].in_flight = window < half ? power : half;
    above[i].in_flight = below[i].in_flight == window ? window : window < half ? half : power * 2;
    between = between || above[i].in_flight != below[i].in_flight;
  }
  const Mix& upper = of(above);
  Answer answer{{trains.begin(), trains.end()}, upper.rates, &upper};
  if (!between) return answer;
  const Mix& lower = of(below);
  for (std::size_t i = 0; i < trains.size(); ++i) {
    const Bytes step = above[i].in_flight - below[i].in_flight;
    if (step.is_zero() || lower.rates[i] >= upper.rates[i]) continue;
    const Bandwidth more = upper.rates[i] - lower.rates[i];
    const Bytes into = trains[i].in_flight - below[i].in_flight;
    answer.rates[i] = lower.rates[i] + Bandwidth(checked::multiply_divide(more.count(), into.count(), step.count()));
  }
  return answer;
}

// The memory with so many of its pseudo-channels.
DramParameters SteadyState::part_of(std::int64_t sampled) const {
  DramParameters p = stack_;
  p.channels = channels_;
  p.capacity = capacity_;
  if (sampled == units()) return p;
  p.channels = std::max<std::int64_t>(1, sampled / p.pseudo_channels);
  p.pseudo_channels = std::min(p.pseudo_channels, sampled);
  // Whole rows of all banks, so that any address map covers it.
  const Bytes stripe = p.row_bytes * (p.units() * p.ranks * p.banks());
  const std::int64_t rows = p.rows != 0 ? p.rows : capacity_ / (units() / p.units()) / stripe;
  p.capacity = stripe * std::max<std::int64_t>(1, rows);
  return p;
}

// Train `number` of `count` on `part`.
StreamShape SteadyState::fitted(StreamShape train, const DramParameters& part, std::int64_t number,
                                std::int64_t count) const {
  if (train.in_flight.is_zero() || train.in_flight > full_window(train, count))
    train.in_flight = train.in_flight.is_zero() ? Bytes() : full_window(train, count);
  const std::int64_t sampled = part.units();
  const auto share = [&](std::int64_t value) { return scaled(value, sampled, units()); };
  if (sampled != units()) {
    train.in_flight = Bytes(share(train.in_flight.count()));
    train.offered = Bandwidth(share(train.offered.count()));
    // What a pseudo-channel sees of a longer run is a chunk of the interleave, or its part of whole rows of chunks.
    if (!train.stride.is_zero())
      train.run = train.stride = std::min(train.run, stack_.interleave);
    else if (train.run > stack_.interleave)
      train.run = std::max(stack_.interleave, Bytes(share(train.run.count()))) * sampled;
  }
  if (train.region.is_zero()) {
    // Trains that do not say where they lie begin in different banks and rows.
    const Bytes apart = part.capacity / (count + 1) + part.row_bytes * 3;
    if (!train.stride.is_zero()) train.address += count_of(apart * number) / 4096 * 4096;
  } else if (sampled != units()) {
    train.region = std::min(part.capacity, Bytes(std::max(share(train.region.count()), train.run.count())));
    const std::uint64_t most = count_of(part.capacity - train.region);
    train.address = std::min(most, static_cast<std::uint64_t>(share(static_cast<std::int64_t>(train.address))));
  }
  return train;
}

// First a start that fills queues and windows, then whole refresh periods.
SteadyState::Mix SteadyState::sample(std::span<const StreamShape> trains) const {
  const DramParameters part = part_of(sampled_units(trains));
  DramSystem system(part, 1, way_);
  std::vector<DramSystem::TrainId> ids;
  const auto count = static_cast<std::int64_t>(trains.size());
  for (std::int64_t i = 0; i < count; ++i)
    ids.push_back(system.add(fitted(trains[static_cast<std::size_t>(i)], part, i, count), TimePoint()));
  std::vector<DramSystem::Ended> ended;
  TimePoint now;
  const auto run = [&](std::int64_t bursts) {
    const std::int64_t enough = system.bursts() + bursts;
    const TimePoint latest = now + interval_ * kMostIntervals;
    do {
      now = now + period_;
      system.advance(now, ended);
    } while (system.bursts() < enough && now < latest);
  };
  const bool lone_stream = count == 1 && trains.front().stride == trains.front().run && trains.front().writes.is_zero();
  const bool in_step = !lone_stream && std::any_of(trains.begin(), trains.end(),
                                                   [](const StreamShape& t) { return !t.region.is_zero(); });
  const std::int64_t most = in_step ? kMostBurstsInStep : kMostBursts;
  const bool whole = part.units() == units();
  const std::int64_t each = in_step ? kBurstsEachInStep : kBurstsEach;
  // A stream that repeats itself on one pseudo-channel is soon known.
  const bool plain = part.units() == 1 && lone_stream;
  const std::int64_t length = plain ? kBursts / 3 : whole ? std::clamp(part.units() * each, kBursts, most) : kBursts;
  run(std::min(length / 4, kBursts));
  const TimePoint begin = now;
  const DramActivity before = system.activity(now);
  std::vector<std::int64_t> bursts;
  for (const DramSystem::TrainId id : ids) bursts.push_back(system.bursts_of(id));
  run(length);
  Mix mix;
  mix.activity = system.activity(now);
  mix.activity -= before;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Bytes bytes = scaled(stack_.burst_bytes() * (system.bursts_of(ids[i]) - bursts[i]), system.use_of(ids[i]));
    mix.bytes += bytes;
    const Bandwidth rate = bytes / (now - begin) * units() / part.units();
    const Bandwidth offered = trains[i].offered;
    const bool few = !offered.is_zero() && system.bursts_of(ids[i]) - bursts[i] < kFewestBursts;
    mix.rates.push_back(std::max(Bandwidth(1), few ? offered : rate));
  }
  mix.bytes = std::max(mix.bytes, Bytes(1));
  // No access ended: one that is hardly offered meets an idle memory, one too long for the sample has it to itself.
  const Duration idle = way_ + stack_.rcd_read + stack_.read_latency + stack_.burst_time();
  const Bandwidth peak = stack_.burst_bytes() * units() / stack_.burst_time();
  if (mix.activity.latency_ps.count() == 0)
    for (std::size_t i = 0; i < ids.size(); ++i)
      mix.activity.latency_ps.record(
          std::max(idle, trains[i].run / (trains[i].offered.is_zero() ? mix.rates[i] : peak)).count());
  apply_littles_law(trains, mix);
  return mix;
}

// Accesses of a train that lies anywhere fall on the pseudo-channels unevenly, and the end waits for the fullest one.
// Of W bytes outstanding a pseudo-channel has W / U on average. The difference grows as that of a random walk, with the
// root of the accesses so far, up to that of a closed network of equal servers, where every division of the bytes is
// equally likely and the fullest of U holds H(U) = 1 + 1/2 + ... + 1/U times the average.
Duration SteadyState::uneven_end(const StreamShape& shape, Bandwidth rate) const {
  if (shape.contiguous() || !shape.stride.is_zero() || units() == 1) return {};
  const Bytes access = std::min(shape.access(), stack_.interleave);
  Bytes window = shape.in_flight.is_zero() ? shape.length : std::min(shape.in_flight, shape.length);
  // Of an offered load little more is outstanding than comes within the latency.
  const Duration latency = way_ + stack_.rcd_read + stack_.read_latency + stack_.burst_time();
  if (!shape.offered.is_zero()) window = std::min(window, shape.offered * (latency * 2));
  constexpr std::int64_t kEuler = 577'216;
  // The largest of U normal deviates: sqrt(2 ln U) of them; ln U = H(U) - Euler's constant.
  // An access of several pieces brings at most one to each.
  const std::int64_t pieces = std::min(units(), std::max<std::int64_t>(1, shape.access() / access));
  const Int128 deviation = static_cast<Int128>(shape.length / access / units()) * 2 * (harmonic_ - kEuler) /
                           kPartsPerMillion * (units() - pieces) / units();
  const Bytes walked = access * integer_root(deviation);
  const Bytes settled =
      Bytes(checked::multiply_divide(window.count(), harmonic_ - kPartsPerMillion, kPartsPerMillion)) / units();
  return std::min(std::min(walked, settled) * units(), window * units()) / rate;
}

// Trains that keep their windows full: an access takes what is outstanding over the rate. That is exact; of a sample,
// whose windows may be cut and whose pseudo-channels fewer, the distribution is taken around it.
void SteadyState::apply_littles_law(std::span<const StreamShape> trains, Mix& mix) {
  Bytes outstanding;
  Bandwidth rate;
  for (std::size_t i = 0; i < trains.size(); ++i) {
    const StreamShape& train = trains[i];
    if (train.in_flight < train.run || !train.offered.is_zero()) return;
    outstanding += train.run * (train.in_flight / train.run);
    rate += mix.rates[i];
  }
  Histogram& latency = mix.activity.latency_ps;
  latency = latency.shifted((outstanding / rate).count() - latency.mean());
}

}  // namespace decodesim
