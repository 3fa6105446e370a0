"""Reads one numpy array from a pickle without running it: its instructions are read as data, and only those are obeyed
that an array needs."""

from __future__ import annotations

import pickletools
from pathlib import Path
from typing import Any

import numpy as np

LARGEST_BYTES = 512 * 2**20

_MARK = object()
_PUSHED = frozenset(
    (
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4"),
        *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE"),
        *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8"),
    )
)
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"): "array",
    ("numpy._core.multiarray", "_reconstruct"): "array",
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): "dtype",
    ("_codecs", "encode"): "encode",
}


class _RefusedError(ValueError):
    """The file says something that an array does not need."""


class _Name:
    """A name of the pickle that stands for a kind of object; never the object itself."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


class _Made:
    """An array or a type in the making."""

    def __init__(self, kind: str, arguments: tuple) -> None:
        self.kind, self.arguments = kind, arguments
        self.state: tuple[Any, ...] = ()


def read_pickled_array(path: Path) -> np.ndarray:
    """The array of a file that `pickle` wrote, by Python 2 or 3.

    Raises:
        ValueError: if the file holds anything else, ends too early, or names anything that an array does not need.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise _RefusedError("the file is too large")
    try:
        made = _obey(path.read_bytes())
        if not isinstance(made, _Made) or made.kind != "array":
            raise _RefusedError("it holds no array")
        _, shape, dtype, fortran, data = made.state
        kind = _dtype(dtype)
        data = data.encode("latin-1") if isinstance(data, str) else data
        array = np.frombuffer(bytes(data), kind)
        return array.reshape(shape, order="F" if fortran else "C")
    except _RefusedError:
        raise
    except Exception as error:  # of a damaged file any step may fail, and none of them has an effect
        raise ValueError("it is damaged") from error


def _obey(content: bytes) -> object:
    stack: list[Any] = []
    memo: dict[Any, Any] = {}
    for opcode, argument, _ in pickletools.genops(content):
        name = opcode.name
        if name in _PUSHED:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name == "MARK":
            stack.append(_MARK)
        elif name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            memo[len(memo) if argument is None else argument] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(memo[argument])
        elif name == "STOP":
            return stack.pop()
        elif name not in ("PROTO", "FRAME"):
            _combine(name, argument, stack)
    raise _RefusedError("it ends too early")


def _combine(name: str, argument: Any, stack: list[Any]) -> None:
    if name == "GLOBAL":
        module, _, word = str(argument).partition(" ")
        stack.append(_named(module, word))
    elif name == "STACK_GLOBAL":
        word, module = stack.pop(), stack.pop()
        stack.append(_named(module, word))
    elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
        count = int(name[-1])
        stack[-count:] = [tuple(stack[-count:])]
    elif name == "TUPLE":
        start = max(place for place, value in enumerate(stack) if value is _MARK)
        stack[start:] = [tuple(stack[start + 1 :])]
    elif name == "REDUCE":
        arguments, function = stack.pop(), stack.pop()
        stack.append(_called(function, arguments))
    elif name == "BUILD":
        state = stack.pop()
        if not isinstance(stack[-1], _Made):
            raise _RefusedError("it builds something that is no array")
        stack[-1].state = state
    else:
        raise _RefusedError(f"it holds the instruction {name}, which an array does not need")


def _named(module: str, word: str) -> _Name:
    kind = _ALLOWED.get((module, word))
    if kind is None:
        raise _RefusedError(f"it names {module}.{word}, which an array does not need")
    return _Name(kind)


def _called(function: Any, arguments: tuple) -> object:
    kind = function.kind if isinstance(function, _Name) else ""
    if kind in ("array", "dtype"):
        return _Made(kind, arguments)
    if kind == "encode" and arguments[1:] == ("latin1",):
        return str(arguments[0]).encode("latin-1")
    raise _RefusedError("it calls something that an array does not need")


def _dtype(made: object) -> np.dtype:
    """Of the words of its type, e.g. "i2", and its order of bytes."""
    if not isinstance(made, _Made) or made.kind != "dtype":
        raise _RefusedError("the array has no type")
    word = str(made.arguments[0])
    if len(word) < 2 or word[0] not in "iuf" or not word[1:].isdigit():
        raise _RefusedError(f"the array is of the type {word} and holds no grey values")
    order = made.state[1] if len(made.state) > 1 else "="
    return np.dtype(f"{order if order in ('<', '>') else '='}{word}")
