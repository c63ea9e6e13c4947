//! The `tokenizers` crate behind the C interface of include/logitlens_tokenizer.h: a tokenizer.json
//! in, token ids with byte offsets and word numbers out. Nothing here reads a file, reaches the network
//! or prints.

mod c_api;
mod component;
mod encoding;
mod fault;
mod pipeline;
mod tokenizer_json;
mod vocabulary;
mod words;
