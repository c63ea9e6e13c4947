"""The catalogue's entries about TensorFlow checkpoints: their index, its blocks, and the data beside it."""



from bundle import block, bundle, bytes_field, entry, handle, number_field, record, table
from checkpoint import both
from entries import Accepted, Case

INDEX, DATA = "bert_model.ckpt.index", "bert_model.ckpt.data-00000-of-00001"
NAME = "bert/embeddings/LayerNorm/gamma"
AGAIN = "Download the checkpoint again"


def index(clause, name, edit, field, found, remedy=AGAIN, **more):
    return Case(clause, name, bundle(edit), INDEX, field, found, remedy, **more)


def tensor(clause, name, field, found, remedy=AGAIN, file=INDEX, code=3, **members):
    return Case(clause, name, entry(NAME, **members), file, field, found, remedy, code=code)


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def flip_data(one):
    one.data = flipped(one.data, one.entries[NAME].offset + 5)


def set_header(more):
    def edit(one):
        one.header = more
    return edit


ENTRIES = [
    Accepted("CRC mismatch of a block", "intact", bundle()),
    index("bad magic", "magic", lambda one: flipped(one.index(), len(one.index()) - 1), "footer", "magic number"),
    index("bad magic", "short", lambda one: b"short", "footer", "a file of 5 bytes"),
    index("block past the end of the file", "block_past_end",
          lambda one: table(block(one.records()), place=handle(0, 1 << 40)), "block at byte 0", "a size of 1099511627776 bytes"),
    index("block past the end of the file", "block_size_wraps",
          lambda one: table(block(one.records()), place=handle(8, (1 << 64) - 4)), "block at byte 8", "18446744073709551612"),
    index("varint over 10 bytes", "varint", lambda one: table(block([b"\xff" * 11])), "block at byte 0",
          "a varint that is cut off or over 10 bytes"),
    index("varint over 10 bytes", "varint_in_the_footer", lambda one: one.index()[:-48] + b"\xff" * 40 + one.index()[-8:], "footer",
          "a block's place in more than 10 bytes"),
    index("prefix longer than the previous key", "prefix",
          lambda one: table(block([record(b"", one.header), record(b"a", b"", shared=9)])), "block at byte 0",
          "a key that shares 9 bytes with the one before"),
    index("CRC mismatch of a block", "block_crc", lambda one: flipped(one.index(), 40), "block at byte 0", "CRC-32C", code=6),
    Case("CRC mismatch of a tensor", "tensor_crc", bundle(flip_data), DATA, NAME, "CRC-32C", AGAIN, code=6),
    index("malformed proto under a valid CRC", "header_proto", set_header(b"\x0a\xff\xff"), "", "malformed"),
    tensor("malformed proto under a valid CRC", "entry_proto", NAME, "malformed", more=b"\x3a\x7f"),
    tensor("malformed proto under a valid CRC", "field_zero", NAME, "malformed", more=b"\x00\x00"),
    tensor("negative dim", "negative_dim", NAME, "dimension -36", shape=[-36]),
    tensor("shard_id out of range", "shard_id", NAME, "shard_id 1", shard=1),
    tensor("shard_id out of range", "negative_shard_id", NAME, "shard_id -1", shard=-1),
    tensor("offset + size past the shard", "past_the_shard", NAME, "144 bytes at byte 99999999", file=DATA, offset=99999999),
    tensor("offset + size past the shard", "negative_offset", NAME, "144 bytes at byte -1", file=DATA, offset=-1),
    tensor("offset + size past the shard", "sum_wraps", NAME, "144 bytes at byte 9223372036854775807", file=DATA,
           offset=(1 << 63) - 1),
    tensor("offset + size past the shard", "size_is_not_the_shapes", NAME, "140 bytes", size=140),
    Case("missing shard", "data_missing", both(bundle(), lambda checkpoint: checkpoint.remove(DATA)), DATA, "bert/",
         "no such file", "Download the checkpoint's missing data file"),
    index("big-endian: unsupported", "big_endian", set_header(number_field(1, 1) + number_field(2, 1)), "", "big-endian",
          "save it again"),
    tensor("slices: unsupported", "slices", NAME, "slice", "save its variables whole", more=bytes_field(7, b"")),
    index("compression: unsupported", "snappy", lambda one: table(block(one.records()), kind=1), "block at byte 0",
          "snappy compression", "writes it uncompressed"),
    index("compression: unsupported", "unknown_compression", lambda one: table(block(one.records()), kind=7), "block at byte 0",
          "compression 7", "writes it uncompressed"),
]
