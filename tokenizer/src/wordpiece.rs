//! The pipeline that the reference builds for BERT from a vocab.txt: clean, split at white space and
//! punctuation, greedy longest pieces, [CLS] and [SEP] around.

use tokenizers::Tokenizer;
use tokenizers::decoders::wordpiece::WordPiece as WordPieceDecoder;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::processors::bert::BertProcessing;

use crate::fault::Fault;
use crate::pipeline::Pipeline;

pub struct Options<'a> {
    pub lowercase: bool,
    pub strip_accents: Option<bool>, // none: as `lowercase`
    pub handle_chinese_chars: bool,
    pub unk: &'a str,
    pub cls: &'a str,
    pub sep: &'a str,
}

/// `tokens`: by id. An empty one is an id without a token.
pub fn build(tokens: &[&str], options: &Options) -> Result<Pipeline, Fault> {
    let size = u32::try_from(tokens.len()).map_err(|_| Fault::new("", "too many tokens", ""))?;
    let numbered = tokens.iter().zip(0..).map(|(token, id)| (token.to_string(), id));
    let vocabulary: ahash::AHashMap<String, u32> = numbered.collect();
    let named = |token: &str| match vocabulary.get(token) {
        Some(id) => Ok((token.to_string(), *id)),
        None => Err(Fault::new("", format!("no token \"{token}\""), "")),
    };
    named(options.unk)?;
    let around = BertProcessing::new(named(options.sep)?, named(options.cls)?);
    let model = WordPiece::builder().vocab(vocabulary).unk_token(options.unk.to_string()).build();
    let mut tokenizer = Tokenizer::new(model.map_err(|error| Fault::new("", error.to_string(), ""))?);
    let clean_text = true;
    let normalizer = BertNormalizer::new(
        clean_text,
        options.handle_chinese_chars,
        options.strip_accents,
        options.lowercase,
    );
    tokenizer.with_normalizer(Some(normalizer)).map_err(|error| Fault::new("", error.to_string(), ""))?;
    tokenizer.with_pre_tokenizer(Some(BertPreTokenizer));
    tokenizer.with_post_processor(Some(around));
    tokenizer.with_decoder(Some(WordPieceDecoder::default()));
    Ok(Pipeline::new(tokenizer, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_what_goes_around_them() {
        let options = Options {
            lowercase: true,
            strip_accents: None,
            handle_chinese_chars: true,
            unk: "[UNK]",
            cls: "[CLS]",
            sep: "[SEP]",
        };
        let pipeline = build(&["[UNK]", "", "[CLS]", "[SEP]", "un", "##aff"], &options).unwrap();
        let encoding = pipeline.encode("Únaff x", true).unwrap();
        assert_eq!(encoding.ids, [2, 4, 5, 0, 3]);
        assert_eq!(encoding.starts, [0, 0, 3, 7, 0]);
        assert_eq!(encoding.ends, [0, 3, 6, 8, 0]);
        assert_eq!(encoding.added, [true, false, false, false, true]);
        assert_eq!(pipeline.tokens[1], "");
    }
}
