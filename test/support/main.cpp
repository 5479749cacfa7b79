// SPDX-License-Identifier: Apache-2.0
// Entry of every test executable: GoogleTest inside sc_main, because SystemC's library brings main().
#include <gtest/gtest.h>

#include <cstdlib>
#include <systemc>

int sc_main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
