"""Writes a TensorFlow checkpoint (a LevelDB table of protocol buffers, and data beside it), right or wrong."""

from __future__ import annotations

import array
import dataclasses
import struct

POLYNOMIAL = 0x82F63B78


def _crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
        table.append(byte)
    return table


CRC_TABLE = _crc_table()


def masked_crc(content):
    """CRC-32C as LevelDB and TensorFlow store it."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def number_field(number, value):
    return varint(number << 3) + varint(value)


def bytes_field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


@dataclasses.dataclass
class Entry:
    """A tensor's record; `more` is appended to its message."""

    shape: list
    offset: int
    size: int
    crc: int
    dtype: int = 1
    shard: int = 0
    more: bytes = b""

    def message(self):
        shape = b"".join(bytes_field(2, number_field(1, size)) for size in self.shape)
        return (number_field(1, self.dtype) + bytes_field(2, shape) + number_field(3, self.shard) + number_field(4, self.offset)
                + number_field(5, self.size) + varint(6 << 3 | 5) + struct.pack("<I", self.crc) + self.more)


def record(key, value, shared=0):
    return varint(shared) + varint(len(key)) + varint(len(value)) + key + value


def block(records):
    """Contents, one restart point at the start."""
    return b"".join(records) + struct.pack("<II", 0, 1)


def with_trailer(contents, kind=0):
    mark = bytes([kind])
    return contents + mark + struct.pack("<I", masked_crc(contents + mark))


def handle(offset, size):
    return varint(offset) + varint(size)


def table(contents, kind=0, place=None):
    """A table of one data block; `place` is where the index says it lies."""
    data = with_trailer(contents, kind)
    meta = with_trailer(block([]))
    index = with_trailer(block([record(b"~", place or handle(0, len(contents)))]))
    footer = handle(len(data), len(meta) - 5) + handle(len(data) + len(meta), len(index) - 5)
    return data + meta + index + footer.ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57)


class Bundle:
    """The tensors of a tiny BERT under the names that TensorFlow's release has for them."""

    def __init__(self, checkpoint):
        self.header = number_field(1, 1) + bytes_field(3, number_field(1, 1))
        self.entries, self.data = {}, b""
        for name, (_, shape, content) in checkpoint.tensors().items():
            if "position_ids" in name:
                continue
            stored, transposed = stored_name(name)
            if transposed:
                floats = array.array("f", content)
                content = array.array("f", [floats[r * shape[1] + c] for c in range(shape[1]) for r in range(shape[0])]).tobytes()
                shape = shape[::-1]
            self.entries[stored] = Entry(shape, len(self.data), len(content), masked_crc(content))
            self.data += content

    def records(self):
        ordered = sorted((name.encode(), entry.message()) for name, entry in self.entries.items())
        return [record(b"", self.header), *(record(name, message) for name, message in ordered)]

    def index(self):
        return table(block(self.records()))


def stored_name(name):
    for old, new in ((".layer.", "/layer_"), ("cls.predictions.bias", "cls/predictions/output_bias"),
                     ("LayerNorm.weight", "LayerNorm/gamma"), ("LayerNorm.bias", "LayerNorm/beta"),
                     ("embeddings.weight", "embeddings")):
        name = name.replace(old, new)
    transposed = name.endswith(".weight")
    return name.replace(".weight", "/kernel").replace(".", "/"), transposed


_made = {}  # checksums in Python take a moment: the unbroken bundle is made once


def bundle(edit=None):
    """A change: the release in place of the checkpoint, after `edit` of its bundle; what that returns is the index file."""
    def change(checkpoint):
        if "bundle" not in _made:
            _made["bundle"] = Bundle(checkpoint)
        whole = _made["bundle"]
        one = Bundle.__new__(Bundle)
        one.header, one.data = whole.header, whole.data
        one.entries = {name: dataclasses.replace(entry) for name, entry in whole.entries.items()}
        index = edit(one) if edit else None
        checkpoint.write("bert_config.json", checkpoint.read("config.json"))
        checkpoint.remove("config.json", "model.safetensors")
        checkpoint.write("bert_model.ckpt.index", index or one.index())
        checkpoint.write("bert_model.ckpt.data-00000-of-00001", one.data)
    return change


def entry(name, **members):
    """A bundle one of whose entries has other members."""
    def edit(one):
        for member, value in members.items():
            setattr(one.entries[name], member, value)
    return bundle(edit)
