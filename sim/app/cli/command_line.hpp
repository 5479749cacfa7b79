// SPDX-License-Identifier: Apache-2.0
// The command line: arguments -> a subcommand -> an exit status.
#pragma once

namespace decodesim {

/// Runs the program. Prints results on stdout and mistakes on stderr; never throws.
int command_line(int argc, char** argv);

}  // namespace decodesim
