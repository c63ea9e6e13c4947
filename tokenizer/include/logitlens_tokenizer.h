/* The Hugging Face tokenizers library behind a C interface. Reads no file and no network, prints nothing,
 * lets no panic out. All strings are UTF-8 with a length; those that come out are owned by the object they
 * were asked of. */
#ifndef LOGITLENS_TOKENIZER_H
#define LOGITLENS_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct LogitlensTokenizer LogitlensTokenizer;

typedef struct LogitlensText {
  const char* data;
  size_t size;
} LogitlensText;

/* What was wrong, in parts. NULL stands for success. */
typedef struct LogitlensTokenizerError {
  LogitlensText field; /* "pre_tokenizer.pretokenizers[1].type", "line 3", "" */
  LogitlensText found;
  LogitlensText expected; /* "" if unknown */
} LogitlensTokenizerError;

/* A string that is cut out of the text before everything else. */
typedef struct LogitlensAddedToken {
  LogitlensText content;
  uint32_t id;      /* set by logitlens_tokenizer_added, ignored by logitlens_tokenizer_add */
  bool special;     /* a control token such as a mask, not a word */
  bool single_word; /* only where no letter touches it */
  bool lstrip;      /* takes the white space before it */
  bool rstrip;      /* takes the white space after it */
  bool normalized;  /* is sought in the normalized text */
} LogitlensAddedToken;

/* The switches of BERT's WordPiece pipeline. */
typedef struct LogitlensWordPieceOptions {
  bool lowercase;
  int strip_accents; /* 0 no, 1 yes, -1 as lowercase */
  bool handle_chinese_chars;
  LogitlensText unk, cls, sep; /* each is one of the tokens */
} LogitlensWordPieceOptions;

/* A text as tokens: six arrays of `size`. Offsets are bytes of the text, on character boundaries. */
typedef struct LogitlensEncoding {
  size_t size;
  const uint32_t* ids;
  const size_t* starts;
  const size_t* ends;
  const bool* added; /* put in by the pipeline, not part of the text; start = end = 0 */
  const uint32_t* type_ids;
  const int64_t* words; /* the pre-tokenized word's number, -1 without one */
} LogitlensEncoding;

/* From the content of a tokenizer.json; its truncation and padding are ignored, as the reference does when it
 * is not asked for them. An error names the component's path. */
LogitlensTokenizerError* logitlens_tokenizer_from_json(LogitlensText json, LogitlensTokenizer** tokenizer);

/* BERT's pipeline; a token's id is its index. An empty string is an id without a token. */
LogitlensTokenizerError* logitlens_tokenizer_wordpiece(const LogitlensText* tokens, size_t count,
                                                       const LogitlensWordPieceOptions* options,
                                                       LogitlensTokenizer** tokenizer);

/* Adds tokens, or changes how those of the vocabulary are treated. New ones get the next ids, in order. */
LogitlensTokenizerError* logitlens_tokenizer_add(LogitlensTokenizer* tokenizer,
                                                 const LogitlensAddedToken* tokens, size_t count);

void logitlens_tokenizer_free(LogitlensTokenizer* tokenizer);

/* `special`: with the tokens the pipeline puts around a text. Safe from several threads on one tokenizer. */
LogitlensTokenizerError* logitlens_tokenizer_encode(const LogitlensTokenizer* tokenizer, LogitlensText text,
                                                    bool special, LogitlensEncoding** encoding);

void logitlens_tokenizer_encoding_free(LogitlensEncoding* encoding);

/* Highest id + 1. */
uint32_t logitlens_tokenizer_size(const LogitlensTokenizer* tokenizer);

/* The vocabulary's string of an id; empty for an id without one. */
LogitlensText logitlens_tokenizer_token(const LogitlensTokenizer* tokenizer, uint32_t id);

/* -1 if no token is `text`. */
int64_t logitlens_tokenizer_id(const LogitlensTokenizer* tokenizer, LogitlensText text);

/* The added tokens in the order of their ids; false past the last. */
bool logitlens_tokenizer_added(const LogitlensTokenizer* tokenizer, size_t index, LogitlensAddedToken* token);

/* "WordPiece, 30522 tokens, lower-case". */
LogitlensText logitlens_tokenizer_description(const LogitlensTokenizer* tokenizer);

void logitlens_tokenizer_error_free(LogitlensTokenizerError* error);

#ifdef __cplusplus
}
#endif

#endif
