# The embedded demo model: each file of data/demo that a checkpoint needs, put into an object by the assembler, and a
# table of their names (src/io/embedded_demo.h).
set(demo_folder ${CMAKE_CURRENT_SOURCE_DIR}/data/demo)
set(demo_files config.json model.safetensors tokenizer_config.json vocab.txt)
set(assembly "    .section .rodata\n")
set(declarations "")
set(entries "")
foreach(name IN LISTS demo_files)
  string(MAKE_C_IDENTIFIER "logitlens_demo_${name}" symbol)
  string(APPEND assembly
    "    .balign 64\n    .globl ${symbol}\n    .globl ${symbol}_end\n${symbol}:\n"
    "    .incbin \"${demo_folder}/${name}\"\n${symbol}_end:\n    .byte 0\n")
  string(APPEND declarations "extern \"C\" const std::byte ${symbol}[];\nextern \"C\" const std::byte ${symbol}_end[];\n")
  string(APPEND entries "      {\"${name}\", {${symbol}, ${symbol}_end}},\n")
endforeach()
string(APPEND assembly "    .section .note.GNU-stack,\"\",%progbits\n")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/demo/demo_files.S CONTENT "${assembly}" @ONLY)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/demo/demo_files.cpp @ONLY CONTENT "#include \"io/embedded_demo.h\"

${declarations}
namespace logitlens {

std::map<std::string, std::span<const std::byte>> embedded_demo_files() {
  return {
${entries}  };
}

}  // namespace logitlens
")
add_library(logitlens_demo OBJECT ${CMAKE_BINARY_DIR}/demo/demo_files.S ${CMAKE_BINARY_DIR}/demo/demo_files.cpp)
target_compile_features(logitlens_demo PRIVATE cxx_std_20)
target_link_libraries(logitlens_demo PRIVATE logitlens_options)
target_include_directories(logitlens_demo PRIVATE src include)
list(TRANSFORM demo_files PREPEND ${demo_folder}/ OUTPUT_VARIABLE demo_paths)
set_source_files_properties(${CMAKE_BINARY_DIR}/demo/demo_files.S PROPERTIES OBJECT_DEPENDS "${demo_paths}")
