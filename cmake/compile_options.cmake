# How our own code is compiled. Every target of ours links `logitlens_options` privately; it is never exported.
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug, RelWithDebInfo or MinSizeRel" FORCE)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

add_library(logitlens_options INTERFACE)
target_compile_features(logitlens_options INTERFACE cxx_std_20)
target_compile_options(
  logitlens_options
  INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Wsign-conversion>"
            "$<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${LOGITLENS_WERROR}>>:-Werror>")
# Two warnings that GCC judges wrongly when it optimises: overlapping copies in std::string (its bug 105651), and the
# value of an empty std::optional. clang-tidy looks for the real ones.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(logitlens_options INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict;-Wno-maybe-uninitialized>")
endif()
if(LOGITLENS_SANITIZE)
  target_compile_options(logitlens_options INTERFACE -fsanitize=${LOGITLENS_SANITIZE} -fno-sanitize-recover=all
                                                           -fno-omit-frame-pointer)
  target_link_options(logitlens_options INTERFACE -fsanitize=${LOGITLENS_SANITIZE})
endif()
