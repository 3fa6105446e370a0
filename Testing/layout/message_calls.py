"""A reader of the places that make notices and messages: their keys and the names of their values."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

FOLDERS = ("OrthoDiffusionLib", "OrthoDiffusion")
_MADE_BY = ("OrthoDiffusionLib/messages/message.py", "OrthoDiffusionLib/errors.py")
_FIELDS = ("code", "variant", "values")


class Unreadable(Exception):
    """The key or the values of a call do not stand in the source."""


@dataclass(frozen=True)
class Call:
    """One place that makes a message.

    Attributes:
        place: file and line.
        key: of the catalogue.
        values: names of the values.
    """

    place: str
    key: str
    values: frozenset[str]


def calls_in(root: Path) -> Iterator[Call]:
    """Every place of library and panel that makes a notice or a message.

    Raises:
        Unreadable: naming the place.
    """
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if name not in _MADE_BY:
                yield from _calls_of(ast.parse(path.read_text(encoding="utf-8")), name)


def _calls_of(tree: ast.Module, name: str) -> Iterator[Call]:
    constants = _assigned(tree.body)
    scopes = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    seen: set[ast.Call] = set()
    for scope in sorted(scopes, key=lambda node: -node.lineno):  # inner functions first
        for node in ast.walk(scope):
            if isinstance(node, ast.Call) and node not in seen and _is_made(node):
                seen.add(node)
                yield from _read(node, {**constants, **_before(scope, node)}, name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node not in seen and _is_made(node):
            yield from _read(node, constants, name)


def _is_made(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in ("Notice", "Message")


def _assigned(body: list[ast.stmt]) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _before(scope: ast.AST, call: ast.Call) -> dict[str, ast.expr]:
    """What the names of a function stand for at a call: the last assignment above it."""
    found = [node for node in ast.walk(scope) if isinstance(node, ast.Assign) and node.lineno <= call.lineno]
    names: dict[str, ast.expr] = {}
    for node in sorted(found, key=lambda node: node.lineno):
        for target in node.targets:
            if isinstance(target, ast.Name):
                names[target.id] = node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=False)
                names.update({one.id: value for one, value in pairs if isinstance(one, ast.Name)})
    return names


def _read(call: ast.Call, names: dict[str, ast.expr], name: str) -> Iterator[Call]:
    place = f"{name}:{call.lineno}"
    fields = dict(zip(_FIELDS, call.args, strict=False))
    fields.update({word.arg: word.value for word in call.keywords if word.arg in _FIELDS})
    try:
        codes = _texts(fields["code"], names)
        variants = _texts(fields["variant"], names) if "variant" in fields else [""]
        values = _keys(fields["values"], names) if "values" in fields else frozenset()
    except (KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"{place}: code, variant and names of values must stand in the source ({error})") from None
    for code, variant in product(codes, variants):
        yield Call(place, f"{code}.{variant}" if variant else code, values)


def _texts(node: ast.expr, names: dict[str, ast.expr]) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, names), *_texts(node.orelse, names)]
    if isinstance(node, ast.Name):
        return _texts(names[node.id], names)
    if not isinstance(node.value, str):
        raise TypeError("no text")
    return [node.value]


def _keys(node: ast.expr, names: dict[str, ast.expr]) -> frozenset[str]:
    if isinstance(node, ast.Name):
        return _keys(names[node.id], names)
    return frozenset(key.value for key in node.keys)
