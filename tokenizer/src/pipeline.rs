//! A tokenizer with its tokens by id.

use tokenizers::models::ModelWrapper;
use tokenizers::{AddedToken, Model, NormalizerWrapper, Tokenizer};

use crate::encoding::Encoding;
use crate::fault::Fault;

pub struct Pipeline {
    tokenizer: Tokenizer,
    pub tokens: Vec<String>,           // by id; empty for an id without a token
    pub added: Vec<(u32, AddedToken)>, // in the order of their ids
    pub description: String,
}

impl Pipeline {
    /// `size`: highest id + 1.
    pub fn new(tokenizer: Tokenizer, size: u32) -> Self {
        let model = tokenizer.get_model();
        let tokens = (0..size).map(|id| model.id_to_token(id).unwrap_or_default()).collect();
        let mut pipeline = Pipeline { tokenizer, tokens, added: Vec::new(), description: String::new() };
        pipeline.list_added();
        pipeline
    }

    pub fn add(&mut self, tokens: Vec<AddedToken>) -> Result<(), Fault> {
        self.tokenizer.add_tokens(tokens).map_err(|error| Fault::new("", error.to_string(), ""))?;
        self.list_added();
        Ok(())
    }

    pub fn id(&self, token: &str) -> Option<u32> {
        self.tokenizer.token_to_id(token)
    }

    /// One text, or two as a pair; `special`: with the tokens that go around them.
    pub fn encode(&self, text: &str, second: Option<&str>, special: bool) -> Result<Encoding, Fault> {
        let encoding = match second {
            Some(second) => self.tokenizer.encode((text, second), special),
            None => self.tokenizer.encode(text, special),
        };
        let encoding = encoding.map_err(|error| Fault::new("", error.to_string(), ""))?;
        let texts: Vec<&str> = std::iter::once(text).chain(second).collect();
        Ok(Encoding::new(&texts, &encoding))
    }

    fn list_added(&mut self) {
        self.added = self.tokenizer.get_added_tokens_decoder().into_iter().collect();
        self.added.sort_by_key(|(id, _)| *id);
        for (id, token) in &self.added {
            let id = *id as usize;
            if self.tokens.len() <= id {
                self.tokens.resize(id + 1, String::new());
            }
            self.tokens[id].clone_from(&token.content);
        }
        self.description = self.describe();
    }

    fn describe(&self) -> String {
        let model = match self.tokenizer.get_model() {
            ModelWrapper::BPE(_) => "BPE",
            ModelWrapper::WordPiece(_) => "WordPiece",
            ModelWrapper::WordLevel(_) => "WordLevel",
            ModelWrapper::Unigram(_) => "Unigram",
        };
        let lower = self.tokenizer.get_normalizer().is_some_and(lowers);
        format!("{model}, {} tokens, {}", self.tokens.len(), if lower { "lower-case" } else { "cased" })
    }
}

fn lowers(normalizer: &NormalizerWrapper) -> bool {
    match normalizer {
        NormalizerWrapper::BertNormalizer(bert) => bert.lowercase,
        NormalizerWrapper::Lowercase(_) => true,
        NormalizerWrapper::Sequence(sequence) => sequence.as_ref().iter().any(lowers),
        _ => false,
    }
}
