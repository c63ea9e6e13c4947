"""A checkpoint to break: a tiny golden one, copied, and what writes its files anew."""

from __future__ import annotations

import json
import pathlib
import shutil
import struct

GOLDENS = pathlib.Path(__file__).resolve().parents[1] / "data" / "goldens"
WIDTHS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I32": 4, "F8_E4M3": 1}


class Checkpoint:
    def __init__(self, folder: pathlib.Path, golden: str = "bert"):
        self.folder = folder
        shutil.copytree(GOLDENS / golden, folder, ignore=shutil.ignore_patterns("golden*"))

    def path(self, name=""):
        return str(self.folder / name) if name else str(self.folder)

    def read(self, name):
        return (self.folder / name).read_bytes()

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def remove(self, *names):
        for name in names:
            (self.folder / name).unlink()

    def edit_json(self, name, edit):
        """Writes what `edit` makes of the file's value; what it returns, if it returns something."""
        value = json.loads(self.read(name))
        edited = edit(value)
        self.write(name, json.dumps(value if edited is None else edited))

    def tensors(self):
        """name -> (dtype, shape, bytes)"""
        content = self.read("model.safetensors")
        (size,) = struct.unpack("<Q", content[:8])
        header, data = json.loads(content[8 : 8 + size]), content[8 + size :]
        header.pop("__metadata__", None)
        return {name: (entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])]) for name, entry in header.items()}

    def save_tensors(self, tensors, name="model.safetensors", align=8):
        entries, data = {}, b""
        for tensor, (dtype, shape, content) in tensors.items():
            entries[tensor] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
            data += content
        header = json.dumps(entries).encode()
        self.write(name, safetensors(header + b" " * (-len(header) % 8 if align else 1 - len(header) % 2), data))


def safetensors(header, data=b""):
    header = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(header)) + header + data


# --- changes, as the table's entries name them

def file(name, content):
    return lambda checkpoint: checkpoint.write(name, content)


def weights(content):
    return file("model.safetensors", content)


def header(entries, data=bytes(16)):
    """model.safetensors with these entries (JSON without the braces) before 16 bytes of data."""
    braces = b"{%s}" if isinstance(entries, bytes) else "{%s}"
    return weights(safetensors(braces % entries, data))


def one(shape="[4]", begin=0, end=16, dtype="F32", name="a"):
    """An entry of the header."""
    return f'"{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{begin},{end}]}}'


def config(**members):
    return json_file("config.json", lambda value: value.update(members))


def json_file(name, edit):
    return lambda checkpoint: checkpoint.edit_json(name, edit)


def tensors(edit):
    def change(checkpoint):
        stored = checkpoint.tensors()
        edit(stored)
        checkpoint.save_tensors(stored)
    return change


def vocabulary(edit, encoding="utf-8"):
    """A model with vocab.txt alone; `edit` gets its lines and returns them, or the bytes of the file."""
    def change(checkpoint):
        checkpoint.remove("tokenizer.json")
        lines = checkpoint.read("vocab.txt").decode().split("\n")
        edited = edit(lines)
        checkpoint.write("vocab.txt", edited if isinstance(edited, bytes) else "\n".join(edited).encode(encoding))
    return change


def both(*changes):
    def change(checkpoint):
        for each in changes:
            each(checkpoint)
    return change
