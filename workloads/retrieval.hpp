// SPDX-License-Identifier: Apache-2.0
// Retrieval: a corpus (a vector index, a store of documents) that lies on the ranks, a share on each, and is read in
// every step at places that only the step's queries say: `read` bytes in contiguous runs of `run`.
//
// Laws, each one a test in test/workloads/retrieval_test.cpp or test/app/build/retrieval_test.cpp:
//   1. Each of n ranks holds ceil(corpus / n) and reads ceil(read / n) in a step, in equal parts for its micro-batches,
//      rounded up.
//   2. The read stands before the layers, and nothing of the step overlaps it: a step takes longer by its time.
//   3. Without a corpus, steps are what they were.
//
// Not modelled: distances and sorting, more rounds of search that wait for each other, what of the result travels
// between ranks, documents that become part of a prompt, changes to the corpus.
#pragma once

#include "sim/core/config/schema.hpp"
#include "sim/core/units/units.hpp"

namespace decodesim {

struct Retrieval {
  Bytes corpus;  ///< of all ranks; zero: there is none
  Bytes read;    ///< in a step, of all ranks
  Bytes run{4096};

  [[nodiscard]] bool present() const { return !corpus.is_zero(); }
  /// What one of `parts` has or reads of `bytes`.
  [[nodiscard]] static Bytes share(Bytes bytes, std::int64_t parts) {
    return Bytes(checked::narrow(checked::divide_up(bytes.count(), parts)));
  }
  static Schema<Retrieval> schema();
};

}  // namespace decodesim
