# `cmake --install`: program, library, headers, man page, completions, and logitlens::logitlens for find_package.
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/logitlens")

install(TARGETS logitlens EXPORT logitlens-targets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(TARGETS logitlens_program RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY include/logitlens DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES docs/logitlens.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" OPTIONAL)
install(FILES completions/logitlens.bash DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
        RENAME logitlens OPTIONAL)
install(FILES completions/_logitlens DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions" OPTIONAL)
install(FILES completions/logitlens.fish DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" OPTIONAL)

# A static library is only as good as what it links: the tokenizer's archive goes along, the rest is found again.
get_target_property(library_type logitlens TYPE)
if(library_type STREQUAL "STATIC_LIBRARY")
  set(logitlens_is_static ON)
  get_target_property(tokenizer_path logitlens_tokenizer IMPORTED_LOCATION)
  get_target_property(tokenizer_links logitlens_tokenizer INTERFACE_LINK_LIBRARIES)
  install(FILES "${tokenizer_path}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  get_filename_component(tokenizer_file "${tokenizer_path}" NAME)
  install(FILES cmake/FindoneDNN.cmake cmake/FindGomp.cmake cmake/FindUtf8proc.cmake DESTINATION "${package_dir}")
else()
  set(logitlens_is_static OFF)
endif()

install(EXPORT logitlens-targets NAMESPACE logitlens:: DESTINATION "${package_dir}")
configure_package_config_file(cmake/logitlens-config.cmake.in "${PROJECT_BINARY_DIR}/logitlens-config.cmake"
                              INSTALL_DESTINATION "${package_dir}" PATH_VARS CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/logitlens-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/logitlens-config.cmake" "${PROJECT_BINARY_DIR}/logitlens-config-version.cmake"
        DESTINATION "${package_dir}")
