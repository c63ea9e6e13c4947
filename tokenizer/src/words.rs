//! The words of a text by Unicode's rules (UAX #29), and which of them each token lies in.

use unicode_segmentation::UnicodeSegmentation;

/// The word of every token, counted from 0 over the text; `slices`: each token's bytes of `text`, on character
/// boundaries, in any order. Segments that a token shares are one word; punctuation is a word of its own. A
/// token of white space alone belongs to the word it stands directly before, else it is a word of its own.
pub fn number_words(text: &str, slices: &[(usize, usize)]) -> Vec<i64> {
    let starts: Vec<usize> = text.split_word_bound_indices().map(|(start, _)| start).collect();
    if starts.is_empty() {
        return vec![0; slices.len()];
    }
    let segment_at = |byte: usize| starts.partition_point(|start| *start <= byte).saturating_sub(1);
    let segments_of = |(start, end): (usize, usize)| {
        let slice = &text[start..end];
        let first = start + (slice.len() - slice.trim_start().len());
        if first < end {
            return (segment_at(first), segment_at(start + slice.trim_end().len() - 1));
        }
        let stands_before_word = text[end..].chars().next().is_some_and(|next| !next.is_whitespace());
        let segment = segment_at(if stands_before_word { end } else { start });
        (segment, segment)
    };
    let spans: Vec<(usize, usize)> = slices.iter().map(|slice| segments_of(*slice)).collect();

    let mut continues = vec![false; starts.len()]; // the segment belongs to the word of the one before it
    let mut has_token = vec![false; starts.len()];
    for &(first, last) in &spans {
        has_token[first] = true;
        continues[first + 1..=last].fill(true);
    }
    let mut numbers = vec![0; starts.len()];
    let mut next = 0;
    for first in 0..starts.len() {
        if continues[first] {
            numbers[first] = numbers[first - 1];
            continue;
        }
        let end = (first + 1..starts.len()).find(|i| !continues[*i]).unwrap_or(starts.len());
        numbers[first] = next;
        next += i64::from(has_token[first..end].contains(&true)); // what no token lies in is not counted
    }
    spans.iter().map(|(first, _)| numbers[*first]).collect()
}

#[cfg(test)]
mod tests {
    use super::number_words;

    /// Cuts `text` at the given pieces, which make it up but for white space.
    fn words_of(text: &str, pieces: &[&str]) -> Vec<i64> {
        let mut at = 0;
        let mut slices = Vec::new();
        for piece in pieces {
            at += text[at..].find(piece).unwrap();
            slices.push((at, at + piece.len()));
            at += piece.len();
        }
        number_words(text, &slices)
    }

    #[test]
    fn pieces_of_a_word_share_its_number() {
        assert_eq!(words_of("don't stop", &["don", "'", "t", "stop"]), [0, 0, 0, 1]);
        assert_eq!(words_of("3.14 is", &["3", ".", "14", "is"]), [0, 0, 0, 1]);
        assert_eq!(words_of("cafe\u{301}s", &["caf", "e\u{301}", "s"]), [0, 0, 0]);
        assert_eq!(words_of("👨\u{200d}👩 x", &["👨", "\u{200d}", "👩", "x"]), [0, 0, 0, 1]);
    }

    #[test]
    fn ideographs_and_punctuation_are_words() {
        assert_eq!(words_of("数学很难", &["数", "学", "很", "难"]), [0, 1, 2, 3]);
        assert_eq!(words_of("so... \"no\"", &["so", ".", ".", ".", "\"", "no", "\""]), [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn segments_that_share_a_token_are_one_word() {
        assert_eq!(words_of("the [MASK] way", &["the", "[MASK]", "way"]), [0, 1, 2]);
        assert_eq!(words_of("no space[MASK]around", &["no", "space", "[MASK]", "around"]), [0, 1, 2, 3]);
        assert_eq!(words_of("数学很 难", &["数学", "很", "难"]), [0, 1, 2]);
        assert_eq!(words_of("a b c", &["a b", "c"]), [0, 1]);
        assert_eq!(number_words("ab.c", &[(0, 1), (1, 3), (3, 4)]), [0, 0, 0]);
    }

    #[test]
    fn white_space() {
        assert_eq!(number_words(" the way", &[(0, 4), (4, 8)]), [0, 1]); // taken along by the token
        assert_eq!(number_words("the  way\n", &[(0, 3), (3, 4), (4, 8), (8, 9)]), [0, 1, 2, 3]);
        assert_eq!(number_words("a way", &[(0, 1), (1, 2), (2, 3), (3, 5)]), [0, 1, 1, 1]);
        assert_eq!(number_words("a", &[(0, 0), (0, 1), (1, 1)]), [0, 0, 0]);
        assert_eq!(number_words("", &[(0, 0)]), [0]);
    }

    #[test]
    fn what_has_no_token_is_not_counted() {
        assert_eq!(number_words("a \u{200b} b", &[(0, 1), (6, 7)]), [0, 1]);
    }
}
