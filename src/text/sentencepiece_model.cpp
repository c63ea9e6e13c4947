#include "text/sentencepiece_model.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "io/protobuf_reader.h"
#include "text/text_input.h"

namespace logitlens {

namespace {

constexpr std::size_t max_file_bytes = std::size_t{64} << 20;
constexpr std::size_t max_pieces = 1'000'000;
constexpr std::size_t max_piece_bytes = 512;

Error model_error(const std::string& file, std::string field, std::string found, std::string expected) {
  return {.code = Code::bad_input,
          .file = file,
          .field = std::move(field),
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = "Download the file again",
          .names = {}};
}

Error malformed(const std::string& file, std::string field) {
  return model_error(file, std::move(field), "malformed bytes, or the file's end", "a SentencePiece model");
}

// message SentencePiece { string piece = 1; float score = 2; Type type = 3; }
bool read_piece(std::string_view message, SentencePieceModel::Piece& piece) {
  ProtobufReader reader(message);
  while (reader.next()) {
    if (reader.number() == 1) piece.text = reader.bytes();
    if (reader.number() == 2) piece.score = std::bit_cast<float>(reader.fixed32());
    if (reader.number() == 3) piece.type = reader.integer();
  }
  return reader.ok();
}

// message TrainerSpec { ModelType model_type = 3; bool byte_fallback = 35; ... }
bool read_trainer(std::string_view message, SentencePieceModel& model) {
  ProtobufReader reader(message);
  while (reader.next()) {
    if (reader.number() == 3) model.algorithm = reader.integer();
    if (reader.number() == 35) model.byte_fallback = reader.integer() != 0;
  }
  return reader.ok();
}

// message NormalizerSpec { bytes precompiled_charsmap = 2; ... }
bool read_normalizer(std::string_view message, SentencePieceModel& model) {
  ProtobufReader reader(message);
  while (reader.next())
    if (reader.number() == 2) model.character_map = reader.bytes();
  return reader.ok();
}

std::string field_of(std::size_t piece) { return fmt::format("pieces[{}]", piece); }

Status check_piece(const std::string& file, std::size_t index, const SentencePieceModel::Piece& piece) {
  if (piece.text.empty()) return model_error(file, field_of(index), "no text", "a piece");
  if (piece.text.size() > max_piece_bytes)
    return model_error(file, field_of(index), fmt::format("{} bytes", piece.text.size()),
                       fmt::format("at most {}", max_piece_bytes));
  if (const auto at = first_invalid_utf8(piece.text))
    return model_error(file, field_of(index), fmt::format("invalid UTF-8 at byte {}", *at), "text in UTF-8");
  if (!std::isfinite(piece.score))
    return model_error(file, field_of(index) + ".score", fmt::format("{}", piece.score), "a finite number");
  return ok_status();
}

Status check_pieces(const std::string& file, const std::vector<SentencePieceModel::Piece>& pieces) {
  if (pieces.empty()) return model_error(file, "pieces", "none", "a SentencePiece model");
  for (std::size_t i = 0; i < pieces.size(); ++i) LL_TRY(check_piece(file, i, pieces[i]));
  return ok_status();
}

}  // namespace

// message ModelProto { repeated SentencePiece pieces = 1; TrainerSpec trainer_spec = 2; NormalizerSpec ... = 3; }
Result<SentencePieceModel> read_sentencepiece_model(const std::string& file, std::string_view content) {
  if (content.size() > max_file_bytes)
    return model_error(file, "", fmt::format("{} bytes", content.size()),
                       fmt::format("at most {}", max_file_bytes));
  SentencePieceModel model;
  ProtobufReader reader(content);
  while (reader.next()) {
    const std::uint64_t number = reader.number();
    if (number < 1 || number > 3) continue;
    const std::string_view message = reader.bytes();
    if (!reader.ok()) break;
    if (number == 1) {
      if (model.pieces.size() == max_pieces)
        return model_error(file, "pieces", "more than a million", "a vocabulary");
      if (!read_piece(message, model.pieces.emplace_back()))
        return malformed(file, field_of(model.pieces.size() - 1));
    }
    if (number == 2 && !read_trainer(message, model)) return malformed(file, "trainer_spec");
    if (number == 3 && !read_normalizer(message, model)) return malformed(file, "normalizer_spec");
  }
  if (!reader.ok())
    return malformed(file, model.pieces.empty() ? "" : "after " + field_of(model.pieces.size() - 1));
  LL_TRY(check_pieces(file, model.pieces));
  if (model.algorithm != SentencePieceModel::unigram && model.algorithm != SentencePieceModel::bpe)
    return Error{
        .code = Code::bad_input,
        .file = file,
        .field = "trainer_spec.model_type",
        .found = fmt::format("{}", model.algorithm),
        .expected = "1 (unigram) or 2 (bpe)",
        .remedy = "Save the tokenizer with transformers' save_pretrained, which writes tokenizer.json",
        .names = {}};
  return model;
}

}  // namespace logitlens
