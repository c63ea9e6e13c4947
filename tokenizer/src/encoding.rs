//! A text's tokens, or those of two texts, as plain arrays.

use crate::words::number_words;

pub struct Encoding {
    pub ids: Vec<u32>,
    pub starts: Vec<usize>,
    pub ends: Vec<usize>,
    pub added: Vec<bool>,
    pub type_ids: Vec<u32>,
    pub parts: Vec<u32>,
    pub words: Vec<i64>,
}

impl Encoding {
    pub fn new(texts: &[&str], encoding: &tokenizers::Encoding) -> Self {
        let added: Vec<bool> = encoding.get_special_tokens_mask().iter().map(|mask| *mask != 0).collect();
        let parts = parts_of(encoding, &added, texts.len());
        let slices = slices_of(texts, encoding, &added, &parts);
        let words = number_words_of(texts, &slices, &added, &parts);
        let (starts, ends) = slices.into_iter().unzip();
        Encoding {
            ids: encoding.get_ids().to_vec(),
            starts,
            ends,
            added,
            type_ids: encoding.get_type_ids().to_vec(),
            parts,
            words,
        }
    }
}

/// Which text each token lies in; one that lies in none counts to the one before it.
fn parts_of(encoding: &tokenizers::Encoding, added: &[bool], texts: usize) -> Vec<u32> {
    let mut part = 0;
    let part_of = |i: usize| {
        if !added[i] {
            part = encoding.token_to_sequence(i).unwrap_or(part).min(texts - 1);
        }
        part as u32
    };
    (0..added.len()).map(part_of).collect()
}

/// Bytes of each token's own text; none for added tokens.
fn slices_of(
    texts: &[&str],
    encoding: &tokenizers::Encoding,
    added: &[bool],
    parts: &[u32],
) -> Vec<(usize, usize)> {
    let mut ends = vec![0; texts.len()]; // how far the tokens of each text have come
    let slice_of = |i: usize| {
        if added[i] {
            return (0, 0);
        }
        let part = parts[i] as usize;
        let mut slice = whole_characters(texts[part], encoding.get_offsets()[i]);
        if is_space_mark(&encoding.get_tokens()[i], &texts[part][slice.0..slice.1]) {
            slice = space_before(texts[part], slice.0, ends[part]);
        }
        ends[part] = ends[part].max(slice.1);
        slice
    };
    (0..added.len()).map(slice_of).collect()
}

/// A token that stands for white space alone, but whose offsets do not say so: trimmed to nothing, or those of
/// the first letter of the word that a "▁" was put before.
fn is_space_mark(token: &str, slice: &str) -> bool {
    let is_mark = !token.is_empty() && token.chars().all(|c| c == '▁');
    slice.is_empty() || (is_mark && !slice.contains(|c: char| c.is_whitespace() || c == '▁'))
}

/// The white space before `end`, from `begin` on at most.
fn space_before(text: &str, end: usize, begin: usize) -> (usize, usize) {
    let before = text.get(begin.min(end)..end).unwrap_or_default();
    (before.trim_end().len() + end - before.len(), end)
}

/// Counted on from one text to the next; -1 for tokens that lie in none.
fn number_words_of(texts: &[&str], slices: &[(usize, usize)], added: &[bool], parts: &[u32]) -> Vec<i64> {
    let mut words = vec![-1; slices.len()];
    let mut next = 0;
    for (part, text) in texts.iter().enumerate() {
        let tokens: Vec<usize> =
            (0..slices.len()).filter(|i| !added[*i] && parts[*i] as usize == part).collect();
        let own: Vec<(usize, usize)> = tokens.iter().map(|i| slices[*i]).collect();
        let numbers = number_words(text, &own);
        for (&i, number) in tokens.iter().zip(&numbers) {
            words[i] = next + number;
        }
        next += numbers.iter().max().map_or(0, |last| last + 1);
    }
    words
}

/// A token that is part of a character (a byte of it) covers the character.
fn whole_characters(text: &str, (start, end): (usize, usize)) -> (usize, usize) {
    let mut end = end.min(text.len());
    let mut start = start.min(end);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::{is_space_mark, space_before, whole_characters};

    #[test]
    fn slices_never_cut_a_character() {
        let text = "a數b"; // 1 + 3 + 1 bytes
        assert_eq!(whole_characters(text, (1, 2)), (1, 4));
        assert_eq!(whole_characters(text, (2, 3)), (1, 4));
        assert_eq!(whole_characters(text, (4, 5)), (4, 5));
        assert_eq!(whole_characters(text, (7, 9)), (5, 5));
        assert_eq!(whole_characters(text, (3, 1)), (1, 1));
    }

    #[test]
    fn a_space_mark_is_the_space_before_it() {
        assert!(is_space_mark("Ġ", ""));
        assert!(is_space_mark("▁", "w"));
        assert!(!is_space_mark("▁", " "));
        assert!(!is_space_mark("▁", "▁"));
        assert!(!is_space_mark("▁the", "t"));
        assert_eq!(space_before("a  b", 3, 1), (1, 3));
        assert_eq!(space_before("a  b", 2, 1), (1, 2));
        assert_eq!(space_before("a  b", 1, 1), (1, 1));
        assert_eq!(space_before("b", 0, 0), (0, 0));
    }
}
