// Lists of words by class, read with the distrust that any file meets.
#include <fmt/format.h>

#include <cassert>
#include <cstddef>
#include <unordered_map>

#include "base/no_throw.h"
#include "io/mapped_file.h"
#include "logitlens/words.h"
#include "text/embedded_words.h"
#include "text/fold_case.h"
#include "text/text_input.h"

namespace logitlens {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf", kUnnamedClass = "grammar", kContent = "content";

Error list_error(const std::string& file, std::size_t line, std::string found, std::string expected) {
  return {.code = Code::bad_input,
          .file = file,
          .field = line > 0 ? fmt::format("line {}", line) : "",
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = line > 0 ? "Mend the line" : "Choose another file",
          .names = {}};
}

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

Result<ClassedWord> parse_line(const std::string& file, std::size_t number, std::string_view line) {
  const std::size_t tab = line.find('\t');
  ClassedWord parsed{fold_case(line.substr(0, tab)), std::string(kUnnamedClass)};
  if (tab != std::string_view::npos) parsed.word_class = line.substr(tab + 1);
  constexpr std::string_view expected = "a word, or a word, a tab and its class";
  if (parsed.word.empty()) return list_error(file, number, "no word", std::string(expected));
  if (parsed.word.find_first_of(" \f\v") != std::string::npos)
    return list_error(file, number, quoted(parsed.word), std::string(expected));
  if (parsed.word_class.empty() || parsed.word_class.find('\t') != std::string::npos)
    return list_error(file, number, fmt::format("the class {}", quoted(parsed.word_class)),
                      std::string(expected));
  if (parsed.word_class == kContent)
    return list_error(file, number, "the class \"content\"",
                      "another name: content is what the list does not hold");
  return parsed;
}

}  // namespace

Result<WordClasses> parse_word_classes(std::string_view text, std::string name) {
  return no_throw([&]() -> Result<WordClasses> {
    if (text.size() > kMostBytes)
      return list_error(name, 0, fmt::format("{} bytes", text.size()), fmt::format("at most {}", kMostBytes));
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    WordClasses classes{std::move(name), {}};
    std::unordered_map<std::string, std::size_t> line_of;
    for (std::size_t number = 1; !text.empty(); ++number) {
      std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (const auto at = first_invalid_utf8(line))
        return list_error(classes.name, number, fmt::format("invalid UTF-8 at byte {} of the line", *at),
                          "text in UTF-8");
      if (line.empty() || line.starts_with('#')) continue;
      LL_ASSIGN(ClassedWord word, parse_line(classes.name, number, line));
      const auto [earlier, is_new] = line_of.emplace(word.word, number);
      if (!is_new)
        return list_error(classes.name, number,
                          fmt::format("{}, which is in line {} too", quoted(word.word), earlier->second),
                          "each word once");
      classes.words.push_back(std::move(word));
    }
    if (classes.words.empty()) return list_error(classes.name, 0, "no word", "a word a line");
    return classes;
  });
}

Result<WordClasses> read_word_classes(const std::string& path) {
  return no_throw([&]() -> Result<WordClasses> {
    LL_ASSIGN(const auto file, MappedFile::open(path));
    return parse_word_classes(file->text(), path);
  });
}

const WordClasses& english_closed_class() {
  static const WordClasses classes = [] {
    auto parsed = parse_word_classes(embedded_english_closed_class(), "english");
    assert(parsed.ok());  // a test reads it
    return parsed.ok() ? *std::move(parsed) : WordClasses{"english", {}};
  }();
  return classes;
}

}  // namespace logitlens
