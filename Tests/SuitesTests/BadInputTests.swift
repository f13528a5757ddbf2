import Evidence
import Testing

@testable import Suites

/// Mistakes that were once taken without a word, or told at the wrong place.
struct BadInputTests {
  /// Place and message of all that is said of a suite.
  private func said(_ files: [String: String], name: String? = nil) throws -> [String] {
    try diagnostics(files, name: name).map {
      $0.line == 0
        ? "\($0.file) \($0.message)" : "\($0.file):\($0.line):\($0.column) \($0.message)"
    }
  }

  private func diagnostics(
    _ files: [String: String],
    name: String? = nil,
    links: [String: String] = [:]
  ) throws -> [Diagnostic] {
    try Folder.temporary { folder in
      try folder.write(["recipe.yml": ""].merging(files) { $1 })
      for (path, target) in links { try folder.link(path, to: target) }
      do throws(SuiteErrors) {
        return try SuiteLoader.load(folder: folder.path, name: name).warnings
      } catch {
        return error.diagnostics
      }
    }
  }

  private func check(_ step: String) -> [String: String] {
    ["functional/x.yml": "t:\n  steps:\n    - \(step)\n"]
  }

  @Test(arguments: [
    ("http: {form: {from: \"#a\"}}", "form has no page"),
    ("http: {form: {set: {a: b}}}", "a form of a page needs \"from\""),
    ("http: {form: {from: \"#a\", set: {a: b}}, url: /x}", "url has no place beside a form"),
    ("http: {form: {from: \"p:hover\"}}", ":hover is not supported"),
    (
      "http: {post: /a, form: {from: \"#a\", set: {a: b}}}",
      "has a method and an address of its own"
    ),
    ("http: {post: /a, multipart: {a: {text: b, file: c}}}", "has both \"text\" and \"file\""),
    ("http: {post: /a, multipart: {a: {file: nowhere}}}", "file \"nowhere\" does not exist"),
    ("http: {post: /a, fresh_bytes: 0}", "fresh_bytes cannot be 0"),
    ("http: {get: /a, session: a b}", "session \"a b\" is not a name"),
    ("{http: {get: /a}, expect: {status: {equalsFreshBytes: 3}}}", "not compared byte by byte"),
    ("{http: {get: /a}, expect: {body: {sha256: abc}}}", "sha256 is not"),
    ("{http: {get: /a}, expect: {jsonpath: {\"$[?@.a == {{b}}]\": 1}}}", "{{b}} has no value here"),
  ])
  func whatARequestCannotBe(_ step: String, _ message: String) throws {
    let found = try said(check(step))
    #expect(found.contains { $0.contains(message) }, "\(found)")
  }

  @Test func whatIsMadeOfACaptureHasItsValueAfterIt() throws {
    func found(_ first: String, _ second: String) throws -> [String] {
      try said([
        "functional/x.yml": """
        t:
          vars: {mac: {hmac: {key: a, text: "{{nonce}}"}}, twice: "{{mac}}{{mac}}"}
          steps:
            - \(first)
            - \(second)

        """
      ])
    }
    let capturing = "{http: {get: /}, expect: {status: 200}, capture: {nonce: {body: true}}}"
    #expect(try found(capturing, "{http: {get: \"/{{twice}}\"}}") == [])
    #expect(
      try found("{http: {get: \"/{{twice}}\"}}", capturing).first?
        .contains("{{twice}} is made of {{nonce}}, which no earlier step has captured") == true
    )
  }

  @Test(arguments: [
    "a: correct-horse", "a: {value: [correct-horse]}", "a: {valeu: correct-horse}",
    "a b: {value: correct-horse}", "a: {value: correct-horse, generate: 12}",
    "a: {value: {b: correct-horse}}", "a: {value: \"correct-horse}",
    "a: {value: b}\n  a: {value: correct-horse}",
  ])
  func aSecretIsNeverShown(_ line: String) throws {
    let found = try diagnostics(["recipe.yml": "secrets:\n  \(line)\n"])
    #expect(!found.isEmpty)
    let text = DiagnosticRenderer().render(found)
    #expect(!text.contains("correct-horse"))
    #expect(text.contains("•••"))
  }

  @Test func aSecretIsNotShownInOtherFilesEither() throws {
    let found = try diagnostics([
      "recipe.yml": "secrets: {a: {value: correct-horse}}\n",
      "functional/x.yml": "t: {steps: [{http: {gte: /correct-horse}}]}\n",
    ])
    #expect(DiagnosticRenderer().render(found).contains("{gte: /•••••••••••••}"))
  }

  @Test func aShortSecretHidesNothingButItself() throws {
    let found = try diagnostics(["recipe.yml": "secrets:\n  a: {value: e, x: 1}\n"])
    #expect(found.map(\.sourceLine) == ["  a: {value: •, x: •}"])
    #expect(found.map(\.message) == ["a secret has no key \"x\""])
  }

  @Test(arguments: [
    "{http: {get: /}, expext: {status: 200}}", "{http: {get: /}, expect: {status: ok}}",
    "{http: {get: /, expect: {status: 200}}}", "{http: {get: /}, expect: {body: {matches: '('}}}",
  ])
  func anExpectationThatIsWrongIsNotReportedAsMissingToo(_ step: String) throws {
    #expect(try said(check(step)).count == 1)
  }

  @Test func aPatternThatMatchesEverythingIsRefused() throws {
    for pattern in ["", ".*", "a*", "(a|)"] {
      #expect(
        try said(check("{http: {get: /}, expect: {body: {matches: \"\(pattern)\"}}}")) == [
          "functional/x.yml:3:49 pattern matches every text, so that it cannot fail"
        ]
      )
    }
    for pattern in ["^$", "a", "^.?$"] {
      #expect(
        try said(check("{http: {get: /}, expect: {body: {matches: \"\(pattern)\"}}}")).isEmpty
      )
    }
  }

  @Test func whatLooksLikeADayMustBeOne() throws {
    func until(_ text: String) throws -> Bool {
      try said(["recipe.yml": "deferred: [{what: a, why: b, until: \"\(text)\"}]\n"]).isEmpty
    }
    for day in ["2026-02-28", "2028-02-29", "2000-02-29", "a key can be made", "3.0"] {
      #expect(try until(day))
    }
    for day in ["2026-02-29", "2100-02-29", "2026-13-01", "2026-1-1", "01.12.2026", "2026/12/01"] {
      #expect(try !until(day))
    }
  }

  @Test func filesThatNothingWouldReadAreMistakes() throws {
    let files = [
      "funtional/x.yml": "", "locl.yml": "", "recipe.yaml": "", "functional/sub/x.yml": "",
      "functional/y.yml/z": "", "functional/lib/help.py": "", "docs/functional.yml": "",
    ]
    #expect(
      try said(files) == [
        "functional/sub/x.yml file is never read; checks belong in functional/ itself",
        "functional/y.yml file is a folder", "funtional folder is never read",
        "locl.yml file is never read", "recipe.yaml file is never read",
      ]
    )
  }

  @Test func linksThatLeadNowhereAreMistakes() throws {
    let found = try diagnostics(
      [:],
      links: ["local.yml": "nowhere", "overlays": "overlays"]
    )
    #expect(
      found.map { "\($0.file) \($0.message)" } == [
        "local.yml file is a link that leads nowhere",
        "overlays file stands where a folder of checks would",
      ]
    )
  }

  @Test func aSuiteIsCalledAsItsFolder() throws {
    #expect(
      try said(["recipe.yml": "recipe: other\n"], name: "example") == [
        "recipe.yml:1:9 recipe \"other\" differs from its folder, \"example\""
      ]
    )
    #expect(try said(["recipe.yml": "recipe: example\n"], name: "example").isEmpty)
  }

  @Test func environmentVariablesHaveNames() throws {
    #expect(
      try said(["recipe.yml": "environment: {A_1: x, B C: x, 1D: x, E-F: x}\n"]).count == 3
    )
  }

  @Test func aKeyOfTheStepInsideItsActionIsToldToBelongBesideIt() throws {
    #expect(
      try said(check("{http: {get: /, retry: {within: 1s}}, expect: {status: 200}}")) == [
        "functional/x.yml:3:23 \"retry\" stands inside http and belongs beside it"
      ]
    )
  }

  @Test func aHundredThousandVariablesTakeNoTimePerPair() throws {
    let vars = (0..<20_000).map { "  k\($0): x\n" }.joined()
    #expect(try said(["recipe.yml": "vars:\n\(vars)"]).isEmpty)
  }

  @Test func servicesOfStepsBaseAndRulesAreHeldAgainstTheRecipe() throws {
    let compose = try ComposeReader.read(folder: Fixtures.path("recipes/plausible"))
    try Folder.temporary { folder in
      try folder.write([
        "recipe.yml": """
        versions: {base: 3.0.9}
        waivers: [{rule: control-missin, why: a, until: b}]
        pre_backup: [{exec: {service: ap, argv: [a]}}]
        """,
        "local.yml": "services: {}",
        "functional/x.yml": "t: {steps: [{http: {get: /, service: bd}, expect: {status: 200}}]}",
      ])
      let found = SuiteCrossCheck.diagnostics(
        try SuiteLoader.load(folder: folder.path).suite,
        compose: compose,
        published: ["3.0.0", "3.0.1"],
      )
      #expect(
        found.map { "\($0.place) \($0.message) \($0.nearest ?? "-")" } == [
          "functional/x.yml:1:38 service \"bd\" is not in compose.yml db",
          "local.yml:0:1 file runs no service -",
          "recipe.yml:1:18 base \"3.0.9\" is not a published version of the recipe 3.0.0",
          "recipe.yml:3:31 service \"ap\" is not in compose.yml app",
        ]
      )
      #expect(found.filter { $0.line > 0 }.allSatisfy { $0.sourceLine?.isEmpty == false })
    }
  }

  /// At the very character.
  @Test(arguments: [
    ("http: {get: /a#b?c=d}", 21), ("http: {get: \"/a b\"}", 22),
    ("http: {get: \"/{{unique}}#b\"}", 31),
    ("http: {method: PROPFIND, url: /a#b}", 39), ("http: {get: \"/a\\tb\"}", 19),
  ])
  func anAddressIsSentAsItIsWritten(step: String, column: Int) throws {
    let found = try diagnostics(check(step)).filter { $0.message.contains("address") }
    #expect(found.map(\.line) == [3])
    #expect(found.map(\.column) == [column])
  }

  @Test func theHealthPathIsAnAddress() throws {
    let found = try said(["recipe.yml": "health: {path: /a#b}\n"])
    #expect(found == ["recipe.yml:1:18 address has a fragment, which is never sent"])
    #expect(try said(check("http: {get: \"/a?b=%23c%20d\"}\n      expect: {body: a}")).isEmpty)
  }

  /// What no document could be asked, and what no selector supports.
  @Test(arguments: [
    ("xpath: {\"//a[\": x}", 28), ("xpath: {\"//x:a\": x}", 25),
    ("xpath: {\"lower-case(/)\": x}", 25),
    ("css: {\"a:hover\": x}", 24), ("css: {\"a >\": x}", 25), ("css: {\"a[b~='']\": x}", 28),
  ])
  func aSelectorIsReadBeforeAnythingStarts(expect: String, column: Int) throws {
    let step = "http: {get: /}\n      expect: {\(expect)}"
    let found = try diagnostics(check(step))
    #expect(found.map(\.line) == [4], "\(found.map(\.message))")
    #expect(found.map(\.column) == [column], "\(found.map(\.message))")
  }

  @Test func selectorsAreCapturedToo() throws {
    let step = "http: {get: /}\n      expect: {status: 200}\n      capture: {a: {css: \"a::x\"}}"
    #expect(try diagnostics(check(step)).map(\.line) == [5])
    let right = step.replacing("a::x", with: "a.x > b")
    #expect(try said(check(right)).isEmpty)
  }
}
