import Corpus
import Evidence

@testable import Auditing
@testable import Suites

/// A corpus of one script with one test, and its port.
extension Sample {
  static let health = """
    import requests

    def test_up(base):
        \"\"\"The app says that it is well.\"\"\"
        r = requests.get(f"{base}/api/health", timeout=5)
        assert r.status_code == 200
        assert r.json()["postgres"] == "ok"
        assert "text/html" not in r.headers["Content-Type"]

    """

  static let unit = "health.py::test_up"

  /// The script is ported by the first check, which sees all that the script looks at.
  mutating func addPort() {
    corpus = Self.corpus(.scripts)
    hold("health.py", Self.health)
    link(Self.first, to: [Self.unit])
    see(
      Self.first,
      "GET",
      "http://127.0.0.1:4000/api/health?x=1",
      [
        (.status, .equals(200)), (.json("$"), .subset(["postgres": "ok"])),
        (.header("content-type"), .equals("application/json")),
      ]
    )
  }

  /// Puts a script into the corpus, in place of one with the same path.
  mutating func hold(_ path: String, _ text: String) {
    let bytes = Array(text.utf8)
    let hash = String(repeating: "0", count: 24) + Self.hash(bytes)
    let language: CorpusScript.Language = path.hasSuffix(".sh") ? .shell : .python
    let script = CorpusScript(path: path, language: language, bytes: bytes, hash: hash)
    held.units.removeAll { $0.script == path }
    held.units += ScriptUnits.of(script)
    texts[path] = text
  }

  /// Lets a check be a script that asks for what units ask and asserts that it is there.
  mutating func hold(script id: CheckID, of names: [String]) {
    let paths = held.units.filter { names.contains($0.id) }.flatMap { $0.requests.map(\.path) }
    let text = Self.script(asking: paths, "")
    let script = CorpusScript(path: "p.py", language: .python, bytes: Array(text.utf8), hash: "")
    held.scripts[id] = ScriptUnits.of(script, reading: .tests)
  }

  static func script(asking paths: [String], _ start: String) -> String {
    "import requests\ndef test_all(base):\n\(start)"
      + paths.map { path in
        "    r = requests.get(base + \"\(path)\")\n    assert r.status_code == 200\n"
          + "    assert r.json()[\"a\"] == \"b\"\n"
      }.joined()
  }

  private static func hash(_ bytes: [UInt8]) -> String {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  mutating func pin() {
    for unit in PortIndex(held, suite: suite).linked { held.pins.units[unit.id] = Pins.Pin(unit) }
  }

  /// Lets a check stand for units, in place of what it stood for.
  mutating func link(_ id: CheckID, to names: [String]) {
    suite.checks.removeAll { $0.id == id }
    suite.checks.append(
      Check(
        id: id,
        kind: .functional,
        stage: .functional,
        about: "",
        place: Self.place,
        body: .steps([]),
        links: names.map { PortLink(name: $0, place: Self.place) }
      )
    )
  }

  /// Lets the record of a check hold one request with what was asserted, all of which held.
  mutating func see(
    _ id: CheckID,
    _ method: String,
    _ url: String,
    _ assertions: [(Subject, Predicate)]
  ) {
    set(id) { check in
      check.steps = [
        StepRecord(
          number: "1",
          kind: "http",
          title: "\(method) \(url)",
          place: nil,
          outcome: .passed,
          exchange: .http(HTTPExchange(method: method, url: url, status: 200, curl: "")),
          assertions: assertions.map { Assertion($0.0, $0.1) }
        )
      ]
    }
  }

  var units: [UnitCoverage] { coverage.corpus.units ?? [] }

  func disposition(_ id: String = unit) -> UnitCoverage.Disposition? { unit(id)?.disposition }

  func reason(_ id: String = unit) -> Reason.Code? { verdict("P2/\(id)")?.reason?.code }

  func unit(_ id: String = unit) -> UnitCoverage? { units.first { $0.id == id } }

  var gaps: [PortGap] { unit()?.weaker ?? [] }
}
