// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/access_window.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {

AccessWindow::AccessWindow(std::unique_ptr<AccessSource> source, std::size_t streams, std::int64_t outstanding)
    : source_(std::move(source)), streams_(streams), outstanding_(outstanding), next_(source_->next()) {
  require(streams >= 1 && outstanding >= 1, "AccessWindow", "there are streams, and each may send");
}

// Only until somebody may send: what is taken from the source has to be kept.
void AccessWindow::pull(Duration elapsed) {
  while (ready_.empty() && next_ && next_->issue <= elapsed && has_room(*next_)) {
    const std::uint32_t stream = next_->stream;
    require(stream < streams_.size(), "AccessWindow", "every access is of a known stream");
    streams_[stream].waiting.push_back(*next_);
    ++waiting_;
    next_ = source_->next();
    list_if_ready(stream);
  }
}

void AccessWindow::list_if_ready(std::uint32_t stream) {
  Stream& s = streams_[stream];
  if (s.listed || s.waiting.empty() || s.open >= (s.waiting.front().dependent ? 1 : outstanding_)) return;
  s.listed = true;
  ready_.push_back(stream);
}

std::optional<MemoryAccess> AccessWindow::take(Duration elapsed) {
  elapsed_ = elapsed;
  pull(elapsed);
  if (ready_.empty()) return std::nullopt;
  const std::uint32_t stream = ready_.front();
  ready_.pop_front();
  Stream& s = streams_[stream];
  s.listed = false;
  const MemoryAccess access = s.waiting.front();
  s.waiting.pop_front();
  --waiting_;
  ++s.open;
  ++open_;
  list_if_ready(stream);
  return access;
}

void AccessWindow::answered(std::uint32_t stream) {
  require(streams_[stream].open > 0, "AccessWindow", "only an open access is answered");
  --streams_[stream].open;
  --open_;
  list_if_ready(stream);
}

void AccessWindow::stop() {
  next_.reset();
  ready_.clear();
  for (Stream& s : streams_) {
    s.waiting.clear();
    s.listed = false;
  }
  waiting_ = 0;
}

std::optional<Duration> AccessWindow::next_issue() const {
  if (!next_ || next_->issue <= elapsed_) return std::nullopt;
  return next_->issue;
}

}  // namespace decodesim
