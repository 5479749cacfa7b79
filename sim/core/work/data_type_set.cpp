// SPDX-License-Identifier: Apache-2.0
#include "sim/core/work/data_type_set.hpp"

#include <algorithm>
#include <sstream>

namespace decodesim {

DataTypeSet::DataTypeSet(std::initializer_list<DataType> types) : types_(types) {}

bool DataTypeSet::contains(DataType type) const {
  return std::find(types_.begin(), types_.end(), type) != types_.end();
}

std::string DataTypeSet::text() const {
  std::string out;
  for (const DataType type : types_) out += (out.empty() ? "" : " ") + std::string(name_of(type));
  return out;
}

ParseResult<DataTypeSet> DataTypeSet::from_text(const std::string& text) {
  DataTypeSet set{};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::optional<DataType> type = data_type_named(word);
    if (!type)
      return {std::nullopt, "'" + word +
                                "' is no data type; expected fp32, bf16, fp16, fp8, int8, fp4 or int4, "
                                "separated by blanks"};
    if (!set.contains(*type)) set.types_.push_back(*type);
  }
  return {set, ""};
}

}  // namespace decodesim
