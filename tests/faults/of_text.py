"""The catalogue's entries about vocabularies, tokenizers, and the text."""

import json

from checkpoint import both, file, json_file, vocabulary
from entries import MODEL, STANDARD, SWEEP, Accepted, Case, Elsewhere, Later

LIST, TOKENIZER = "vocab.txt", "tokenizer.json"
TRAINED = "Use the vocabulary that the model was trained with"
BOTH = "Use vocab.json and merges.txt as the model was published with them"
PUBLISHED = "Use the tokenizer's files as the model was published with them"
STDIN = ("sweep", MODEL, "-")


def case(clause, name, change, field, found, remedy, **more):
    return Case(clause, name, change, LIST, field, found, remedy, **more)


def replaced(line, text):
    """Line number `line`, from 1, is another text."""
    return lambda lines: lines[: line - 1] + [text] + lines[line:]


def byte_level(merges):
    """A RoBERTa of vocab.json and merges.txt."""
    def change(checkpoint):
        checkpoint.remove(TOKENIZER)
        checkpoint.write("merges.txt", merges(checkpoint.read("merges.txt").decode()))
    return change


def tokenizer(edit):
    return json_file(TOKENIZER, edit)




TOKENIZER_ENTRIES = [
    case("duplicate token: both lines", "duplicate", vocabulary(replaced(9, "+")), "line 9", "\"+\", which is on line 8 too",
         "take out one of the two"),
    Accepted("CRLF and BOM: stripped, and said", "crlf", vocabulary(lambda lines: "\r\n".join(lines).encode()),
             ("carriage returns at the ends of 295 lines skipped",), same_as_unchanged=True),
    Accepted("CRLF and BOM: stripped, and said", "bom", vocabulary(lambda lines: b"\xef\xbb\xbf" + "\n".join(lines).encode()),
             ("byte order mark skipped",), same_as_unchanged=True),
    Accepted("a blank line keeps its id", "blank", vocabulary(replaced(9, "")), ("1 blank lines keep their ids, the first is line 9",),
             same_as_unchanged=True),
    case("missing [MASK] or [UNK]", "no_mask", vocabulary(replaced(5, "[mask]")), "[MASK]", "no such token", TRAINED),
    case("missing [MASK] or [UNK]", "no_unk", vocabulary(replaced(2, "[unk]")), "[UNK]", "no such token", TRAINED),
    Case("missing [MASK] or [UNK]", "no_mask_in_tokenizer_json", tokenizer(
        lambda value: value.update(json.loads(json.dumps(value).replace("[MASK]", "[mask]")))), TOKENIZER, "[MASK]", "no such token",
         TRAINED),
    case("invalid UTF-8: line", "utf8", vocabulary(lambda lines: "\n".join(replaced(9, "N")(lines)).encode().replace(b"\nN\n", b"\n\xff\n")),
         "line 9", "invalid UTF-8 (0xff at byte 0 of the line)", "convert it to UTF-8"),
    Case("ids with gaps", "gap_in_vocab_json", both(byte_level(lambda text: text), file("vocab.json", '{"<s>": 0, "a": 7}')),
         "vocab.json", "a", "id 7 among 2 tokens", BOTH, golden="roberta"),
    Case("ids with gaps", "gap_in_tokenizer_json", tokenizer(lambda value: value["model"]["vocab"].update({"everything": 900})),
         TOKENIZER, "model.vocab", "one of id 900", PUBLISHED),
    *(Case("unknown component type: its path, never skipped", name, tokenizer(lambda value, at=name: value.update({at: {"type": "Odd"}})),
           TOKENIZER, f"{name}.type", "Odd", PUBLISHED) for name in ("normalizer", "pre_tokenizer", "post_processor", "decoder", "model")),
    Case("unknown component type: its path, never skipped", "nested", tokenizer(lambda value: value.update(
        {"normalizer": {"type": "Sequence", "normalizers": [value["normalizer"], {"type": "Odd"}]}})), TOKENIZER,
         "normalizer.normalizers[1].type", "Odd", PUBLISHED),
    Case("malformed merge", "merge", byte_level(lambda text: "#version: 0.2\nt h\nq zz\n"), "merges.txt", "line 3", "q zz", BOTH,
         golden="roberta"),
    Case("malformed merge", "merge_of_three", byte_level(lambda text: "#version: 0.2\na b c\n"), "merges.txt", "line 2", "a b c",
         BOTH, golden="roberta"),
    Case("malformed merge", "merge_in_tokenizer_json", tokenizer(lambda value: value["model"].update({"merges": ["q zz"]})), TOKENIZER,
         "model.merges[0]", "q zz", PUBLISHED, golden="roberta"),
]

LONG = "the way " * 200
JUST_TOO_LONG = "the way " * 79 + "the"  # 161 tokens with the special ones, for 160 positions
TEXT_ENTRIES = [
    Case("invalid UTF-8: byte offset", "utf8_on_standard_input", None, STANDARD, "byte 4", "invalid UTF-8 (0xff)",
         "Convert the text to UTF-8", command=STDIN, stdin=b"the \xff way"),
    Case("invalid UTF-8: byte offset", "utf8_cut_off", None, STANDARD, "byte 4", "invalid UTF-8 (0xe2)", "Convert the text to UTF-8",
         command=STDIN, stdin=b"the \xe2\x82"),
    Case("invalid UTF-8: byte offset", "utf8_in_a_file", file("t.txt", b"the \xff way"), "t.txt", "byte 4", "invalid UTF-8 (0xff)",
         "Convert the text to UTF-8", command=("sweep", MODEL, "--file", MODEL + "/t.txt")),
    Case("invalid UTF-8: byte offset", "utf8_in_the_second_text", None, None, "second text, byte 0", "invalid UTF-8 (0xff)",
         "Convert the text to UTF-8", command=(*SWEEP, "--second", "\udcff")),
    Later("invalid UTF-8 replaced with --on-invalid replace", "comes with the corpus command: one text is refused, never changed"),
    Accepted("an empty text is kept, without rows", "empty", None, ('"rows": []',), command=("sweep", MODEL, "", "--format", "json")),
    Case("over 16 MiB in one text: before tokenizing", "too_large", None, STANDARD, "text", "expected at most 16777216 (16 MiB)",
         "Split the text", command=STDIN, stdin=b"a" * ((16 << 20) + 1)),
    Accepted("a word of 1 M characters: [UNK], at once", "long_word", None, ('"token": "[UNK]"',),
             command=("sweep", MODEL, "-", "--format", "json"), stdin=b"a" * 1_000_000),
    Case("longer than the model's positions: refused", "refused_file", file("t.txt", LONG), "t.txt", "text", "402 tokens", "Shorten the text",
         command=("dump", MODEL, "--file", MODEL + "/t.txt", "-o", "{new}.safetensors")),
    Case("longer than the model's positions: refused", "refused", None, None, "text",
         "161 tokens, expected at most 160",
         "Shorten the text, cut its end off with `--max-length truncate`", command=("sweep", MODEL, JUST_TOO_LONG)),
    Accepted("longer than the model's positions: refused", "just_fits", None, ('"position": 159',),
             command=("sweep", MODEL, JUST_TOO_LONG[4:], "--mask", "3", "--format", "json")),
    Accepted("longer than the model's positions: truncated, and flagged in the result", "truncated", None,
             ('"truncated_tokens": 242', "242 tokens at the end were left out: the model has 160 positions"),
             command=("sweep", MODEL, LONG, "--mask", "3", "--max-length", "truncate", "--format", "json")),
    Accepted("longer than the model's positions: windows, and flagged in the result", "windows", None,
             ("402 tokens were read in", "windows of 160"),
             command=("sweep", MODEL, LONG, "--mask", "3", "--max-length", "window", "--format", "json")),
    Accepted("a literal [MASK] in the text", "literal_mask", None, ("the text itself holds the mask there",),
             command=("sweep", MODEL, "the [MASK] you do")),
    Later("records split on \\n only", "comes with the corpus command; a text may hold any separator, and is one record"),
    Accepted("bidi controls escaped in reports", "bidi_in_text", None, ("\\u202e",), command=("sweep", MODEL, "the \u202eway\u2066 you", "--mask", "none")),
    Elsewhere("bidi controls escaped in reports", "cli/test_safe_output.py", "test_documents"),
]
