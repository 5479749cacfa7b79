// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/build_info.hpp"

#include "git_revision.hpp"  // written at build time by git_revision.cmake

namespace decodesim {

BuildInfo build_info() { return {DECODESIM_VERSION, DECODESIM_GIT_REVISION}; }

}  // namespace decodesim
