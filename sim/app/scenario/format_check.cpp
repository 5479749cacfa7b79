// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/format_check.hpp"

namespace decodesim {
namespace {

bool multiplies(const AcceleratorParameters& accelerator, DataType type) {
  switch (type) {
    case DataType::kFp32:
    case DataType::kBf16:
    case DataType::kFp16: return true;
    case DataType::kFp8: return !accelerator.fp8.is_zero();
    case DataType::kInt8: return !accelerator.int8.is_zero();
    case DataType::kFp4: return !accelerator.fp4.is_zero();
    case DataType::kInt4: return false;
  }
  return false;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

class FormatCheck {
 public:
  FormatCheck(const Plan& plan, const Node& precision, Diagnostics& diagnostics)
      : plan_(plan), precision_(precision), diagnostics_(diagnostics) {}

  void weights(const char* key, const WeightFormat& format) {
    const DataType activations = plan_.workload.decode.precision.activations;
    check(key, format.multiplied_in(activations), weight_format_choices(),
          [&](const WeightFormat& other) { return other.multiplied_in(activations); });
  }

  void plain(const char* key, DataType type) {
    check(key, type, data_type_choices(), [](DataType other) { return other; });
  }

 private:
  template <class V, class MultipliedIn>
  void check(const char* key, DataType type, const std::vector<Choice<V>>& choices, MultipliedIn multiplied_in) {
    const Node* node = precision_.find(key);
    if (node == nullptr || multiplies(plan_.accelerator, type)) return;
    std::vector<std::string> possible;
    for (const Choice<V>& choice : choices)
      if (multiplies(plan_.accelerator, multiplied_in(choice.value))) possible.emplace_back(choice.name);
    diagnostics_.error(node->position(), std::string(key) + ": '" + node->text() + "' is multiplied in " +
                                             std::string(name_of(type)) + ", for which " + plan_.accelerator_part +
                                             " has no unit; expected one of " + listed(possible));
  }

  const Plan& plan_;
  const Node& precision_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_formats(const Plan& plan, const Node* precision, Diagnostics& diagnostics) {
  if (precision == nullptr) return;
  const Precision& p = plan.workload.decode.precision;
  FormatCheck check(plan, *precision, diagnostics);
  check.weights("weights", p.weights);
  if (p.experts) check.weights("experts", *p.experts);
  if (p.lm_head) check.weights("lm_head", *p.lm_head);
  check.plain("activations", p.activations);
}

}  // namespace decodesim
