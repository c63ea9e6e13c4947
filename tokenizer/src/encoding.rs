//! A text's tokens as plain arrays.

pub struct Encoding {
    pub ids: Vec<u32>,
    pub starts: Vec<usize>,
    pub ends: Vec<usize>,
    pub added: Vec<bool>,
    pub type_ids: Vec<u32>,
    pub words: Vec<i64>,
}

impl Encoding {
    pub fn new(text: &str, encoding: &tokenizers::Encoding) -> Self {
        let added: Vec<bool> = encoding.get_special_tokens_mask().iter().map(|mask| *mask != 0).collect();
        let offsets = encoding.get_offsets().iter().zip(&added);
        let slices =
            offsets.map(|(offsets, added)| if *added { (0, 0) } else { whole_characters(text, *offsets) });
        let (starts, ends) = slices.unzip();
        Encoding {
            ids: encoding.get_ids().to_vec(),
            starts,
            ends,
            added,
            type_ids: encoding.get_type_ids().to_vec(),
            words: encoding.get_word_ids().iter().map(|word| word.map_or(-1, i64::from)).collect(),
        }
    }
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
    use super::whole_characters;

    #[test]
    fn slices_never_cut_a_character() {
        let text = "a數b"; // 1 + 3 + 1 bytes
        assert_eq!(whole_characters(text, (1, 2)), (1, 4));
        assert_eq!(whole_characters(text, (2, 3)), (1, 4));
        assert_eq!(whole_characters(text, (4, 5)), (4, 5));
        assert_eq!(whole_characters(text, (7, 9)), (5, 5));
        assert_eq!(whole_characters(text, (3, 1)), (1, 1));
    }
}
