"""The catalogue's entries about model.safetensors and its shards."""

import json
import struct

from checkpoint import both, header, json_file, one, safetensors, tensors, weights
from entries import Accepted, Case

FILE, INDEX = "model.safetensors", "model.safetensors.index.json"
AGAIN, TRUNCATED = "Download the file again", "truncated: download it again"


def length(value):
    return weights(struct.pack("<Q", value) + b"{}")


def case(clause, name, change, field, found, remedy=AGAIN, **more):
    return Case(clause, name, change, FILE, field, found, remedy, **more)


def shards(weight_map):
    """The tensors in a-1.safetensors and, if the map names it, a-2.safetensors."""
    def change(checkpoint):
        stored = checkpoint.tensors()
        checkpoint.remove(FILE)
        index = {name: weight_map(name) for name in stored}
        for shard in {"a-1.safetensors", "a-2.safetensors"} & set(index.values()):
            checkpoint.save_tensors({name: stored[name] for name in stored if index[name] == shard}, shard)
        checkpoint.write(INDEX, json.dumps({"weight_map": index}))
    return change


def halves(name):
    return "a-2.safetensors" if "encoder" in name else "a-1.safetensors"


def without(name):
    return lambda checkpoint: checkpoint.remove(name)


def empty_tensor(name):
    return tensors(lambda stored: stored.update({name: ("F32", [0, 36], b"")}))


def unaligned(checkpoint):
    checkpoint.save_tensors(checkpoint.tensors(), align=0)
    assert struct.unpack("<Q", checkpoint.read(FILE)[:8])[0] % 2 == 1


ENTRIES = [
    case("empty or 7-byte file", "empty", weights(b""), "file size", "0 bytes", TRUNCATED),
    case("empty or 7-byte file", "seven_bytes", weights(b"1234567"), "file size", "7 bytes", TRUNCATED),
    case("header length 2^63", "length_2_63", length(1 << 63), "header length", "9223372036854775808 bytes", "Use a safetensors file"),
    case("header length over 100 MB", "length_100_mb", length(100_000_001), "header length", "100000001 bytes", "Use a safetensors"),
    case("header length beyond the file: truncated, download again", "length_beyond", length(3), "header length",
         "3 bytes, but a file of 10", TRUNCATED),
    case("an HTML page instead of a binary", "html", weights(b"<!DOCTYPE html>\n<html>Sign in</html>"), "", "an HTML page",
         "Download the file itself"),
    case("a Git LFS pointer instead of a binary", "lfs", weights(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "",
         "a Git LFS pointer", "git lfs pull"),
    case("invalid UTF-8", "utf8", header(one(name="N").encode().replace(b"N", b"\xff")), "byte 3", "ill-formed UTF-8", "again"),
    case("bad JSON", "bad_json", header('"a": oops'), "byte 7", "invalid literal", "again"),
    case("trailing JSON", "trailing_json", weights(safetensors("{}{}")), "byte 3", "unexpected '{'", "again"),
    case("trailing JSON", "trailing_nul", weights(safetensors(b"{}\0")), "byte 3", "a NUL byte", "again"),
    case("depth 100,000", "depth", weights(safetensors("[" * 100_000)), "nesting", "more than 64 levels", "again"),
    case("duplicate key", "duplicate", header(one("[2]", 0, 8) + "," + one("[2]", 8, 16)), "a", "the key twice", "again"),
    case("unknown dtype: list the supported", "dtype", header(one(dtype="F33")), "a: dtype",
         "\"F33\", expected one of F4, F6_E2M3", "Convert the tensor"),
    case("negative shape", "negative", header(one("[-4]")), "a: shape", "found -4"),
    case("float shape", "float", header(one("[4.0]")), "a: shape", "found 4.0"),
    case("shape of 1e30", "shape_1e30", header(one("[1e30]")), "a: shape", "found 1e+30"),
    case("product overflow", "product", header(one("[4294967296,4294967296]")), "a: shape", "[4294967296, 4294967296] of F32"),
    case("product overflow", "product_wraps_to_16", header(one("[4611686018427387905,4]")), "a: shape", "[4611686018427387905, 4]"),
    case("end before begin", "end_before_begin", header(one("[4]", 16, 0)), "a: data_offsets", "an end 0 before the begin 16"),
    case("overlap", "overlap", header(one("[3]", 0, 12) + "," + one("[2]", 8, 16, name="b")), "b: data_offsets",
         "begin 8, an overlap with a"),
    case("hole", "hole", header(one("[1]", 0, 4) + "," + one("[2]", 8, 16, name="b")), "b: data_offsets", "a hole of 4 bytes"),
    case("trailing bytes", "trailing_bytes", header(one("[3]", 0, 12)), "trailing bytes", "4 bytes after the last tensor"),
    case("size other than shape x dtype", "too_small", header(one("[4]", 0, 12)), "a: data_offsets",
         "12 bytes, expected 16 bytes for [4] of F32"),
    case("size other than shape x dtype", "cut_short", header(one("[5]", 0, 20)), "a: data_offsets", "end 20, but 16 bytes of data",
         TRUNCATED),
    case("size other than shape x dtype", "cut_short_by_a_byte", header(one(), bytes(15)), "a: data_offsets",
         "end 16, but 15 bytes of data", TRUNCATED),
    case("NUL or ANSI codes in a name: escaped in the message", "ansi", header(one(dtype="F33", name="\\u001b[31mred")),
         "\\x1b[31mred: dtype", "\"F33\"", "Convert"),
    case("NUL or ANSI codes in a name: escaped in the message", "nul", header(one(dtype="F33", name="a\\u0000b")),
         "a\\x00b: dtype", "\"F33\"", "Convert"),
    case("zero-size tensor: an error only if the model needs it", "empty_needed",
         empty_tensor("bert.embeddings.token_type_embeddings.weight"), "shapes", "1 misshapen",
         "Check that configuration and weights belong together"),
    Accepted("zero-size tensor: an error only if the model needs it", "empty_not_needed", empty_tensor("other"),
             same_as_unchanged=True),
    Accepted("unaligned data: accepted", "unaligned", unaligned, same_as_unchanged=True),
    Accepted("missing shard", "every_shard_there", shards(halves), same_as_unchanged=True),
    Case("shard index naming ../x", "index_leaves_the_folder", shards(lambda name: "../x.safetensors"), INDEX, "weight_map: ",
         "\"../x.safetensors\"", "Use an index that names files beside itself"),
    Case("shard index naming ../x", "index_is_absolute", shards(lambda name: "/etc/passwd"), INDEX, "weight_map: ",
         "\"/etc/passwd\"", "Use an index that names files beside itself"),
    Case("missing shard", "shard_missing", both(shards(halves), without("a-2.safetensors")), INDEX, "weight_map",
         "1 of 2 files missing", "Download the missing files into the same folder"),
    Case("missing shard", "shard_without_its_tensor", both(shards(halves), json_file(INDEX, lambda value: value["weight_map"].update(
        {"other": "a-1.safetensors"}))), "a-1.safetensors", "other", "no such tensor", "Download the index and its files again"),
]
