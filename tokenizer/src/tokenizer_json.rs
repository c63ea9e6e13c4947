//! A tokenizer.json, component by component, so that a fault can be named by its path.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use tokenizers::{AddedToken, Tokenizer};

use crate::component::{self, DECODER, NORMALIZER, POST_PROCESSOR, PRE_TOKENIZER};
use crate::fault::Fault;
use crate::pipeline::Pipeline;
use crate::vocabulary::{check_ids, read_model};

#[derive(Deserialize)]
struct TokenizerFile<'a> {
    #[serde(borrow)]
    version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    added_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    normalizer: Option<&'a RawValue>,
    #[serde(borrow)]
    pre_tokenizer: Option<&'a RawValue>,
    #[serde(borrow)]
    post_processor: Option<&'a RawValue>,
    #[serde(borrow)]
    decoder: Option<&'a RawValue>,
    #[serde(borrow)]
    model: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct AddedTokenEntry {
    id: u32,
    #[serde(flatten)]
    token: AddedToken,
}

/// `gaps`: whether ids may be without a token.
pub fn read(text: &str, gaps: bool) -> Result<Pipeline, Fault> {
    let file: TokenizerFile = serde_json::from_str(text).map_err(|error| Fault {
        field: format!("line {}, column {}", error.line(), error.column()),
        ..Fault::of_json("", &error)
    })?;
    if let Some(version) = file.version.as_deref().filter(|version| *version != "1.0") {
        return Err(Fault::new("version", format!("\"{version}\""), "\"1.0\""));
    }
    let normalizer = component::read::<tokenizers::NormalizerWrapper>(&NORMALIZER, file.normalizer)?;
    let pre_tokenizer =
        component::read::<tokenizers::PreTokenizerWrapper>(&PRE_TOKENIZER, file.pre_tokenizer)?;
    let post_processor =
        component::read::<tokenizers::PostProcessorWrapper>(&POST_PROCESSOR, file.post_processor)?;
    let decoder = component::read::<tokenizers::DecoderWrapper>(&DECODER, file.decoder)?;
    let added = read_added_tokens(file.added_tokens)?;
    let vocabulary = read_model(file.model)?;
    let size = check_ids(&vocabulary, &added.iter().map(|entry| entry.id).collect::<Vec<_>>(), gaps)?;

    let mut tokenizer = Tokenizer::new(vocabulary.model);
    tokenizer.with_normalizer(normalizer).map_err(|error| Fault::new("normalizer", error.to_string(), ""))?;
    tokenizer.with_pre_tokenizer(pre_tokenizer);
    tokenizer.with_post_processor(post_processor);
    tokenizer.with_decoder(decoder);
    let tokens = added.iter().map(|entry| entry.token.clone());
    tokenizer.add_tokens(tokens).map_err(|error| Fault::new("added_tokens", error.to_string(), ""))?;
    check_added_ids(&tokenizer, &added)?;
    Ok(Pipeline::new(tokenizer, size))
}

fn read_added_tokens(raw: Option<&RawValue>) -> Result<Vec<AddedTokenEntry>, Fault> {
    match raw {
        None => Ok(Vec::new()),
        Some(raw) => serde_json::from_str(raw.get()).map_err(|error| Fault::of_json("added_tokens", &error)),
    }
}

/// The crate takes a token's id from the vocabulary, or the next free one, whatever the file says.
fn check_added_ids(tokenizer: &Tokenizer, added: &[AddedTokenEntry]) -> Result<(), Fault> {
    for (i, entry) in added.iter().enumerate() {
        let id = tokenizer.token_to_id(&entry.token.content);
        if id != Some(entry.id) {
            let expected = id
                .map_or("a token that is not empty".to_string(), |id| format!("id {id}, by the vocabulary"));
            let found = format!("id {} for \"{}\"", entry.id, entry.token.content);
            return Err(Fault::new(format!("added_tokens[{i}].id"), found, expected));
        }
    }
    Ok(())
}
