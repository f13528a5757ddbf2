"""Swift sources as tokens under the names of their declarations: as much as finding a place asks for.

A place is named by a declaration (`Audit.claims`) and a piece of its text. White space, line ends and
comments do not count, nor does the file or the module that the declaration stands in.
"""

import difflib
import re
from collections import Counter, defaultdict

TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
      | (?P<comment>/\*)
      | (?P<string>\#*")
      | (?P<word>[`$@\#]?[^\W]\w*`?|\d[\w.]*)
      | (?P<dots>\.\.\.|\.\.<|\.)
      | (?P<operator>[-+*/%=<>!&|^~?]+)
      | (?P<other>.)""",
    re.X | re.S,
)
TYPES = {"struct", "class", "enum", "actor", "protocol", "extension"}
MEMBERS = {"func", "var", "let", "init", "deinit", "subscript", "case", "typealias"}
# In a piece: any one string, and any text between brackets or to the next token.
ANY_STRING, ANYTHING = '"…"', "…"


class Token:
    __slots__ = ("text", "start", "end")

    def __init__(self, text, start, end):
        self.text, self.start, self.end = text, start, end


def end_of_string(text, start):
    """Where a string literal ends, interpolations and their own strings included."""
    hashes = re.compile("#*").match(text, start).group()
    quotes = '"""' if text.startswith('"""', start + len(hashes)) else '"'
    at, escape, close = start + len(hashes) + len(quotes), "\\" + hashes, quotes + hashes
    while at < len(text):
        if text.startswith(close, at):
            return at + len(close)
        if text.startswith(escape + "(", at):
            at, depth = at + len(escape) + 1, 1
            while depth and at < len(text):
                if text[at] == '"':
                    at = end_of_string(text, at)
                    continue
                depth += {"(": 1, ")": -1}.get(text[at], 0)
                at += 1
        elif text.startswith(escape, at):
            at += len(escape) + 1
        else:
            at += 1
    return at


def end_of_comment(text, start):
    depth, at = 0, start
    for sign in re.compile(r"/\*|\*/").finditer(text, start):
        depth, at = depth + (1 if sign.group() == "/*" else -1), sign.end()
        if depth == 0:
            break
    return at


def tokens(text):
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        kind, end = match.lastgroup, match.end()
        if kind == "comment":
            end = end_of_comment(text, at)
        elif kind == "string":
            end = end_of_string(text, at)
        if kind not in ("space", "comment"):
            found.append(Token(text[at:end], at, end))
        at = end
    return found


class File:
    """One file's tokens, and which of them belong to which declaration."""

    def __init__(self, path):
        self.path = path
        self.text = path.read_text()
        self.tokens = tokens(self.text)
        self.words = [token.text for token in self.tokens]
        # Name and range of tokens of each declaration that has no types in it.
        self.declarations = []
        self._read(0, [])

    def _read(self, at, outer):
        """Reads the members of a type or of the file from one token on; returns where they end."""
        words, depth, name, start = self.words, 0, None, at

        def close(end):
            if name is not None:
                self.declarations.append((".".join(outer + [name]), start, end))

        while at < len(words):
            word = words[at]
            if word == "}" and depth == 0:
                break
            if depth == 0 and words[at - 1 if at else 0] != ".":
                if word in TYPES and words[at + 1] not in MEMBERS and words[at + 1] != ":":
                    close(at)
                    name, path, at = None, [words[at + 1]], at + 2
                    while words[at] == ".":
                        path, at = path + [words[at + 1]], at + 2
                    while words[at] != "{":
                        at += 1
                    at = self._read(at + 1, outer + path) + 1
                    continue
                if word in MEMBERS:
                    close(at)
                    start = at
                    name = word if word in ("init", "deinit", "subscript") else words[at + 1].strip("`")
            depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(word, 0)
            at += 1
        close(at)
        return at

    def declaration(self, at):
        """The declaration that a token stands in."""
        holding = [name for name, start, end in self.declarations if start <= at < end]
        return holding[0] if holding else None


    def body(self, at):
        """The braces of the function, initializer or accessor whose body a token stands in: two tokens, or None."""
        for _, start, end in self.declarations:
            if start <= at < end:
                return self._body(start, end, at)
        return None

    def _body(self, start, end, at):
        words, depth = self.words, 0
        for opening in range(start, end):
            word = words[opening]
            if depth == 0 and word == "=":
                return None  # a value that is computed once
            if depth == 0 and word == "{":
                closing = self._closing(opening, end)
                if opening < at < closing:
                    is_accessors = words[opening + 1] in ("get", "set") and words[opening + 2] != "("
                    inner = self._body(opening + 1, closing, at) if is_accessors else (opening, closing)
                    return inner
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(word, 0)
        return None

    def _closing(self, opening, end):
        depth = 0
        for at in range(opening, end):
            depth += {"{": 1, "}": -1}.get(self.words[at], 0)
            if depth == 0:
                return at
        return end


class Piece:
    """Text to find: tokens, with `"…"` for any string and `…` for anything as short as possible."""

    def __init__(self, text):
        self.words = [token.text for token in tokens(text)]

    def match(self, words, at, end):
        """Where a match that begins at a token ends; None where there is none."""
        return self._match(words, at, end, 0)

    def _match(self, words, at, end, part):
        while part < len(self.words):
            wanted = self.words[part]
            if wanted == ANYTHING:
                depth = 0
                while at <= end:
                    found = self._match(words, at, end, part + 1) if depth == 0 else None
                    if found is not None:
                        return found
                    if at == end:
                        return None
                    depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(words[at], 0)
                    if depth < 0:
                        return None
                    at += 1
                return None
            if at >= end or not (
                words[at] == wanted or wanted == ANY_STRING and words[at].lstrip("#")[:1] == '"'
            ):
                return None
            at, part = at + 1, part + 1
        return at


class Place:
    """A match: a range of one file's tokens."""

    def __init__(self, file, start, end):
        self.file, self.start, self.end = file, start, end

    @property
    def line(self):
        return self.file.text.count("\n", 0, self.file.tokens[self.start].start) + 1

    @property
    def declaration(self):
        return self.file.declaration(self.start)

    @property
    def text(self):
        tokens = self.file.tokens
        return self.file.text[tokens[self.start].start : tokens[self.end - 1].end]

    @property
    def range(self):
        """In characters of the file's text."""
        return self.file.tokens[self.start].start, self.file.tokens[self.end - 1].end


class Sources:
    """All Swift files below a folder."""

    def __init__(self, folder):
        self.files = [File(path) for path in sorted(folder.rglob("*.swift"))]
        self.bodies = defaultdict(list)
        self.positions = defaultdict(list)
        for file in self.files:
            for name, start, end in file.declarations:
                parts = name.split(".")
                for first in range(len(parts)):
                    self.bodies[".".join(parts[first:])].append((file, start, end))
            for at, word in enumerate(file.words):
                self.positions[word].append((file, at))

    def places(self, piece, declaration=None):
        """Where a piece stands: in the declarations of a name, or anywhere."""
        if declaration is not None:
            return [
                Place(file, at, found)
                for file, start, end in self.bodies.get(declaration, [])
                for at in range(start, end)
                if (found := piece.match(file.words, at, end)) is not None
            ]
        until = piece.words.index(ANYTHING) if ANYTHING in piece.words else len(piece.words)
        rarest, at = min(
            ((word, at) for at, word in enumerate(piece.words[:until]) if word != ANY_STRING),
            key=lambda part: len(self.positions[part[0]]),
        )
        found = []
        for file, position in self.positions[rarest]:
            start = position - at
            end = piece.match(file.words, start, len(file.words)) if start >= 0 else None
            if end is not None:
                found.append(Place(file, start, end))
        return found

    def nearest(self, piece, declaration):
        """The place that is most like a piece, those of its declaration before others."""
        words, last = piece.words, declaration.split(".")[-1]
        known = sorted(
            (word for word in set(words) if self.positions.get(word)),
            key=lambda word: len(self.positions[word]),
        )
        windows = Counter()
        for word in known[:4]:
            for file, at in self.positions[word][:2000]:
                windows[file, max(0, at - words.index(word))] += 1
        best, score = None, 0.0
        for (file, start), _ in windows.most_common(400):
            end = min(len(file.words), start + len(words))
            if start == end:
                continue
            likeness = difflib.SequenceMatcher(None, words, file.words[start:end]).ratio()
            name = file.declaration(start) or ""
            likeness += 0.3 if name.endswith(declaration) else 0.1 if name.endswith(last) else 0
            if likeness > score:
                best, score = Place(file, start, end), likeness
        return best

    def names_like(self, declaration):
        return difflib.get_close_matches(declaration, self.bodies, 1, 0.5)
