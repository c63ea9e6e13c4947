# The list of English closed-class words, put into an object by the assembler (src/text/embedded_words.h).
set(words_file ${CMAKE_CURRENT_SOURCE_DIR}/data/words/english-closed-class.txt)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/words/words.S @ONLY CONTENT "    .section .rodata
    .globl logitlens_english_closed_class
    .globl logitlens_english_closed_class_end
logitlens_english_closed_class:
    .incbin \"${words_file}\"
logitlens_english_closed_class_end:
    .byte 0
    .section .note.GNU-stack,\"\",%progbits
")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/words/words.cpp @ONLY CONTENT "#include \"text/embedded_words.h\"

extern \"C\" const char logitlens_english_closed_class[];
extern \"C\" const char logitlens_english_closed_class_end[];

namespace logitlens {

std::string_view embedded_english_closed_class() {
  return {logitlens_english_closed_class, logitlens_english_closed_class_end};
}

}  // namespace logitlens
")
add_library(logitlens_words OBJECT ${CMAKE_BINARY_DIR}/words/words.S ${CMAKE_BINARY_DIR}/words/words.cpp)
target_compile_features(logitlens_words PRIVATE cxx_std_20)
target_link_libraries(logitlens_words PRIVATE logitlens_options)
target_include_directories(logitlens_words PRIVATE src include)
set_source_files_properties(${CMAKE_BINARY_DIR}/words/words.S PROPERTIES OBJECT_DEPENDS "${words_file}")
