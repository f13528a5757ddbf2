import Testing

@testable import Formats

struct JSONValueTests {
  @Test("Strings are equal by their bytes, not by canonical equivalence")
  func equality() {
    let composed: JSONValue = "\u{E9}"
    let decomposed: JSONValue = "e\u{301}"
    #expect("\u{E9}" == "e\u{301}")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    let objects: [JSONValue] = [.object(["\u{E9}": 1]), .object(["e\u{301}": 1])]
    #expect(objects[0] != objects[1])
  }

  @Test("Members and elements are found, and others are nil")
  func access() {
    var object: JSONObject = ["b": [1, 2], "a": .null]
    #expect(object["b"]?[1] == 2)
    #expect(object["b"]?[2] == nil)
    #expect(object["b"]?[-1] == nil)
    #expect(object["b"]?["x"] == nil)
    #expect(object["c"] == nil)
    #expect(object["a"]?.isNull == true)
    #expect(object.keys == ["a", "b"])
    object["a"] = nil
    object["0"] = .int(1)
    object["b"] = "x"
    #expect(JSONValue.object(object) == ["0": 1, "b": "x"])
  }

  @Test(
    "Numbers are ordered by what they stand for",
    arguments: [
      "-1e400", "-9223372036854775809", "-9223372036854775808", "-2", "-1.5", "-1", "-1e-400", "0",
      "1e-400", "0.0001", "0.1", "0.10000000000000000000001", "0.2", "1", "1.5", "9", "10", "99",
      "9007199254740992", "9007199254740993", "9223372036854775807", "9223372036854775808",
      "123456789012345678901234567890", "123456789012345678901234567891", "1e400",
      "1e99999999999999999999",
    ].indexedPairs
  )
  func order(pair: IndexedPair) throws {
    let left = try #require(JSONValue(numberText: pair.left))
    let right = try #require(JSONValue(numberText: pair.right))
    #expect(left.isNumericallyLess(than: right) == (pair.leftIndex < pair.rightIndex))
    #expect(left.isNumericallyEqual(to: right) == (pair.leftIndex == pair.rightIndex))
  }

  @Test(
    "Numbers written in different ways are numerically equal",
    arguments: [
      ("1", "1.0"), ("1", "1e0"), ("100", "1e2"), ("0", "-0"), ("0", "0.000e17"), ("0.5", "5E-1"),
      ("-12.50", "-1.25e+1"), ("10000000000000000000000", "1e22"),
    ]
  )
  func numericEquality(left: String, right: String) throws {
    let left = try #require(JSONValue(numberText: left))
    let right = try #require(JSONValue(numberText: right))
    #expect(left != right)
    #expect(left.isNumericallyEqual(to: right))
    #expect(left.numericValue.hashValue == right.numericValue.hashValue)
    #expect(JSONValue.array([["a": left]]).isNumericallyEqual(to: [["a": right]]))
  }

  @Test("Other values are never numerically compared")
  func notNumbers() {
    #expect(JSONValue.string("1").isNumericallyLess(than: 2) == nil)
    #expect(!JSONValue.string("1").isNumericallyEqual(to: 1))
    #expect(!JSONValue.bool(true).isNumericallyEqual(to: 1))
    #expect(JSONValue.null.isNumericallyEqual(to: .null))
    for text in ["", " 1", "1 ", "01", "+1", "1.", "0x1", "NaN", "null"] {
      #expect(JSONValue(numberText: text) == nil, "\(text)")
    }
  }

  @Test("The canonical text has sorted keys, short escapes and nothing else changed")
  func writing() {
    let value: JSONValue = [
      "b": [1, "é/\u{1F}\u{8}\"\\\n\u{7F}", .number("1.0")], "a": [:], "B": [], "\u{E9}": .null,
      "😀": true, "\u{FFFD}": false,
    ]
    #expect(
      value.description
        == #"{"B":[],"a":{},"b":[1,"é/\u001f\b\"\\\n"#
        + "\u{7F}" + #"",1.0],"é":null,"�":false,"😀":true}"#
    )
    #expect(
      JSONWriter(.pretty).string(of: ["a": [1, [:], []], "b": ["c": .null]])
        == """
        {
          "a": [
            1,
            {},
            []
          ],
          "b": {
            "c": null
          }
        }
        """
    )
  }
}

struct IndexedPair: Sendable {
  let leftIndex: Int
  let left: String
  let rightIndex: Int
  let right: String
}

extension [String] {
  fileprivate var indexedPairs: [IndexedPair] {
    enumerated().flatMap { left in
      enumerated().map { right in
        IndexedPair(
          leftIndex: left.offset,
          left: left.element,
          rightIndex: right.offset,
          right: right.element
        )
      }
    }
  }
}
