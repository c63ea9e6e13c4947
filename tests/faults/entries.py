"""The kinds of entry that the catalogue has."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from checkpoint import Checkpoint

MODEL, TEXT, OLD_OUTPUT = "{model}", "the way you do anything", "{old}"
STANDARD = "standard input"  # as a Case's file
SWEEP = ("sweep", MODEL, TEXT)


@dataclasses.dataclass(frozen=True)
class Case:
    """Bad input: the program refuses it, says where it is, what was found and what to do, and touches nothing.

    `file` is relative to the model's folder: "" is the folder itself, None an error that is about no file.
    """

    clause: str
    name: str
    change: Callable[[Checkpoint], None] | None
    file: str | None
    field: str
    found: str
    remedy: str
    code: int = 3
    command: tuple[str, ...] = SWEEP
    golden: str = "bert"
    stdin: bytes = b""
    absent: tuple[str, ...] = ()  # what must not stand in the message


@dataclasses.dataclass(frozen=True)
class Accepted:
    """Odd input that is taken as it is: exit code 0, and `said` on standard output or error, for nothing is silent."""

    clause: str
    name: str
    change: Callable[[Checkpoint], None] | None
    said: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    command: tuple[str, ...] = SWEEP
    golden: str = "bert"
    stdin: bytes = b""
    same_as_unchanged: bool = False  # standard output is what the unbroken model gives


@dataclasses.dataclass(frozen=True)
class Elsewhere:
    """What needs more than a call of the program: the file under tests/ that holds it, and the name it has there."""

    clause: str
    file: str
    name: str


@dataclasses.dataclass(frozen=True)
class Later:
    """What cannot happen yet, and why."""

    clause: str
    reason: str
