// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/run_support.hpp"

#include <sys/resource.h>

#include "sim/core/component/component.hpp"

namespace decodesim {

void run_kernel() {
  sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
  try {
    sc_core::sc_start();
  } catch (const sc_core::sc_report& report) {
    const char* process = report.get_process_name();
    throw InternalError(process != nullptr ? process : "simulation kernel", report.get_msg());
  }
}

void collect_components(const Context& context, RunResult& result) {
  for (const StatisticsGroup* group : context.statistics())
    for (const Statistic* statistic : group->all())
      for (const Statistic::Value& value : statistic->values())
        result.components.push_back({group->path(), value.name, std::string(statistic->unit()), value.value});
}

std::int64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace decodesim
