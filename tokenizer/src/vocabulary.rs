//! The model of a tokenizer.json and the ids it and the added tokens give out: every id from 0 up, each once.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use tokenizers::Model;
use tokenizers::models::{
    ModelWrapper, bpe::BPE, unigram::Unigram, wordlevel::WordLevel, wordpiece::WordPiece,
};

use crate::fault::{Fault, guarded};

pub struct ModelAndIds {
    pub model: ModelWrapper,
    pub ids: Vec<u32>, // those of the model's vocabulary, in the file's order
}

#[derive(Deserialize)]
struct ModelHead<'a> {
    #[serde(rename = "type", borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    vocab: Option<&'a RawValue>,
    #[serde(borrow)]
    merges: Option<&'a RawValue>,
}

pub fn read_model(raw: Option<&RawValue>) -> Result<ModelAndIds, Fault> {
    let raw = raw.ok_or_else(|| Fault::new("model", "nothing", "the tokenizer's model"))?;
    let head: ModelHead = serde_json::from_str(raw.get()).map_err(|error| Fault::of_json("model", &error))?;
    let ids = read_ids(&head)?;
    let model = guarded("model", || match head.name.as_deref() {
        Some("WordPiece") => parse::<WordPiece>(raw, &head),
        Some("BPE") => parse::<BPE>(raw, &head),
        Some("WordLevel") => parse::<WordLevel>(raw, &head),
        Some("Unigram") => parse::<Unigram>(raw, &head),
        None => parse::<ModelWrapper>(raw, &head), // files of old: the crate tells by the members
        Some(other) => {
            let found = format!("unknown component \"{other}\"");
            Err(Fault::new("model.type", found, "one of BPE, Unigram, WordLevel, WordPiece"))
        }
    })?;
    check_unknown_token(&model)?;
    let ids = ids.unwrap_or_else(|| (0..model.get_vocab_size() as u32).collect());
    Ok(ModelAndIds { model, ids })
}

fn parse<T: DeserializeOwned + Into<ModelWrapper>>(
    raw: &RawValue,
    head: &ModelHead,
) -> Result<ModelWrapper, Fault> {
    let parsed = serde_json::from_str::<T>(raw.get());
    parsed.map(Into::into).map_err(|error| bad_merge(head).unwrap_or_else(|| Fault::of_json("model", &error)))
}

/// The first merge that is neither "a b" nor ["a", "b"] of two tokens whose join is a token.
fn bad_merge(head: &ModelHead) -> Option<Fault> {
    let vocab: serde_json::Map<String, Value> = serde_json::from_str(head.vocab?.get()).ok()?;
    let merges: Vec<Value> = serde_json::from_str(head.merges?.get()).ok()?;
    merges.iter().enumerate().find_map(|(i, merge)| {
        let parts: Vec<&str> = match merge {
            Value::String(text) if !text.starts_with("#version") => text.split(' ').collect(),
            Value::Array(pair) => pair.iter().filter_map(Value::as_str).collect(),
            _ => return None,
        };
        let fits = parts.len() == 2 && parts.iter().all(|part| vocab.contains_key(*part));
        let expected = "two tokens of the vocabulary whose join is one too";
        let joined = || vocab.contains_key(&parts.concat());
        (!fits || !joined()).then(|| Fault::new(format!("model.merges[{i}]"), merge.to_string(), expected))
    })
}

/// A word that no token spells becomes the unknown token: without it encoding would fail later.
fn check_unknown_token(model: &ModelWrapper) -> Result<(), Fault> {
    let unknown = match model {
        ModelWrapper::WordPiece(model) => Some(&model.unk_token),
        ModelWrapper::WordLevel(model) => Some(&model.unk_token),
        ModelWrapper::BPE(model) => model.unk_token.as_ref(),
        ModelWrapper::Unigram(_) => None, // an index, checked by the crate
    };
    match unknown {
        Some(token) if model.token_to_id(token).is_none() => {
            Err(Fault::new("model.unk_token", format!("\"{token}\""), "a token of the vocabulary"))
        }
        _ => Ok(()),
    }
}

/// The ids of a vocabulary that is an object; none for Unigram's, where the position is the id.
fn read_ids(head: &ModelHead) -> Result<Option<Vec<u32>>, Fault> {
    match head.vocab {
        Some(raw) if raw.get().starts_with('{') => {
            let Ids(ids) =
                serde_json::from_str(raw.get()).map_err(|error| Fault::of_json("model.vocab", &error))?;
            Ok(Some(ids))
        }
        _ => Ok(None),
    }
}

struct Ids(Vec<u32>);

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdsVisitor;
        impl<'de> Visitor<'de> for IdsVisitor {
            type Value = Ids;
            fn expecting(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
                out.write_str("tokens with their ids")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ids, A::Error> {
                let mut ids = Vec::new();
                while let Some((IgnoredAny, id)) = map.next_entry()? {
                    ids.push(id);
                }
                Ok(Ids(ids))
            }
        }
        deserializer.deserialize_map(IdsVisitor)
    }
}

/// Every id from 0 up has a token, unless there may be gaps, and no two tokens of the model share one. `added`:
/// ids the file gives to added tokens. Returns the highest id + 1.
pub fn check_ids(vocabulary: &ModelAndIds, added: &[u32], gaps: bool) -> Result<u32, Fault> {
    let ModelAndIds { model, ids } = vocabulary;
    if ids.len() != model.get_vocab_size() {
        return Err(Fault::new("model.vocab", "a token that appears twice", "every token once"));
    }
    let highest = ids.iter().chain(added).max().copied();
    let without_gaps = ids.len() + added.len(); // an id at or past it leaves a hole below
    let room = if gaps { highest.map_or(0, |id| id as usize + 1) } else { without_gaps };
    let mut taken = vec![false; room];
    for &id in ids {
        match taken.get_mut(id as usize) {
            Some(true) => {
                let expected = "an id of its own for every token";
                return Err(Fault::new("model.vocab", format!("id {id} of two tokens"), expected));
            }
            Some(slot) => *slot = true,
            None => {}
        }
    }
    for &id in added {
        if let Some(slot) = taken.get_mut(id as usize) {
            *slot = true;
        }
    }
    let size = if gaps { room } else { taken.iter().position(|taken| !taken).unwrap_or(room) };
    match highest {
        Some(highest) if highest as usize >= size => {
            let found = format!("no token of id {size}, but one of id {highest}");
            Err(Fault::new("model.vocab", found, "ids without a gap"))
        }
        None => Err(Fault::new("model.vocab", "no tokens", "a vocabulary")),
        _ => Ok(size as u32),
    }
}
