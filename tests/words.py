"""Find words that read as translated: ``python -m tests.words PATH...`` checks your files.

A PATH is a Markdown or Python file, or a directory of them. The command checks prose: Markdown
without headings, code and the targets of links; comments and docstrings of Python. It prints
``file:line: the words: what to write instead`` and exits with 1 if it finds anything.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

BETTER = {
    r"\bat fault\b": "invalid, failed, the root cause",
    r"(?<!there )\b(?:is|are|was|were) none\b": "is not one, has none; or name the thing",
    r"(?<!there )\b(?:is|are) no (?!longer\b|more\b|less\b)\w+": "is not a ...",
    r"\bsuch as \w+ (?:takes|gives|asks|offers|knows)\b": "valid; that ... accepts",
    r"\bwho(?:m|so)?ever\b": "the person who, anyone who, users",
    r"\bwhere (?:it is (?:not|none)|there (?:is|are)|nothing|none|nobody|something)\b": (
        "if, when, unless"
    ),
    r"\b(?:somebody|someone|nobody)'s\b": "name the owner",
    r"(?<=[\w,;:] )(?-i:nobody)\b": "no ..., nothing; or the passive",
    r"\bof (?:what|which|whom|whose) (?:it|they) (?:is|are|was|were)\b": "the noun itself",
    r"(?:^|(?<=[.!?|] ))(?-i:What) [^.?|]+\.(?= |$)": "a noun as the subject, or a verb first",
    r"\bjudg(?:e|es|ed|ing)\b": "check, linter",
    r"\b(?:tests?|checks?|rules?|lint) (?:that )?holds?\b|\bis held (?:to|by)\b": "check, verify",
    r"\bholds that\b": "check that, verify that",
    r"\bstands? (?:in|at|on|above|below|beside|under|there|first|alone)\b": "is; or drop the verb",
    r"\b(?:mend(?:s|ed|ing)?|anew|of old|its likes?)\b": "fix, again, similar",
    r"\b(?:names|rules|types|roles|templates|tags) of (?:ours|theirs)\b": "our ..., their ...",
}
"""Patterns to avoid, and what to write instead. Case counts only in ``(?-i:...)``."""

_PATTERNS = {re.compile(pattern, re.IGNORECASE): better for pattern, better in BETTER.items()}
_BLOCK = re.compile(
    r"<!-- ([\w ]+)\b.*?-->\n.*?<!-- end of \1 -->|^ *```.*?^ *```|^#+ .*?$|<!--.*?-->",
    re.DOTALL | re.MULTILINE,
)
_CODE = re.compile(r"``.+?``|`[^`]+`|\]\([^)]*\)|https?://\S+", re.DOTALL)
_PARAGRAPH = re.compile(r"^\s*(?:$|\||[-*] |\d+\. )")

Lines = Iterable[tuple[int, str]]


def findings(path: Path) -> Iterator[str]:
    """Find the patterns in one file."""
    read = python if path.suffix == ".py" else markdown
    for start, text in read(path.read_text(encoding="utf-8")):
        for line, words, better in found(text):
            yield f"{path}:{start + line}: {words}: {better}"


def found(paragraph: str) -> Iterator[tuple[int, str, str]]:
    """Find the patterns in a paragraph: the line within it, the words, what to write instead."""
    text = _CODE.sub(_blank, paragraph)
    flat = text.replace("\n", " ")
    for pattern, better in _PATTERNS.items():
        for match in pattern.finditer(flat):
            words = " ".join(paragraph[match.start() : match.end()].split())
            yield text.count("\n", 0, match.start()), words[:50], better


def markdown(page: str) -> Lines:
    """Return the paragraphs, list items and table rows of a page."""
    paragraphs: list[tuple[int, str]] = []
    for number, line in enumerate(_BLOCK.sub(_blank, page).splitlines(), start=1):
        if _PARAGRAPH.match(line) or not paragraphs:
            paragraphs.append((number, _PARAGRAPH.sub("", line)))
        else:
            paragraphs[-1] = (paragraphs[-1][0], f"{paragraphs[-1][1]}\n{line.strip()}")
    return paragraphs


def python(source: str) -> Lines:
    """Return the comments and docstrings of a module; comments on consecutive lines are one."""
    comments: list[tuple[int, str]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            text, line = token.string.strip("# "), token.start[0]
            start, before = comments[-1] if comments else (0, "")
            if line == start + before.count("\n") + 1:
                comments[-1] = (start, f"{before}\n{text}")
            else:
                comments.append((line, text))
    docstrings = [
        (node.lineno, node.value.value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]
    return comments + docstrings


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def files(paths: Iterable[Path]) -> list[Path]:
    """Return the Markdown and Python files at and below the paths."""
    below = (
        file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
    )
    return [file for file in below if file.suffix in {".md", ".py"}]


def main(arguments: Iterable[str]) -> int:
    """Print the findings in the files at and below the paths."""
    lines = [line for file in files(map(Path, arguments)) for line in findings(file)]
    for line in lines:
        print(line)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
