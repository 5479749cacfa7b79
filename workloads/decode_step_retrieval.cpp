// SPDX-License-Identifier: Apache-2.0
// The part of DecodeStepBuilder that reads a corpus before the layers (workloads/retrieval.hpp).
#include <algorithm>

#include "workloads/decode_step.hpp"

namespace decodesim {

Schema<Retrieval> Retrieval::schema() {
  using namespace literals;
  const Range<Bytes> size{1_B, 1'000'000_GB};
  return std::move(
      Schema<Retrieval>("retrieval", "A corpus that every step reads from, at places that its queries say")
          .field("corpus", &Retrieval::corpus, size, "Index and documents on all accelerators together", required())
          .field("read", &Retrieval::read, size, "Read in a step, by all accelerators together", required())
          .field("run", &Retrieval::run, size, "Contiguous bytes of a read",
                 assumed("4 KiB: a node of an index that is laid out in pages of storage")));
}

void DecodeStepBuilder::append_retrieval(const Slice& slice, std::vector<Operator>& out) const {
  const Retrieval& retrieval = config_.retrieval;
  if (!retrieval.present()) return;
  // A slice is every stride-th sequence: of a replica's and a micro-batch's.
  const std::int64_t parts = static_cast<std::int64_t>(slice.stride) / config_.parallel.data;
  Operator op = blank(OperatorKind::kRetrieval, "retrieval");
  op.retrieved = Retrieval::share(retrieval.read, checked::multiply(config_.parallel.ranks(), parts));
  op.retrieved_run = std::min(retrieval.run, op.retrieved);
  out.push_back(op);
}

Bytes DecodeStepBuilder::corpus_bytes() const {
  return Retrieval::share(config_.retrieval.corpus, config_.parallel.ranks());
}

}  // namespace decodesim
