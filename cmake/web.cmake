# The report's script and style: web/ bundled by esbuild from the locked package file, put into an object by the
# assembler (src/render/report_bundle.h). npm and esbuild run in a folder of their own; set LOGITLENS_WEB_DIR to share it
# between build trees, it does not depend on theirs.
find_program(NODE node)
find_program(NPM npm)
if(NOT NODE OR NOT NPM)
  message(FATAL_ERROR "node or npm not found: run script/bootstrap, or install Node.js 18 or newer")
endif()
set(LOGITLENS_WEB_DIR "${PROJECT_BINARY_DIR}/web" CACHE PATH "Where the report's script is bundled")

set(web_folder "${PROJECT_SOURCE_DIR}/web")
set(web_packages "${web_folder}/package.json" "${web_folder}/package-lock.json" "${web_folder}/.npmrc")
file(GLOB web_sources CONFIGURE_DEPENDS "${web_folder}/src/*.ts" "${web_folder}/style/*.css")
set(web_bundle "${LOGITLENS_WEB_DIR}/dist/report.js" "${LOGITLENS_WEB_DIR}/dist/report.css")
file(MAKE_DIRECTORY "${LOGITLENS_WEB_DIR}")

# The build needs no type checker; script/lint adds it.
add_custom_command(
  OUTPUT "${LOGITLENS_WEB_DIR}/packages"
  COMMAND "${CMAKE_COMMAND}" -E copy ${web_packages} "${LOGITLENS_WEB_DIR}"
  COMMAND "${NPM}" ci --silent --prefer-offline --omit=dev
  COMMAND "${CMAKE_COMMAND}" -E touch "${LOGITLENS_WEB_DIR}/packages"
  DEPENDS ${web_packages}
  WORKING_DIRECTORY "${LOGITLENS_WEB_DIR}"
  COMMENT "Fetching the report's packages" VERBATIM)
add_custom_command(
  OUTPUT ${web_bundle}
  COMMAND "${CMAKE_COMMAND}" -E rm -rf "${LOGITLENS_WEB_DIR}/src" "${LOGITLENS_WEB_DIR}/style"
  COMMAND "${CMAKE_COMMAND}" -E copy_directory "${web_folder}/src" "${LOGITLENS_WEB_DIR}/src"
  COMMAND "${CMAKE_COMMAND}" -E copy_directory "${web_folder}/style" "${LOGITLENS_WEB_DIR}/style"
  COMMAND "${CMAKE_COMMAND}" -E copy "${web_folder}/build.mjs" "${web_folder}/tsconfig.json" "${LOGITLENS_WEB_DIR}"
  COMMAND "${NODE}" build.mjs dist
  DEPENDS ${web_sources} "${web_folder}/build.mjs" "${web_folder}/tsconfig.json" "${LOGITLENS_WEB_DIR}/packages"
  WORKING_DIRECTORY "${LOGITLENS_WEB_DIR}"
  COMMENT "Bundling the report" VERBATIM)
add_custom_target(logitlens_web DEPENDS ${web_bundle})

set(web_assembly "${CMAKE_BINARY_DIR}/report/report_bundle.S")
set(assembly "    .section .rodata\n")
foreach(name script style)
  list(POP_FRONT web_bundle path)
  string(APPEND assembly
    "    .globl logitlens_report_${name}\n    .globl logitlens_report_${name}_end\nlogitlens_report_${name}:\n"
    "    .incbin \"${path}\"\nlogitlens_report_${name}_end:\n    .byte 0\n")
  set_property(SOURCE "${web_assembly}" APPEND PROPERTY OBJECT_DEPENDS "${path}")
endforeach()
string(APPEND assembly "    .section .note.GNU-stack,\"\",%progbits\n")
file(CONFIGURE OUTPUT "${web_assembly}" CONTENT "${assembly}" @ONLY)
add_library(logitlens_report OBJECT "${web_assembly}")
add_dependencies(logitlens_report logitlens_web)
