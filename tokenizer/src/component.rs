//! Normalizer, pre-tokenizer, post-processor and decoder of a tokenizer.json: each a tree of typed objects,
//! checked by type before the crate reads it, since the crate tries every shape it knows on an object whose
//! type it does not.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::fault::{Fault, guarded};

/// One sort of component.
pub struct Kind {
    pub name: &'static str,     // its key in the file
    pub children: &'static str, // the key of a Sequence's members
    pub types: &'static [&'static str],
}

pub const NORMALIZER: Kind = Kind {
    name: "normalizer",
    children: "normalizers",
    types: &[
        "BertNormalizer",
        "ByteLevel",
        "Lowercase",
        "NFC",
        "NFD",
        "NFKC",
        "NFKD",
        "Nmt",
        "Precompiled",
        "Prepend",
        "Replace",
        "Sequence",
        "Strip",
        "StripAccents",
    ],
};
pub const PRE_TOKENIZER: Kind = Kind {
    name: "pre_tokenizer",
    children: "pretokenizers",
    types: &[
        "BertPreTokenizer",
        "ByteLevel",
        "CharDelimiterSplit",
        "Digits",
        "FixedLength",
        "Metaspace",
        "Punctuation",
        "Sequence",
        "Split",
        "UnicodeScripts",
        "Whitespace",
        "WhitespaceSplit",
    ],
};
pub const POST_PROCESSOR: Kind = Kind {
    name: "post_processor",
    children: "processors",
    types: &["BertProcessing", "ByteLevel", "RobertaProcessing", "Sequence", "TemplateProcessing"],
};
pub const DECODER: Kind = Kind {
    name: "decoder",
    children: "decoders",
    types: &[
        "BPEDecoder",
        "ByteFallback",
        "ByteLevel",
        "CTC",
        "Fuse",
        "Metaspace",
        "Replace",
        "Sequence",
        "Strip",
        "WordPiece",
    ],
};

pub fn read<T: DeserializeOwned>(kind: &Kind, raw: Option<&RawValue>) -> Result<Option<T>, Fault> {
    let Some(raw) = raw else { return Ok(None) };
    let tree: Value = serde_json::from_str(raw.get()).map_err(|error| Fault::of_json(kind.name, &error))?;
    check_types(kind, kind.name, &tree)?;
    guarded(kind.name, || match serde_json::from_str(raw.get()) {
        Ok(component) => Ok(Some(component)),
        Err(error) => Err(innermost::<T>(kind, kind.name, &tree, &error)),
    })
}

fn children<'a>(kind: &Kind, path: &str, tree: &'a Value) -> Vec<(String, &'a Value)> {
    let members = tree.get(kind.children).and_then(Value::as_array);
    let numbered = members.into_iter().flatten().enumerate();
    numbered.map(|(i, child)| (format!("{path}.{}[{i}]", kind.children), child)).collect()
}

fn check_types(kind: &Kind, path: &str, tree: &Value) -> Result<(), Fault> {
    if let Some(name) = tree.get("type") {
        if !name.as_str().is_some_and(|name| kind.types.contains(&name)) {
            let found = format!("unknown component {name}");
            return Err(Fault::new(
                format!("{path}.type"),
                found,
                format!("one of {}", kind.types.join(", ")),
            ));
        }
    }
    children(kind, path, tree).into_iter().try_for_each(|(path, child)| check_types(kind, &path, child))
}

/// The fault of the innermost component that cannot be read.
fn innermost<T: DeserializeOwned>(kind: &Kind, path: &str, tree: &Value, error: &serde_json::Error) -> Fault {
    for (path, child) in children(kind, path, tree) {
        if let Err(error) = serde_json::from_value::<T>(child.clone()) {
            return innermost::<T>(kind, &path, child, &error);
        }
    }
    Fault::of_json(path, error)
}
