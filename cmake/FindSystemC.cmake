# Finds SystemC (with TLM-2.0) by pkg-config and defines the target SystemC::systemc.
# Debian's library is built as C++17 and exports only that API version symbol: SC_CPLUSPLUS pins it for C++20 users.
find_package(PkgConfig QUIET)
if(PKG_CONFIG_FOUND)
  pkg_check_modules(SYSTEMC QUIET IMPORTED_TARGET GLOBAL systemc)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SystemC
  REQUIRED_VARS SYSTEMC_LINK_LIBRARIES
  VERSION_VAR SYSTEMC_VERSION
  REASON_FAILURE_MESSAGE "install it with: apt-get install libsystemc-dev pkg-config")
if(SystemC_FOUND AND NOT TARGET SystemC::systemc)
  add_library(SystemC::systemc INTERFACE IMPORTED GLOBAL)
  target_link_libraries(SystemC::systemc INTERFACE PkgConfig::SYSTEMC)
  target_compile_definitions(SystemC::systemc INTERFACE SC_CPLUSPLUS=201703L)
  # SystemC's headers are not warning-clean.
  set_target_properties(SystemC::systemc PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${SYSTEMC_INCLUDE_DIRS}")
endif()
