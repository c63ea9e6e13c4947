# The Rust crate in tokenizer/ as a static library: target logitlens_tokenizer, with the header of its C
# interface. cargo runs in a folder of its own; set LOGITLENS_CARGO_DIR to share it between build trees, it
# does not depend on theirs.
find_program(CARGO cargo HINTS "$ENV{CARGO_HOME}/bin" "$ENV{HOME}/.cargo/bin")
if(NOT CARGO)
  message(FATAL_ERROR "cargo not found: run script/bootstrap, or install Rust 1.85 or newer")
endif()
set(LOGITLENS_CARGO_DIR "${PROJECT_BINARY_DIR}/tokenizer" CACHE PATH "Where cargo builds the tokenizer")

set(tokenizer_crate "${PROJECT_SOURCE_DIR}/tokenizer")
set(tokenizer_archive "${LOGITLENS_CARGO_DIR}/release/liblogitlens_tokenizer.a")
file(GLOB tokenizer_sources CONFIGURE_DEPENDS "${tokenizer_crate}/src/*.rs")
# The regular expressions' C library comes with the crate: a system's own would have to be there at run time
# too.
add_custom_command(
  OUTPUT "${tokenizer_archive}"
  COMMAND "${CMAKE_COMMAND}" -E env --unset=CARGO_BUILD_TARGET RUSTONIG_SYSTEM_LIBONIG=0
          "CC=${CMAKE_C_COMPILER}"
          "${CARGO}" build --quiet --release --locked --lib --target-dir "${LOGITLENS_CARGO_DIR}"
          --manifest-path "${tokenizer_crate}/Cargo.toml"
  COMMAND "${CMAKE_COMMAND}" -E touch_nocreate "${tokenizer_archive}"
  DEPENDS ${tokenizer_sources} "${tokenizer_crate}/Cargo.toml" "${tokenizer_crate}/Cargo.lock"
  COMMENT "Building the tokenizer crate"
  USES_TERMINAL VERBATIM)
add_custom_target(logitlens_tokenizer_build DEPENDS "${tokenizer_archive}")

add_library(logitlens_tokenizer STATIC IMPORTED GLOBAL)
# Ninja knows from the archive's name what a link waits for; elsewhere compiling waits too.
if(NOT CMAKE_GENERATOR MATCHES "Ninja")
  add_dependencies(logitlens_tokenizer logitlens_tokenizer_build)
endif()
set_target_properties(
  logitlens_tokenizer
  PROPERTIES IMPORTED_LOCATION "${tokenizer_archive}"
             INTERFACE_INCLUDE_DIRECTORIES "${tokenizer_crate}/include"
             INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS};m")
