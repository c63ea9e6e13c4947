#include "text/vocabulary.h"

#include <fmt/format.h>

#include <filesystem>

#include "text/text_input.h"

namespace logitlens {

namespace {

constexpr std::size_t max_file_bytes = std::size_t{64} << 20;
constexpr std::size_t max_token_bytes = 4096;

Error vocabulary_error(const std::string& file, std::size_t line, std::string found, std::string expected,
                       std::string remedy) {
  return {.code = Code::bad_input,
          .file = file,
          .field = line > 0 ? fmt::format("line {}", line) : "",
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = std::move(remedy),
          .names = {}};
}

// Lines without their ends: "\n" or "\r\n". A last line needs no end.
struct Lines {
  std::vector<std::string_view> lines;
  std::size_t carriage_returns = 0;
};

Lines split_lines(std::string_view content) {
  Lines split;
  while (!content.empty()) {
    const std::size_t end = content.find('\n');
    std::string_view line = content.substr(0, end);
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
      ++split.carriage_returns;
    }
    split.lines.push_back(line);
  }
  return split;
}

Status check_line(const std::string& file, std::size_t line, std::string_view token) {
  if (token.size() > max_token_bytes)
    return vocabulary_error(file, line, fmt::format("a token of {} bytes", token.size()),
                            fmt::format("at most {}", max_token_bytes),
                            "Check that this is the vocabulary: a token a line");
  if (const auto at = first_invalid_utf8(token))
    return vocabulary_error(file, line,
                            fmt::format("invalid UTF-8 (0x{:02x} at byte {} of the line)",
                                        static_cast<unsigned char>(token[*at]), *at),
                            "text in UTF-8", "Download the file again, or convert it to UTF-8");
  return ok_status();
}

}  // namespace

std::optional<int> Vocabulary::id(std::string_view token) const {
  const auto found = ids.find(token);
  return found == ids.end() ? std::nullopt : std::optional(found->second);
}

Result<Vocabulary> read_vocabulary(const std::string& file, std::string_view content) {
  if (content.size() > max_file_bytes)
    return vocabulary_error(file, 0, fmt::format("{} bytes", content.size()),
                            fmt::format("at most {}", max_file_bytes),
                            "Check that this is the vocabulary: a token a line");
  Vocabulary vocabulary;
  const auto note = [&, name = std::filesystem::path(file).filename().string()](std::string text) {
    vocabulary.notes.push_back(name + ": " + std::move(text));
  };
  if (content.starts_with("\xEF\xBB\xBF")) {
    content.remove_prefix(3);
    note("byte order mark skipped");
  }
  auto [lines, carriage_returns] = split_lines(content);
  if (carriage_returns > 0)
    note(fmt::format("carriage returns at the ends of {} lines skipped", carriage_returns));
  while (!lines.empty() && lines.back().empty()) lines.pop_back();

  std::size_t blank = 0, first_blank = 0;
  vocabulary.ids.reserve(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t line = i + 1;
    LL_TRY(check_line(file, line, lines[i]));
    if (lines[i].empty()) {
      if (blank++ == 0) first_blank = line;
      continue;
    }
    const auto [earlier, is_new] = vocabulary.ids.emplace(lines[i], static_cast<int>(i));
    if (!is_new)
      return vocabulary_error(file, line,
                              fmt::format("\"{}\", which is on line {} too", lines[i], earlier->second + 1),
                              "every token once", "Download the file again, or take out one of the two");
  }
  if (blank > 0) note(fmt::format("{} blank lines keep their ids, the first is line {}", blank, first_blank));
  vocabulary.tokens = std::move(lines);
  return vocabulary;
}

}  // namespace logitlens
