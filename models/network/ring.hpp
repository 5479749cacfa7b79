// SPDX-License-Identifier: Apache-2.0
// Ring: a first-in, first-out queue in one block of memory, which grows to the most it ever held and is then reused: a
// steady run allocates nothing. (A std::deque allocates and frees a block every few trains.)
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace decodesim {

template <class T>
class Ring {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// The `i`-th from the front; i < size().
  [[nodiscard]] T& operator[](std::size_t i) { return slots_[(first_ + i) & (slots_.size() - 1)]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return slots_[(first_ + i) & (slots_.size() - 1)]; }
  // REQUIRES !empty().
  [[nodiscard]] T& front() { return slots_[first_]; }
  [[nodiscard]] const T& front() const { return slots_[first_]; }
  [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }

  /// Adds `value`, which must not lie in here, behind all others and returns its place. May invalidate references.
  T& push_back(const T& value) {
    if (size_ == slots_.size()) grow();
    T& slot = (*this)[size_++];
    slot = value;
    return slot;
  }
  void pop_front() {
    first_ = (first_ + 1) & (slots_.size() - 1);
    --size_;
  }
  /// Adds `value` to a queue ordered by `before`, behind those that it is equal to.
  template <class Before>
  void insert_ordered(const T& value, Before before) {
    push_back(value);
    for (std::size_t i = size_ - 1; i > 0 && before((*this)[i], (*this)[i - 1]); --i)
      std::swap((*this)[i], (*this)[i - 1]);
  }
  /// Takes out the `i`-th; those behind it move up.
  void erase(std::size_t i) {
    for (; i + 1 < size_; ++i) (*this)[i] = (*this)[i + 1];
    --size_;
  }

 private:
  void grow() {
    std::vector<T> larger(slots_.empty() ? 4 : 2 * slots_.size());
    for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move((*this)[i]);
    slots_.swap(larger);
    first_ = 0;
  }

  std::vector<T> slots_;  // a power of two of them, or none
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace decodesim
