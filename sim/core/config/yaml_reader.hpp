// SPDX-License-Identifier: Apache-2.0
// YAML text -> Node. The only place that sees yaml-cpp. Duplicate keys, anchors' merge keys, several documents in one
// file and malformed text are mistakes with a place.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/config/node.hpp"

namespace decodesim {

/// Reads a whole file. Throws ConfigError when it is missing, unreadable, empty or malformed; a duplicate key is
/// recorded in `diagnostics` and reading goes on with the first value.
Node read_yaml_file(const std::string& path, Diagnostics& diagnostics);

/// The same for text; `name` stands for the file in messages.
Node read_yaml_text(std::string_view text, const std::string& name, Diagnostics& diagnostics);

/// One value from a command line (`--set key=VALUE`); every node in it gets `origin` as its position.
/// Throws ConfigError.
Node read_yaml_value(std::string_view text, const SourcePosition& origin);

}  // namespace decodesim
