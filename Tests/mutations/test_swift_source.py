#!/usr/bin/env -S python3 -B
"""Holds that a mutant is found where its declaration went, and nowhere else."""

import pathlib
import tempfile
import unittest

from swift_source import Piece, Sources

SOURCE = '''
struct Audit<Claim> {
  let limit = 3  // brace { in a comment
  init() { limit = 4 }

  /* verdict() { /* nested */ } */
  func verdict(of claims: [Claim]) -> String {
    "not } \\(claims.map { "\\($0) }" }.count) here"
  }

  enum Word { case proven, refuted }
}

extension Audit.Word {
  var isGood: Bool {
    guard self ==
      .proven else { return false }
    return worst(self, "a reason; another reason") == nil
  }
}

extension Audit {
  var level: Int {
    get { 5 }
    set { limit = newValue }
  }
  static let order = { [Word.proven] }()
}

func worst(_ word: Audit<Int>.Word, _ reason: String) -> Int? { word == .refuted ? 1 : nil }
'''


class SwiftSourceTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        (pathlib.Path(folder.name) / "Audit.swift").write_text(SOURCE)
        self.sources = Sources(pathlib.Path(folder.name))

    def found(self, piece, declaration=None):
        return [place.text for place in self.sources.places(Piece(piece), declaration)]

    def test_declarations(self):
        names = [name for name, _, _ in self.sources.files[0].declarations]
        self.assertEqual(
            names,
            ["Audit.limit", "Audit.init", "Audit.verdict", "Audit.Word.proven", "Audit.Word.isGood"]
            + ["Audit.level", "Audit.order", "worst"],
        )

    def test_white_space_and_comments_do_not_count(self):
        self.assertEqual(len(self.found("self == .proven else", "Word.isGood")), 1)
        self.assertEqual(len(self.found("let limit = 3 init() {")), 1)

    def test_only_in_its_declaration(self):
        self.assertEqual(self.found("self == .proven", "Audit.verdict"), [])
        self.assertEqual(self.found("limit = 4", "Audit.init"), ["limit = 4"])
        self.assertEqual(self.found("limit = 4", "init"), ["limit = 4"])

    def test_any_string_and_anything(self):
        whole = ['return worst(self, "a reason; another reason") == nil']
        self.assertEqual(self.found('return worst(self, "…") == nil'), whole)
        self.assertEqual(self.found("return worst(…) == nil"), whole)
        self.assertEqual(self.found("return worst(… ==", "Audit.Word.isGood"), [])

    def body(self, text):
        place, = self.sources.places(Piece(text))
        braces = place.file.body(place.start)
        if braces is None:
            return None
        opening, closing = (place.file.tokens[at] for at in braces)
        return place.file.text[opening.end : closing.start].strip()

    def test_body_that_a_text_stands_in(self):
        self.assertEqual(self.body("limit = 4"), "limit = 4")
        self.assertTrue(self.body("worst(self").startswith("guard self =="))
        self.assertEqual(self.body("limit = newValue"), "limit = newValue")
        self.assertEqual(self.body("5 }"), "5")
        for outside in ("limit = 3", "[Word.proven]", "case proven", "_ reason: String"):
            self.assertIsNone(self.body(outside), outside)

    def test_strings_are_whole(self):
        self.assertEqual(self.found("$0"), [])

    def test_nearest(self):
        near = self.sources.nearest(Piece("worst(self, reason) != nil"), "Word.isBad")
        self.assertEqual((near.declaration, near.line), ("Audit.Word.isGood", 18))


if __name__ == "__main__":
    unittest.main()
