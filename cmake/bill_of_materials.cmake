# What the program consists of, as CycloneDX JSON, made with every build and installed beside the licence.
set(bill_of_materials "${PROJECT_BINARY_DIR}/logitlens.cdx.json")
add_custom_command(
  OUTPUT "${bill_of_materials}"
  COMMAND "${CMAKE_COMMAND}" -E env "CARGO=${CARGO}" "${NODE}" "${PROJECT_SOURCE_DIR}/tools/bill-of-materials.mjs"
          "$<TARGET_FILE:logitlens_program>" "${PROJECT_VERSION}" "${bill_of_materials}"
  DEPENDS logitlens_program "${PROJECT_SOURCE_DIR}/tools/bill-of-materials.mjs" "${PROJECT_SOURCE_DIR}/tokenizer/Cargo.lock"
          "${PROJECT_SOURCE_DIR}/web/package-lock.json"
  COMMENT "Listing what the program consists of" VERBATIM)
add_custom_target(logitlens_bill_of_materials ALL DEPENDS "${bill_of_materials}")
install(FILES "${bill_of_materials}" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
