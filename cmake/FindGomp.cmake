# Gomp::gomp: GCC's OpenMP runtime, the one oneDNN of Debian runs on, whichever compiler we use. FindOpenMP would give
# clang a second runtime, and the thread count would be set in the wrong one.
include(FindPackageHandleStandardArgs)
find_library(Gomp_LIBRARY NAMES gomp libgomp.so.1)
mark_as_advanced(Gomp_LIBRARY)
find_package_handle_standard_args(Gomp REQUIRED_VARS Gomp_LIBRARY)

if(Gomp_FOUND AND NOT TARGET Gomp::gomp)
  add_library(Gomp::gomp UNKNOWN IMPORTED)
  set_target_properties(Gomp::gomp PROPERTIES IMPORTED_LOCATION "${Gomp_LIBRARY}")
  # GCC's omp.h is for GCC alone. Another compiler gets the two declarations that we use.
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Written only where it differs: a configure makes nothing compile again.
    file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/gomp/omp.h" @ONLY CONTENT
         "#pragma once\nextern \"C\" {\nint omp_get_max_threads();\nvoid omp_set_num_threads(int threads);\n}\n")
    set_target_properties(Gomp::gomp PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_BINARY_DIR}/gomp")
  endif()
endif()
