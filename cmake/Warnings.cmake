# decodesim_options: what every target of this project is compiled with.
add_library(decodesim_options INTERFACE)
target_compile_features(decodesim_options INTERFACE cxx_std_20)
target_include_directories(decodesim_options INTERFACE ${PROJECT_SOURCE_DIR})
# Contraction would let results differ between machines with and without fused multiply-add.
target_compile_options(decodesim_options INTERFACE
  -ffp-contract=off
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
  -Wno-restrict  # GCC 12 reports it falsely for `"text" + string` when optimising (GCC bug 105651)
  $<$<BOOL:${DECODESIM_WERROR}>:-Werror>)
if(DECODESIM_SANITIZE)
  target_compile_options(decodesim_options INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer
    -fno-sanitize-recover=undefined)
  target_link_options(decodesim_options INTERFACE -fsanitize=address,undefined)
endif()
