// SPDX-License-Identifier: Apache-2.0
// DataTypeSet: several number formats, as text "fp32 bf16".
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "sim/core/units/text.hpp"
#include "sim/core/work/data_type.hpp"

namespace decodesim {

class DataTypeSet {
 public:
  DataTypeSet(std::initializer_list<DataType> types);

  [[nodiscard]] bool contains(DataType type) const;
  /// Names in the order given, separated by blanks.
  [[nodiscard]] std::string text() const;
  static ParseResult<DataTypeSet> from_text(const std::string& text);

 private:
  std::vector<DataType> types_;
};

}  // namespace decodesim
