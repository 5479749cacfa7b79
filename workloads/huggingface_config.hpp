// SPDX-License-Identifier: Apache-2.0
// A Hugging Face config.json -> an architecture. Which model types are known is the table in the source; where a key
// may be absent, the default is that of the type's configuration class in Hugging Face transformers.
#pragma once

#include <string>
#include <string_view>

#include "workloads/architecture.hpp"

namespace decodesim {

/// The figures of a config.json in the words of a model file, each with its place and its key; read_architecture takes
/// it. The name is the file's `_name_or_path`, or else that of its folder. Throws ConfigError with every mistake:
/// malformed text, an unknown model_type, a key that is missing, of a wrong type or of an absurd size.
Node read_huggingface_model(const std::string& path);
/// The same for text; `file` stands for it in messages, `name` is the model's.
Node read_huggingface_model(std::string_view text, const std::string& file, const std::string& name);

/// The architecture itself. Throws ConfigError.
Architecture read_huggingface_config(const std::string& path);

}  // namespace decodesim
