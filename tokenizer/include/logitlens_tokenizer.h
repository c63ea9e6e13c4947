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

/* A text, or two, as tokens: seven arrays of `size`. Offsets are bytes of the token's own text, on character
 * boundaries. */
typedef struct LogitlensEncoding {
  size_t size;
  const uint32_t* ids;
  const size_t* starts;
  const size_t* ends;
  const bool* added; /* put in by the pipeline, not part of the text; start = end = 0 */
  const uint32_t* type_ids;
  const uint32_t* parts; /* 0 the text, 1 the second; an added token counts to the token before it */
  const int64_t* words;  /* by Unicode's rules (UAX #29), counted on over both texts; -1 for added ones */
} LogitlensEncoding;

/* From the content of a tokenizer.json; its truncation and padding are ignored, as the reference does when it
 * is not asked for them. `gaps`: whether ids may be without a token, whose string is then empty; else a gap is an
 * error. An error names the component's path. */
LogitlensTokenizerError* logitlens_tokenizer_from_json(LogitlensText json, bool gaps,
                                                       LogitlensTokenizer** tokenizer);

/* Adds tokens, or changes how those of the vocabulary are treated. New ones get the next ids, in order. */
LogitlensTokenizerError* logitlens_tokenizer_add(LogitlensTokenizer* tokenizer,
                                                 const LogitlensAddedToken* tokens, size_t count);

void logitlens_tokenizer_free(LogitlensTokenizer* tokenizer);

/* `second`: NULL, or the other half of a pair. `special`: with the tokens the pipeline puts around a text or
 * a pair. Safe from several threads on one tokenizer. */
LogitlensTokenizerError* logitlens_tokenizer_encode(const LogitlensTokenizer* tokenizer, LogitlensText text,
                                                    const LogitlensText* second, bool special,
                                                    LogitlensEncoding** encoding);

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
