// SPDX-License-Identifier: Apache-2.0
// The kernels that a software profile names: `gemm: {bf16: {use: cublas, wave: 1 us}}` with every `use:` replaced by
// the part's own values and what is written beside it laid on top. A kernel may `use:` another one itself: what it does
// not say is as there.
#pragma once

#include "sim/app/scenario/catalog.hpp"

namespace decodesim {

/// `software`: a profile's mapping, its own `use:` already replaced. Mistakes go to `diagnostics`.
Node with_kernels(Node software, const Catalog& catalog, Diagnostics& diagnostics);

/// One kernel's mapping with the kernel that it uses laid below. Throws ConfigError.
Node with_kernel_below(const Node& kernel, PartKind kind, const Catalog& catalog);

}  // namespace decodesim
