// SPDX-License-Identifier: Apache-2.0
// JSON text -> Node, with the place of every value. The only place of this room that sees nlohmann-json.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/config/node.hpp"

namespace decodesim {

/// Reads one JSON object; `name` stands for the file in messages. Of a key given twice the last value counts, as in
/// most JSON readers. Throws ConfigError when the text is malformed, nested absurdly deep or no object.
Node read_json_text(std::string_view text, const std::string& name);

/// The same for a file. Throws ConfigError, also when it cannot be read.
Node read_json_file(const std::string& path);

}  // namespace decodesim
