// SPDX-License-Identifier: Apache-2.0
// Entry of the program. SystemC's library brings a main() of its own that prints a banner first; this one asks it not
// to.
#include <cstdlib>
#include <systemc>

#include "sim/app/cli/command_line.hpp"

int sc_main(int argc, char** argv) { return decodesim::command_line(argc, argv); }

int main(int argc, char** argv) {
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argc, argv);
}
