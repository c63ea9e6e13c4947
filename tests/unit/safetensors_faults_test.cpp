// Every way a safetensors file can be wrong, and what is said about it.
#include <gtest/gtest.h>

#include "io/safetensors.h"
#include "unit/safetensors_builder.h"
#include "unit/test_folder.h"

namespace logitlens::test {
namespace {

struct Fault {
  const char* name;
  std::string bytes;
  std::string field;   // in the message
  std::string found;   // in the message
  std::string remedy;  // in the message
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

const std::string kAgain = "Download the file again", kTruncated = "truncated: download it again";
const std::string kFloats(16, '\0');  // data of four F32

// A header of the entries, with 16 bytes of data.
std::string file_of(const std::string& entries) { return safetensors_bytes("{" + entries + "}", kFloats); }
std::string a(std::string_view shape, std::string_view begin, std::string_view end,
              std::string_view dtype = "F32") {
  return header_entry("a", dtype, shape, begin, end);
}
std::string b(std::string_view begin, std::string_view end) {
  return header_entry("b", "F32", "[2]", begin, end);
}
std::string a_without(std::string_view members) { return file_of(fmt::format(R"("a":{{{}}})", members)); }

std::vector<Fault> faults() {
  return {
      // Not the file it should be.
      {"empty_file", "", "file size", "0 bytes", kTruncated},
      {"seven_bytes", "1234567", "file size", "7 bytes", kTruncated},
      {"html_page", "\r\n<!DOCTYPE html>\n<html><body>Sign in</body></html>", "", "an HTML page",
       "Download the file itself"},
      {"html_page_without_doctype", "<HTML><head></head></HTML>", "", "an HTML page",
       "Download the file itself"},
      {"git_lfs_pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 440449768\n", "",
       "a Git LFS pointer", "git lfs pull"},
      // The header's length.
      {"header_length_2_to_the_63", with_header_length(std::uint64_t{1} << 63, "{}"), "header length",
       "9223372036854775808 bytes", "Use a safetensors file"},
      {"header_length_over_100_mb", with_header_length(100'000'001, "{}"), "header length", "100000001 bytes",
       "Use a safetensors file"},
      {"header_longer_than_file", with_header_length(100, "{}"), "header length",
       "100 bytes, but a file of 10", kTruncated},
      {"header_one_byte_too_long", with_header_length(3, "{}"), "header length", "3 bytes, but a file of 10",
       kTruncated},
      // The header's JSON.
      {"empty_header", safetensors_bytes(""), "byte 1", "unexpected end of input", "again"},
      {"invalid_utf8", file_of(header_entry("a\xff", "F32", "[4]", "0", "16")), "byte 4", "ill-formed UTF-8",
       "again"},
      {"bad_json", file_of(R"("a": oops)"), "byte 7", "invalid literal", "again"},
      {"trailing_json", safetensors_bytes("{}{}"), "byte 3", "unexpected '{'", "again"},
      {"nul_after_the_json", safetensors_bytes(std::string("{}\0\0", 4)), "byte 3", "NUL", "again"},
      {"depth_100000", safetensors_bytes(std::string(100'000, '[')), "nesting", "more than 64 levels",
       "again"},
      {"header_is_a_list", safetensors_bytes("[]"), "header", "a list of 0", kAgain},
      {"duplicate_tensor", file_of(a("[2]", "0", "8") + "," + a("[2]", "8", "16")),
       "x.safetensors: a:", "the key twice", "again"},
      {"duplicate_key_in_a_tensor",
       a_without(R"("dtype":"F32","dtype":"F32","shape":[4],"data_offsets":[0,16])"), "a.dtype",
       "the key twice", "again"},
      {"metadata_is_a_list", file_of(R"("__metadata__":[])"), "__metadata__", "a list of 0", kAgain},
      {"metadata_holds_a_number", file_of(R"("__metadata__":{"format":1})"), "__metadata__: format",
       "found 1", kAgain},
      {"tensor_is_a_number", file_of(R"("a":3)"), "a:", "found 3", kAgain},
      // Types.
      {"unknown_dtype", file_of(a("[4]", "0", "16", "F33")), "a: dtype",
       "\"F33\", expected one of F4, F6_E2M3", "Convert the tensor"},
      {"dtype_in_lower_case", file_of(a("[4]", "0", "16", "f32")), "a: dtype", "\"f32\", expected one of",
       "Convert"},
      {"dtype_is_a_number", a_without(R"("dtype":32,"shape":[4],"data_offsets":[0,16])"), "a: dtype",
       "found 32", "Convert"},
      {"no_dtype", a_without(R"("shape":[4],"data_offsets":[0,16])"), "a: dtype", "found nothing", "Convert"},
      // Shapes.
      {"no_shape", a_without(R"("dtype":"F32","data_offsets":[0,16])"), "a: shape", "found nothing", kAgain},
      {"shape_is_a_number", file_of(a("4", "0", "16")), "a: shape", "found 4", kAgain},
      {"negative_shape", file_of(a("[-4]", "0", "16")), "a: shape", "found -4", kAgain},
      {"float_shape", file_of(a("[4.0]", "0", "16")), "a: shape", "found 4.0", kAgain},
      {"shape_1e30", file_of(a("[1e30]", "0", "16")), "a: shape", "found 1e+30", kAgain},
      {"shape_of_31_digits", file_of(a("[1000000000000000000000000000000]", "0", "16")), "a: shape",
       "found 1e+30", kAgain},
      {"shape_2_to_the_64_minus_1", file_of(a("[18446744073709551615]", "0", "16")), "a: shape",
       "18446744073709551615", kAgain},
      {"product_overflow", file_of(a("[4294967296,4294967296]", "0", "16")), "a: shape",
       "[4294967296, 4294967296] of F32", kAgain},
      {"product_overflow_to_16", file_of(a("[4611686018427387905,4]", "0", "16")), "a: shape",
       "[4611686018427387905, 4]", kAgain},
      {"bytes_overflow", file_of(a("[4611686018427387908]", "0", "16")), "a: shape", "of F32", kAgain},
      {"half_a_byte", file_of(a("[33]", "0", "16", "F4")), "a: shape", "[33] of F4", kAgain},
      // Offsets.
      {"no_offsets", a_without(R"("dtype":"F32","shape":[4])"), "a: data_offsets", "found nothing", kAgain},
      {"three_offsets", a_without(R"("dtype":"F32","shape":[4],"data_offsets":[0,8,16])"), "a: data_offsets",
       "a list of 3", kAgain},
      {"negative_offset", file_of(a("[4]", "-16", "0")), "a: data_offsets", "found -16", kAgain},
      {"float_offset", file_of(a("[4]", "0", "16.5")), "a: data_offsets", "found 16.5", kAgain},
      {"end_before_begin", file_of(a("[4]", "16", "0")), "a: data_offsets", "an end 0 before the begin 16",
       kAgain},
      {"size_too_small", file_of(a("[4]", "0", "12")), "a: data_offsets",
       "12 bytes, expected 16 bytes for [4] of F32", kAgain},
      {"size_too_large", file_of(a("[3]", "0", "16")), "a: data_offsets", "16 bytes, expected 12 bytes",
       kAgain},
      {"overlap", file_of(a("[3]", "0", "12") + "," + b("8", "16")), "b: data_offsets",
       "begin 8, an overlap with a", kAgain},
      {"same_place_twice", file_of(a("[4]", "0", "16") + "," + header_entry("c", "F32", "[4]", "0", "16")),
       "c: data_offsets", "begin 0, an overlap with a", kAgain},
      {"hole", file_of(a("[1]", "0", "4") + "," + b("8", "16")), "b: data_offsets",
       "begin 8, a hole of 4 bytes", kAgain},
      {"hole_at_the_start", file_of(a("[3]", "4", "16")), "a: data_offsets", "begin 4, a hole of 4 bytes",
       kAgain},
      {"trailing_bytes", file_of(a("[3]", "0", "12")), "trailing bytes", "4 bytes after the last tensor",
       kAgain},
      {"data_without_tensors", file_of(""), "trailing bytes", "16 bytes", kAgain},
      {"data_cut_short", file_of(a("[5]", "0", "20")), "a: data_offsets", "end 20, but 16 bytes of data",
       kTruncated},
      {"data_cut_short_by_a_byte", safetensors_bytes("{" + a("[4]", "0", "16") + "}", kFloats.substr(1)),
       "a: data_offsets", "end 16, but 15 bytes of data", kTruncated},
      {"end_2_to_the_60", file_of(a("[1152921504606846976]", "0", "1152921504606846976", "U8")),
       "a: data_offsets", "end 1152921504606846976, but 16 bytes of data", kTruncated},
      {"end_2_to_the_63", file_of(a("[9223372036854775808]", "0", "9223372036854775808", "U8")), "a: shape",
       "9223372036854775808", kAgain},
      // Names that attack the terminal.
      {"ansi_code_in_a_name", file_of(header_entry("\\u001b[31mred", "F33", "[4]", "0", "16")),
       "\\x1b[31mred: dtype", "\"F33\"", "Convert"},
      {"nul_in_a_name", file_of(header_entry("a\\u0000b", "F33", "[4]", "0", "16")), "a\\x00b: dtype",
       "\"F33\"", "Convert"},
      {"bidi_mark_in_a_name", file_of(header_entry("a\u202eb", "F33", "[4]", "0", "16")), "a\\u202eb: dtype",
       "\"F33\"", "Convert"},
      {"ansi_code_in_a_dtype", file_of(a("[4]", "0", "16", "\\u001b]0;owned")), "a: dtype", "\\x1b]0;owned",
       "Convert"},
      {"ansi_code_in_a_duplicate", file_of(R"("\u001b[2J":1,"\u001b[2J":1)"), "\\x1b[2J", "the key twice",
       "again"},
  };
}

class SafetensorsFaults : public testing::TestWithParam<Fault> {};

TEST_P(SafetensorsFaults, AreBadInputWithFileFieldAndRemedy) {
  const TestFolder folder;
  const std::string path = folder.write("x.safetensors", GetParam().bytes);
  const auto file = MappedFile::open(path);
  ASSERT_TRUE(file.ok()) << file.error().message();
  TensorMap tensors;
  const Status status = read_safetensors(*file, tensors);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::bad_input);
  EXPECT_TRUE(tensors.all().empty());
  const std::string message = status.error().message();
  EXPECT_TRUE(message.starts_with(path + ": ")) << message;
  for (const std::string& part : {GetParam().field, GetParam().found, GetParam().remedy})
    EXPECT_NE(message.find(part), std::string::npos) << part << " is not in: " << message;
  EXPECT_EQ(message.find_first_of(std::string_view("\x1b\0\n", 3)), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(Table, SafetensorsFaults, testing::ValuesIn(faults()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace logitlens::test
