import Testing

@testable import Formats

struct JSONPathTests {
  /// A small library: what the examples of RFC 9535 show with a shop, in other words.
  private static let library = """
    {"library": {
      "shelves": [
        {"kind": "atlas", "title": "Coasts", "pages": 90, "copies": 2},
        {"kind": "novel", "title": "Fog", "pages": 310, "isbn": "1-1"},
        {"kind": "novel", "title": "Salt", "pages": 120, "isbn": "1-2", "copies": 0},
        {"kind": "novel", "title": "Tides", "pages": 1200}
      ],
      "lamp": {"colour": "green", "pages": 1}
    }, "limit": 200}
    """

  @Test("A name in a filter is a value and never more")
  func names() throws {
    let path = try JSONPath("$..shelves[?@.title == {{ title }} && @.pages < {{n.1}}].pages")
    #expect(path.names == ["title", "n.1"])
    let library = try JSONParser().parse(Self.library)
    func found(_ title: JSONValue, _ pages: JSONValue) throws -> [JSONValue] {
      try path.filled(with: ["title": title, "n.1": pages]).values(in: library)
    }
    #expect(try found("Fog", 1000) == [310])
    #expect(try found("Fog", 100) == [])
    #expect(try found("Fog", "1000") == [])
    #expect(try found("x' || @.title == 'Fog", 1000) == [])
    #expect(try path.values(in: library) == [])
    for text in ["$[?@.a == {{}}]", "$[?@.a == {{a]", "$[?@.a == {a}]", "$[{{a}}]", "$.{{a}}"] {
      #expect(throws: JSONPathError.self, "\(text)") { try JSONPath(text) }
    }
  }

  @Test(
    "Selectors find what RFC 9535 says they find",
    arguments: [
      ("$.limit", "[200]"),
      ("$['library']['lamp'][\"colour\"]", #"["green"]"#),
      ("$.library.shelves[*].title", #"["Coasts","Fog","Salt","Tides"]"#),
      ("$..title", #"["Coasts","Fog","Salt","Tides"]"#),
      ("$.library..pages", "[1,90,310,120,1200]"),
      ("$.library.lamp.*", #"["green",1]"#),
      ("$..shelves[2].title", #"["Salt"]"#),
      ("$..shelves[-1].title", #"["Tides"]"#),
      ("$..shelves[0,1].pages", "[90,310]"),
      ("$..shelves[:2].pages", "[90,310]"),
      ("$..shelves[-2:].pages", "[120,1200]"),
      ("$..shelves[1:4:2].pages", "[310,1200]"),
      ("$..shelves[::-1].pages", "[1200,120,310,90]"),
      ("$..shelves[0,0].pages", "[90,90]"),
      ("$.library.lamp['pages','colour','pages']", #"[1,"green",1]"#),
      ("$..shelves[?@.isbn].title", #"["Fog","Salt"]"#),
      ("$..shelves[?!@.isbn].title", #"["Coasts","Tides"]"#),
      ("$..shelves[?@.pages<$.limit].title", #"["Coasts","Salt"]"#),
      ("$..shelves[?@.kind=='novel'&&@.pages>=310].title", #"["Fog","Tides"]"#),
      (#"$..shelves[?@.copies == 0 || @["title"] == "Fog"].title"#, #"["Fog","Salt"]"#),
      ("$..shelves[?!(@.pages > 100 && @.pages < 1000)].title", #"["Coasts","Tides"]"#),
      ("$..shelves[?@.copies==@.nothing].title", #"["Fog","Tides"]"#),
      ("$..shelves[?length(@.title)==4].title", #"["Salt"]"#),
      ("$..shelves[?count(@.*)>4].title", #"["Salt"]"#),
      ("$.library[?value(@..colour)=='green'].pages", "[1]"),
      ("$..shelves[?match(@.title, '[A-F].*')].title", #"["Coasts","Fog"]"#),
      ("$..shelves[?match(@.title, 'Fo')].title", "[]"),
      ("$..shelves[?search(@.title, 'a[ls]')].title", #"["Coasts","Salt"]"#),
      ("$..shelves[?search(@.pages, '1')].title", "[]"),
      ("$.library[?@[0]].*.title", #"["Coasts","Fog","Salt","Tides"]"#),
      ("$.library[?@[9]]", "[]"),
      ("$[?@..colour].lamp.pages", "[1]"),
      ("$.nothing", "[]"), ("$.limit.x", "[]"), ("$.limit[0]", "[]"), ("$.library[0]", "[]"),
      ("$ .limit", "[200]"), ("$[ 'limit' ]", "[200]"), ("$\n.limit", "[200]"),
    ]
  )
  func library(path: String, expected: String) throws {
    let root = try JSONParser().parse(Self.library)
    let values = try JSONPath(path).values(in: root)
    #expect(JSONValue.array(values) == (try JSONParser().parse(expected)))
    #expect(try JSONPath(path).first(in: root) == values.first)
  }

  @Test(
    "Slices take what RFC 9535 says they take",
    arguments: [
      ("1:3", [1, 2]), ("5:", [5, 6]), ("1:5:2", [1, 3]), ("5:1:-2", [5, 3]),
      ("::-1", [6, 5, 4, 3, 2, 1, 0]), (":", [0, 1, 2, 3, 4, 5, 6]), ("::0", []),
      ("-3:-1", [4, 5]),
      ("10:", []), (":-10", []), ("-10:2", [0, 1]), ("3:1", []), ("1:3:-1", []),
      ("0::3", [0, 3, 6]),
      (" 1 : 3 : 1 ", [1, 2]), ("-1:-10:-3", [6, 3, 0]),
      ("-9007199254740991:9007199254740991:9007199254740991", [0]),
    ] as [(String, [Int64])]
  )
  func slices(slice: String, expected: [Int64]) throws {
    let root = JSONValue.array((0..<7).map { .int($0) })
    #expect(try JSONPath("$[\(slice)]").values(in: root) == expected.map { .int($0) })
  }

  /// Each comparison of RFC 9535's table on absent, equal and different values.
  @Test(
    "Comparisons hold as RFC 9535 says",
    arguments: [
      ("$.absent == $.gone", true), ("$.absent <= $.gone", true), ("$.absent == 'g'", false),
      ("$.absent != 'g'", true), ("$.absent < 1", false), ("$.absent <= null", false),
      ("1 <= 2", true), ("1 > 2", false), ("13 == '13'", false), ("'a' <= 'b'", true),
      ("'a' > 'b'", false), ("'' < 'a'", true), ("'Z' < 'a'", true), ("'é' > 'z'", true),
      ("$.obj == $.arr", false), ("$.obj != $.arr", true), ("$.obj == $.obj", true),
      ("$.obj <= $.obj", true), ("$.obj < $.obj", false), ("$.arr == $.arr2", true),
      ("$.arr <= $.arr2", true), ("1 <= $.arr", false), ("true <= true", true),
      ("true < true", false), ("true > false", false), ("null == null", true), ("1 == 1.0", true),
      ("1.0e0 == 10E-1", true), ("-0 == 0", true), ("$.obj.x == 1e0", true),
      ("9007199254740993 > 9007199254740992.0", true), ("length('😀é') == 2", true),
      ("length($.arr) == 2", true), ("length($.obj) == 1", true), ("length(1) == 1", false),
      ("length(true) == $.absent", true), ("count($.arr[*]) == 2", true),
      ("count($.absent) == 0", true), ("value($.arr[*]) == $.absent", true),
      ("match('a\\nb', 'a.b')", false), ("match('aéb', 'a.b')", true),
      ("search('xaby', 'ab')", true),
      ("match('ab', $.pattern)", true), ("match('ab', $.obj)", false), ("match('(', $.bad)", false),
      ("match('A', '\\\\p{Lu}')", true), ("$.empty", true), ("$.absent", false),
      ("!$.absent", true),
    ]
  )
  func comparisons(condition: String, expected: Bool) throws {
    let root: JSONValue = [
      "obj": ["x": 1], "arr": [2, 3], "arr2": [.number("2.0"), 3], "pattern": "a|ab", "bad": "(",
      "empty": .null, "probe": [0],
    ]
    let values = try JSONPath("$.probe[?\(condition)]").values(in: root)
    #expect(!values.isEmpty == expected)
  }

  @Test(
    "Names in quotes are unescaped",
    arguments: [
      (#"$["a\"b"]"#, "a\"b"), ("$['a\"b']", "a\"b"), (#"$['a\'b']"#, "a'b"),
      (#"$["\u00e9"]"#, "é"),
      (#"$["\uD83D\uDE00"]"#, "😀"), (#"$['\\\/\b\f\n\r\t']"#, "\\/\u{8}\u{C}\n\r\t"), ("$['']", ""),
      ("$.é😀_1", "é😀_1"), ("$[' ']", " "), ("$['$.a']", "$.a"),
    ]
  )
  func names(path: String, key: String) throws {
    let root = JSONValue.object([key: 1, "other": 2])
    #expect(try JSONPath(path).values(in: root) == [1])
  }

  @Test(
    "What is no path is refused with the column and what could stand there",
    arguments: [
      ("", 1, "expected $ at the start"), ("a", 1, "expected $ at the start"),
      (" $", 1, "expected $ at the start"), ("$ ", 2, "expected a dot, [ or the end"),
      ("$.", 3, "expected a name or *"), ("$. a", 3, "expected a name or *"),
      ("$.1a", 3, "expected a name or *"), ("$..", 4, "expected a name, * or ["),
      ("$...a", 4, "expected a name, * or ["), ("$.a-b", 4, "expected a dot, [ or the end"),
      ("$[", 3, "expected a quoted name, an index, a slice, * or ?"),
      ("$[]", 3, "expected a quoted name, an index, a slice, * or ?"),
      ("$[a]", 3, "expected a quoted name, an index, a slice, * or ?"),
      ("$['a'", 6, "expected a comma or ]"), ("$['a", 5, "expected a closing '"),
      ("$[1,]", 5, "expected a quoted name, an index, a slice, * or ?"),
      ("$[01]", 3, "expected an integer without leading zeros within ±(2^53 - 1)"),
      ("$[-0]", 3, "expected an integer without leading zeros within ±(2^53 - 1)"),
      ("$[9007199254740992]", 3, "expected an integer without leading zeros within ±(2^53 - 1)"),
      ("$[-]", 4, "expected a digit"), ("$[1.0]", 4, "expected a comma or ]"),
      (#"$["\x"]"#, 5, #"expected an escape of JSON or \""#),
      (#"$["\'"]"#, 5, #"expected an escape of JSON or \""#),
      (#"$["\uD83D"]"#, 6, "expected a surrogate pair"),
      (#"$["\u00g0"]"#, 8, "expected a hexadecimal digit"),
      ("$[?]", 4, "expected a path, a literal or a function"),
      ("$[?@.a==]", 9, "expected a path, a literal or a function"),
      ("$[?1]", 5, "expected a comparison"), ("$[?true]", 8, "expected a comparison"),
      ("$[?@.*==1]", 4, "expected a path of names and indices only"),
      ("$[?1==@..a]", 7, "expected a path of names and indices only"),
      ("$[?(@.a]", 8, "expected &&, || or )"), ("$[?!@.a==1]", 8, "expected a comma or ]"),
      ("$[?@.a===1]", 9, "expected a path, a literal or a function"),
      ("$[?@.a=1]", 7, "expected a comma or ]"),
      ("$[?!1]", 5, "expected a path or a function that tests"),
      ("$[?length(@.*)==1]", 11, "expected a path of names and indices only"),
      ("$[?length(@.a)]", 15, "expected a comparison"), ("$[?count(1)==1]", 10, "expected a path"),
      ("$[?match(@.a,'b')==true]", 18, "expected a comma or ]"),
      ("$[?1==match(@.a,'b')]", 7, "expected a value; match() and search() are tests"),
      ("$[?match(@.a)]", 13, "expected a comma and a pattern"),
      ("$[?match(@.a,'(')]", 14, "pattern at column 2: missing closing parenthesis"),
      ("$[?size(@)==1]", 4, "no function size(); there are length, count, value, match and search"),
      ("$[?@.a==01]", 9, "expected a number as JSON writes it"),
      ("$[?nul==1]", 4, "expected a path, a literal or a function"),
    ]
  )
  func refused(path: String, column: Int, message: String) {
    let error = #expect(throws: JSONPathError.self) { try JSONPath(path) }
    #expect(error?.description == "JSONPath at column \(column): \(message)")
  }

  @Test("Nesting has a limit")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      "$[?" + String(repeating: "(", count: depth) + "@" + String(repeating: ")", count: depth)
        + "]"
    }
    _ = try JSONPath(nested(50))
    for path in [nested(100), "$" + String(repeating: "[?@", count: 100)] {
      let error = #expect(throws: JSONPathError.self) { try JSONPath(path) }
      #expect(error?.code == .tooDeep(limit: 64))
    }
  }

  @Test("A path that visits too much is given up")
  func visits() throws {
    var value: JSONValue = 1
    for _ in 0..<400 { value = [value, 1] }
    let error = #expect(throws: JSONPathError.self) {
      try JSONPath("$..*..*..*").values(in: value)
    }
    #expect(error?.code == .visitLimit(JSONPath.visitLimit))
  }

  @Test("Only names and indices make a singular path")
  func singular() throws {
    #expect(try JSONPath("$").isSingular)
    #expect(try JSONPath("$.a['b'][-1]").isSingular)
    for path in ["$.*", "$..a", "$[0,1]", "$[0:1]", "$[?@]"] {
      #expect(try !JSONPath(path).isSingular)
    }
    #expect(try JSONPath("$").first(in: 5) == 5)
  }
}
