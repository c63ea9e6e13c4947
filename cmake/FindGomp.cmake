# Gomp::gomp: GCC's OpenMP runtime, the one oneDNN of Debian runs on, whichever compiler we use. FindOpenMP would give
# clang a second runtime, and the thread count would be set in the wrong one.
include(FindPackageHandleStandardArgs)
find_library(Gomp_LIBRARY NAMES gomp libgomp.so.1)
mark_as_advanced(Gomp_LIBRARY)
find_package_handle_standard_args(Gomp REQUIRED_VARS Gomp_LIBRARY)

if(Gomp_FOUND AND NOT TARGET Gomp::gomp)
  add_library(Gomp::gomp UNKNOWN IMPORTED)
  set_target_properties(Gomp::gomp PROPERTIES IMPORTED_LOCATION "${Gomp_LIBRARY}")
  # GCC finds its omp.h by itself. For another compiler the one file is copied out of GCC's folder, whose other headers
  # belong to GCC alone.
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    file(GLOB gomp_headers /usr/lib/gcc/*/*/include/omp.h)
    if(gomp_headers)
      list(GET gomp_headers -1 gomp_header)
      configure_file("${gomp_header}" "${CMAKE_BINARY_DIR}/gomp/omp.h" COPYONLY)
      set_target_properties(Gomp::gomp PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_BINARY_DIR}/gomp")
    endif()
  endif()
endif()
