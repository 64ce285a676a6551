"""The expressions of GitHub Actions, as far as our workflows use them.

After GitHub's page on evaluating expressions: what ``&&`` and ``||`` give, what is false, that
strings are compared without regard to case, and that nothing is an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Value = Any
"""None, a bool, a str, or a context or a part of one."""

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w-]*)|(==|!=|&&|\|\||[!().,]))")
_CALL = re.compile(r"([A-Za-z]\w*)\s*\(")
_ABOUT_STATUS = {"success", "failure", "always", "cancelled"}
_HOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


class ExpressionError(Exception):
    """An expression that is not understood here."""


class Open(dict[str, Value]):
    """A context in which GitHub takes what is not there for nothing, such as ``vars``."""


class Scope(NamedTuple):
    """What an expression can name.

    Args:
        contexts: such as github, vars and inputs.
        functions: such as always and hashFiles.
    """

    contexts: Mapping[str, Value]
    functions: Mapping[str, Callable[..., Value]]


def evaluate(expression: str, scope: Scope) -> Value:
    """The value of an expression.

    Raises:
        ExpressionError: it holds what is not known here, or names what there is not.
    """
    parser = _Parser(_tokens(expression), scope)
    value = parser.either()
    parser.end()
    return value


def text(template: str, scope: Scope) -> str:
    """A text with its ``${{ }}`` filled in."""
    return _HOLE.sub(lambda hole: as_text(evaluate(hole[1], scope)), template)


def condition(written: str, scope: Scope) -> bool:
    """Whether an ``if:`` holds, with ``${{ }}`` around it or without.

    As on GitHub it holds only after success, unless it asks about that itself.

    Raises:
        ExpressionError: it is a text with an expression in it, which always holds.
    """
    stripped = written.strip()
    hole = _HOLE.fullmatch(stripped)
    if not hole and "${{" in stripped:
        raise ExpressionError(f"{written!r} is a text, and always true")
    bare = hole[1] if hole else stripped
    if not _ABOUT_STATUS & set(_CALL.findall(bare)):
        bare = f"success() && ({bare})"
    return is_true(evaluate(bare, scope))


def is_true(value: Value) -> bool:
    """Whether GitHub takes a value for true."""
    return value not in (None, False, "")


def as_text(value: Value) -> str:
    """A value in a text.

    Raises:
        ExpressionError: it is a context.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    raise ExpressionError(f"{value!r} is no text")


def _tokens(expression: str) -> list[str]:
    found, position = [], 0
    rest = expression.rstrip()
    while position < len(rest):
        token = _TOKEN.match(rest, position)
        if not token:
            raise ExpressionError(f"{expression.strip()!r}: {rest[position:].strip()!r}?")
        found.append(token[0].strip())
        position = token.end()
    return found


class _Parser:
    """By recursive descent; ``||`` binds least."""

    def __init__(self, tokens: list[str], scope: Scope) -> None:
        self.tokens = tokens
        self.scope = scope

    def end(self) -> None:
        if self.tokens:
            raise ExpressionError(f"{' '.join(self.tokens)!r} is too much")

    def either(self) -> Value:
        left = self.both()
        while self._take("||"):
            right = self.both()
            left = left if is_true(left) else right
        return left

    def both(self) -> Value:
        left = self.compared()
        while self._take("&&"):
            right = self.compared()
            left = right if is_true(left) else left
        return left

    def compared(self) -> Value:
        left = self.negated()
        for sign in ("==", "!="):
            if self._take(sign):
                return _same(left, self.negated()) == (sign == "==")
        return left

    def negated(self) -> Value:
        return not is_true(self.negated()) if self._take("!") else self.primary()

    def primary(self) -> Value:
        if self._take("("):
            value = self.either()
            self._expect(")")
            return value
        token = self.tokens.pop(0) if self.tokens else ""
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[token]
        if self._take("("):
            return self._call(token)
        value = _part(self.scope.contexts, token)
        while self._take("."):
            value = _part(value, self.tokens.pop(0) if self.tokens else "")
        return value

    def _call(self, name: str) -> Value:
        arguments = []
        while not self._take(")"):
            arguments.append(self.either())
            self._take(",")
        if name not in self.scope.functions:
            raise ExpressionError(f"{name}() is not known here")
        return self.scope.functions[name](*arguments)

    def _take(self, token: str) -> bool:
        if self.tokens[:1] != [token]:
            return False
        self.tokens.pop(0)
        return True

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise ExpressionError(f"there is no {token!r} before {' '.join(self.tokens)!r}")


def _part(value: Value, name: str) -> Value:
    if isinstance(value, Mapping) and name in value:
        return value[name]
    if isinstance(value, Open):
        return None
    raise ExpressionError(f"{name!r} is not known here")


def _same(left: Value, right: Value) -> bool:
    left, right = ("" if value is None else value for value in (left, right))
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if isinstance(left, bool) and isinstance(right, bool):
        return left == right
    raise ExpressionError(f"{left!r} and {right!r} are not compared here")
