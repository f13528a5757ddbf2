import Corpus
import Evidence
import Testing

@testable import Auditing
@testable import Suites

/// Ports that pass while they look at less than their original.
@Suite struct PortComparisonTests {
  /// Of a test with one body, ported by one request whose assertions held.
  private static func sample(
    _ body: String,
    _ seen: [(Subject, Predicate)],
    method: String = "GET",
    url: String = "http://127.0.0.1:4000/a"
  ) -> Sample {
    var sample = Sample()
    sample.corpus = Sample.corpus(.scripts)
    let lines = body.split(separator: "\n").map { "    \($0)\n" }.joined()
    sample.hold("a.py", "import re, requests\ndef test_a(base, name):\n\(lines)")
    sample.link(Sample.first, to: ["a.py"])
    sample.see(Sample.first, method, url, seen)
    sample.pin()
    return sample
  }

  private static let get = "r = requests.get(base + '/a')\n"

  /// What the original asserts, what the port asserts, and whether that is as much.
  static let conditions: [(String, Subject, Predicate, Bool)] = [
    // Status.
    ("assert r.status_code == 200", .status, .equals(200), true),
    ("assert r.status_code == 200", .status, .oneOf([200, 204]), false),
    ("assert r.status_code == 200", .status, .less(500), false),
    ("assert r.status_code in (200, 302)", .status, .equals(302), true),
    ("assert r.status_code in (200, 302)", .status, .oneOf([200, 301]), false),
    ("assert r.ok", .status, .equals(204), true),
    ("assert r.ok", .status, .not(.equals(500)), false),
    ("assert r.status_code != 404", .status, .not(.equals(404)), true),
    ("assert r.status_code != 404", .status, .greaterOrEqual(200), false),
    // Which value, and something of it.
    ("assert r.json()['s'] == 'ok'", .json("$.s"), .equals("ok"), true),
    ("assert r.json()['s'] == 'ok'", .json("$.s"), .contains("ok"), false),
    ("assert r.json()['s'] == 'ok'", .json("$.s"), .exists(true), false),
    ("assert r.json()['s'] == 'ok'", .json("$.t"), .equals("ok"), false),
    ("assert r.json()['s'] == 'ok'", .json("$.s.t"), .equals("ok"), false),
    ("assert 'welcome' in r.text", .body, .contains("welcome home"), true),
    ("assert 'welcome' in r.text", .body, .contains("come"), false),
    ("assert 'welcome' in r.text", .body, .equals("welcome"), true),
    ("assert 'welcome' in r.text", .body, .matching("welcome|error"), false),
    ("assert 'welcome' in r.text", .body, .matching("welcome"), true),
    ("assert 'welcome' in r.text", .header("x"), .contains("welcome"), false),
    ("assert r.text == 'welcome'", .body, .contains("welcome"), false),
    // Letters.
    ("assert 'Welcome' in r.text", .body, .contains("welcome"), false),
    ("assert 'welcome' in r.text.lower()", .body, .contains("Welcome"), true),
    ("assert 'Error' not in r.text", .body, .not(.contains("error")), false),
    ("assert 'Error' not in r.text", .body, .not(.contains("Err")), true),
    ("assert 'Error' not in r.text", .body, .equals("Error"), false),
    // Not another.
    ("assert r.json()['s'] != 'error'", .json("$.s"), .contains("o"), false),
    ("assert r.json()['s'] != 'error'", .json("$.s"), .contains("ok"), true),
    ("assert r.json()['s'] != 'error'", .json("$.s"), .not(.equals("error")), true),
    ("assert r.json()['s'] != 'error'", .json("$.s"), .exists(true), false),
    ("assert r.json()['s'] != 'error'", .json("$.s"), .matching(".*"), false),
    // Truth and presence.
    ("assert r.json()['on']", .json("$.on"), .exists(true), false),
    ("assert r.json()['on']", .json("$.on"), .equals(false), false),
    ("assert r.json()['on']", .json("$.on"), .equals(0), false),
    ("assert r.json()['on']", .json("$.on"), .equals(true), true),
    ("assert r.json()['on']", .json("$.on"), .kind(.boolean), false),
    ("assert r.json()['on']", .json("$.on"), .greater(0), true),
    ("assert r.json()['on']", .json("$.on"), .count([.greaterOrEqual(1)]), true),
    ("assert r.json()['on']", .json("$.on"), .count([.greaterOrEqual(0)]), false),
    ("assert not r.json()['on']", .json("$.on"), .equals(false), true),
    ("assert not r.json()['on']", .json("$.on"), .exists(true), false),
    ("assert not r.json()['on']", .json("$.on"), .equals(true), false),
    ("assert 'on' in r.json()", .json("$.on"), .exists(true), true),
    ("assert 'on' in r.json()", .json("$.on"), .equals(false), true),
    ("assert 'on' in r.json()", .json("$.on"), .exists(false), false),
    ("assert 'on' not in r.json()", .json("$.on"), .exists(false), true),
    ("assert 'on' not in r.json()", .json("$.on"), .equals(false), false),
    ("assert r.json()['on'] is not None", .json("$.on"), .exists(true), false),
    ("assert r.json()['on'] is not None", .json("$.on"), .not(.equals(.null)), true),
    ("assert r.json()['on'] is None", .json("$.on"), .equals(.null), true),
    ("assert r.text", .body, .contains("x"), true),
    ("assert r.text", .body, .equals(""), false), ("assert r.text", .status, .equals(200), false),
    // Headers.
    ("assert r.headers['X-A'] == 'b'", .header("x-a"), .equals("b"), true),
    ("assert r.headers['X-A'] == 'b'", .header("x-b"), .equals("b"), false),
    ("assert 'X-A' in r.headers", .header("X-A"), .exists(true), true),
    ("assert 'X-A' in r.headers", .header("X-A"), .exists(false), false),
    ("assert r.headers['X-A'].startswith('te')", .header("x-a"), .startsWith("text"), true),
    ("assert r.headers['X-A'].startswith('text')", .header("x-a"), .contains("text"), false),
    ("assert not r.text.startswith('err')", .body, .equals("error"), false),
    // Kinds and bounds.
    ("assert isinstance(r.json()['l'], list)", .json("$.l"), .kind(.list), true),
    ("assert isinstance(r.json()['l'], list)", .json("$.l"), .kind(.string), false),
    ("assert isinstance(r.json()['l'], list)", .json("$.l"), .equals(5), false),
    ("assert isinstance(r.json()['l'], dict)", .json("$.l"), .subset(["a": 1]), true),
    ("assert isinstance(r.json()['l'], bool)", .json("$.l"), .kind(.boolean), true),
    ("assert isinstance(r.json()['l'], bool)", .json("$.l"), .kind(.integer), false),
    ("assert isinstance(r.json()['l'], bool)", .json("$.l"), .equals(false), true),
    ("assert isinstance(r.json()['l'], bool)", .json("$.l"), .equals("false"), false),
    ("assert isinstance(r.json()['l'], str)", .json("$.l"), .kind(.uuid), true),
    ("assert not isinstance(r.json()['l'], str)", .json("$.l"), .kind(.boolean), true),
    // Some element.
    ("assert r.json()['l'][0] == 'a'", .json("$.l"), .contains("a"), false),
    ("assert r.json()['n'] >= 3", .json("$.n"), .greaterOrEqual(3), true),
    ("assert r.json()['n'] >= 3", .json("$.n"), .greater(2), false),
    ("assert r.json()['n'] >= 3", .json("$.n"), .equals(4), true),
    ("assert r.json()['n'] >= 3", .json("$.n"), .kind(.number), false),
  ]

  @Test(arguments: conditions)
  func `Only what is at least as strict stands for an assertion`(
    _ original: String,
    _ subject: Subject,
    _ own: Predicate,
    _ isEnough: Bool
  ) {
    let sample = Self.sample(Self.get + original, [(subject, own)])
    #expect(sample.disposition("a.py::test_a") == (isEnough ? .ported : .weaker))
  }

  static let unknowable: [(String, Subject, Predicate, UnitCoverage.Disposition)] = [
    ("assert any(x == 'a' for x in r.json()['l'])", .json("$.l"), .contains("a"), .unread),
    ("assert re.search('^v[0-9]', r.text)", .body, .matching("."), .unread),
    ("assert re.search('^v[0-9]', r.text)", .body, .matching("^v[0-9]"), .ported),
    ("assert re.search('^v[0-9]', r.text)", .body, .equals("v2.1"), .ported),
    ("assert re.search('^v[0-9]', r.text)", .body, .equals("2.1"), .unread),
    ("assert r.json()['n'] > int(name)", .json("$.n"), .greater(0), .unread),
    ("assert r.status_code in name", .status, .equals(500), .unread),
    ("assert r.status_code == int(name)", .status, .equals(500), .unread),
  ]

  @Test(arguments: unknowable)
  func `What cannot be held against another is said, and not taken for it`(
    _ original: String,
    _ subject: Subject,
    _ own: Predicate,
    _ disposition: UnitCoverage.Disposition
  ) {
    let sample = Self.sample(Self.get + original, [(subject, own)])
    #expect(sample.disposition("a.py::test_a") == disposition)
  }

  @Test(arguments: [
    ("get(base + '/a?q=1&page=2')", "GET", "/a?page=2&q=1", true),
    ("get(base + '/a?q=1')", "GET", "/a?q=1&more=2", true),
    ("get(base + '/a?q=1')", "GET", "/a", false), ("get(base + '/a?q=1')", "GET", "/a?q=2", false),
    ("get(base + '/a', params={'q': 'x y'})", "GET", "/a?q=x%20y", true),
    ("get(base + '/a', params={'q': name})", "GET", "/a?q=anything", true),
    ("get(base + '/a', params={'q': name})", "GET", "/a?p=anything", false),
    ("get(base + '/a')", "GET", "/a?q=1", true), ("get(base + '/a')", "HEAD", "/a", false),
    ("post(base + '/a')", "GET", "/a", false), ("put(base + '/a')", "POST", "/a", false),
    ("get(base + '/a/')", "GET", "/a", false), ("get(f'{base}/a/{name}')", "GET", "/a/b", true),
    ("get(f'{base}/a/{name}')", "GET", "/a/", false),
    ("get(f'{base}/a/{name}')", "GET", "/a/b/c", false),
  ])
  func `A request is the same by its method, path and query`(
    _ original: String,
    _ method: String,
    _ target: String,
    _ isSame: Bool
  ) {
    let sample = Self.sample(
      "assert requests.\(original).status_code == 200",
      [(.status, .equals(200))],
      method: method,
      url: "http://h\(target)"
    )
    #expect(sample.disposition("a.py::test_a") == (isSame ? .ported : .weaker))
  }

  @Test func `A query that is not asked is told as such`() {
    let sample = Self.sample("requests.get(base + '/a?q=1')", [], url: "http://h/a")
    #expect(sample.unit("a.py::test_a")?.weaker.map(\.kind) == [.askedWithoutQuery])
  }

  // MARK: Other systems

  private static func other(_ call: String, _ exchange: Exchange) -> Sample {
    var sample = Self.sample("cur.execute(\"SELECT 1\")", [])
    sample.hold("a.py", "import psycopg2, subprocess\ndef test_a(c):\n    \(call)\n")
    sample.set(Sample.first) { check in
      check.steps[0].exchange = exchange
      check.steps[0].assertions = [
        Assertion(.rows, .greaterOrEqual(1)), Assertion(.exit, .equals(0)),
      ]
    }
    sample.pin()
    return sample
  }

  @Test(arguments: [
    ("INSERT INTO sites VALUES (1)", "INSERT INTO public.sites (a) VALUES ($1)", true),
    ("INSERT INTO sites VALUES (1)", "SELECT a FROM sites", false),
    ("SELECT a FROM sites", "SELECT b FROM sites WHERE a = 1", true),
    ("SELECT a FROM sites", "SELECT 1", false),
    ("SELECT a FROM sites JOIN users ON 1=1", "SELECT a FROM sites", false),
    ("SELECT 1", "SELECT a FROM sites", false), ("SELECT 1", "select  1", true),
    ("DELETE FROM sites", "SELECT a FROM sites", false),
  ])
  func `A statement is the same by what it does to which tables`(
    _ original: String,
    _ own: String,
    _ isSame: Bool
  ) {
    let exchange = SQLExchange(service: "db", statement: own, rowCount: 1)
    let sample = Self.other(
      "psycopg2.connect('').cursor().execute('\(original)')",
      .sql(exchange)
    )
    #expect(sample.disposition("a.py::test_a") == (isSame ? .ported : .weaker))
  }

  @Test(arguments: [
    (["nginx", "-t"], true), (["/usr/sbin/nginx", "-t"], true), (["true"], false),
    (["sh", "-c", "nginx -t"], true),
  ])
  func `A command in a container is the same by its words`(_ argv: [String], _ isSame: Bool) {
    let exchange = CommandExchange(
      service: "app",
      argv: argv,
      ending: "exit 0",
      stdout: "",
      stderr: "",
      microseconds: 1
    )
    let sample = Self.other(
      "subprocess.run(['docker', 'exec', c, 'nginx', '-t'], check=True)",
      .command(exchange)
    )
    #expect(sample.disposition("a.py::test_a") == (isSame ? .ported : .weaker))
  }

  // MARK: Scripts as ports

  private static let original = """
    import requests
    def test_a(base):
        assert requests.get(base + "/a").status_code == 200
        assert requests.get(base + "/b").status_code == 200

    """

  /// What a script that stands for another must do whatever happens, and what it may leave out.
  @Test(arguments: [
    ("{a}\n{b}", true), ("if full:\n    {a}\n{b}", false),
    ("{a}\nif not full:\n    return\n{b}", false),
    ("{a}\nif not full:\n    pytest.skip('no')\n{b}", false),
    ("pytest.skip('no')\n{a}\n{b}", false),
    ("try:\n    {a}\nexcept Exception:\n    pass\n{b}", false),
    ("try:\n    {a}\nexcept Exception:\n    raise\n{b}", true),
    ("for x in things():\n    {a}\n{b}", false), ("for x in (1, 2):\n    {a}\n{b}", true),
    ("while full:\n    {a}\n{b}", false), ("{a}\nx = {get} if full else None\n{b}", true),
    ("{a}\ndef never():\n    {b}", false), ("{a}\nassert full or {get}.ok\n{b}", true),
    ("match full:\n    case 1:\n        {a}\n{b}", false),
  ])
  func `A script shows what it cannot leave out`(_ body: String, _ isEnough: Bool) {
    let lines = body.replacing("{a}", with: "assert requests.get(base + '/a').status_code == 200")
      .replacing("{b}", with: "assert requests.get(base + '/b').status_code == 200")
      .replacing("{get}", with: "requests.get(base + '/c')")
      .split(separator: "\n").map { "    \($0)\n" }.joined()
    #expect(
      Self.disposition("import pytest, requests\ndef test_a(base, full):\n\(lines)", .tests)
        == (isEnough ? .ported : .weaker)
    )
  }

  @Test(arguments: [
    ("@pytest.mark.skip\n", false), ("@pytest.mark.skipif(True, reason='x')\n", false),
    ("@pytest.mark.xfail\n", false), ("@pytest.mark.slow\n", true), ("", true),
  ])
  func `A test that may be passed over shows nothing`(_ mark: String, _ isEnough: Bool) {
    let script =
      "import pytest\n" + Self.original.replacing("def test_a", with: "\(mark)def test_a")
    #expect(Self.disposition(script, .tests) == (isEnough ? .ported : .weaker))
  }

  @Test func `A program's tests are only those that it calls`() {
    #expect(Self.disposition(Self.original, .program) == .weaker)
    #expect(Self.disposition(Self.original + "test_a('https://h')\n", .program) == .ported)
    let guarded = Self.original + "if __name__ == '__main__':\n    test_a('https://h')\n"
    #expect(Self.disposition(guarded, .program) == .ported)
  }

  @Test(arguments: [
    ("{a}\n{b}", true), ("if [ -n \"$FULL\" ]; then {a}; fi\n{b}", false),
    ("[ -n \"$FULL\" ] && {a}\n{b}", false), ("[ -n \"$FULL\" ] || exit 0\n{a}\n{b}", false),
    ("test_a() { {a}; }\n{b}", false), ("check() { {a}; }\ncheck\n{b}", true),
    ("for x in $LIST; do {a}; done\n{b}", false), ("for x in 1 2; do {a}; done\n{b}", true),
    ("case $FULL in 1) {a} ;; esac\n{b}", false),
  ])
  func `A shell script shows what it cannot leave out`(_ body: String, _ isEnough: Bool) {
    let get = { (path: String) in
      "test \"$(curl -so /dev/null -w '%{http_code}' \"$1\(path)\")\" = 200"
    }
    let text = body.replacing("{a}", with: get("/a")).replacing("{b}", with: get("/b"))
    let script = CorpusScript(
      path: "p.sh",
      language: .shell,
      bytes: Array("set -e\n\(text)\n".utf8),
      hash: ""
    )
    #expect(
      Self.disposition(ScriptUnits.of(script, reading: .program)) == (isEnough ? .ported : .weaker)
    )
  }

  // MARK: Recorded scripts

  private static let base = "http://127.0.0.1:4000"

  typealias Seen = [(String, String, Int?)]

  static let readAndSeen: [(Seen, UnitCoverage.Disposition)] = [
    ([("GET", "/a", 200), ("GET", "/b", 200)], .ported),
    ([("GET", "/a", 200), ("GET", "/b", nil)], .weaker), ([("GET", "/a", 200)], .weaker),
    ([("GET", "/a", 200), ("POST", "/b", 200)], .weaker), ([], .weaker),
  ]

  /// What a proxy saw of a script that reads like its original, and what becomes of the port.
  @Test(arguments: readAndSeen)
  func `What is read off a recorded script counts where the proxy saw it answered`(
    _ seen: Seen,
    _ disposition: UnitCoverage.Disposition
  ) {
    let script = CorpusScript(
      path: "p.py",
      language: .python,
      bytes: Array(Self.original.utf8),
      hash: ""
    )
    let units = ScriptUnits.of(script, reading: .tests)
    #expect(
      Self.disposition(units) { $0.recordScript(Sample.first, Self.requests(seen)) } == disposition
    )
  }

  static let opaqueAndSeen: [(Seen, UnitCoverage.Disposition)] = [
    ([("GET", "/a", 200), ("GET", "/b", 500)], .unshown),
    ([("GET", "/a", 200), ("GET", "/b", nil)], .weaker), ([("GET", "/c", 200)], .weaker),
  ]

  /// It may have looked at anything in what it asked for.
  @Test(arguments: opaqueAndSeen)
  func `An opaque script is never more than what it was seen to ask`(
    _ seen: Seen,
    _ disposition: UnitCoverage.Disposition
  ) {
    let found = Self.disposition([]) { sample in
      sample.setStrength(Sample.first, .opaque)
      sample.set(Sample.first) { $0.control = ControlRecord(kind: .nowhere, result: .failed) }
      sample.recordScript(Sample.first, Self.requests(seen))
    }
    #expect(found == disposition)
  }

  @Test func `What an opaque script asked is not known where nothing was recorded`() {
    let found = Self.disposition([]) { sample in
      sample.setStrength(Sample.first, .opaque)
      sample.set(Sample.first) { $0.control = ControlRecord(kind: .nowhere, result: .failed) }
    }
    #expect(found == .unshown)
  }

  @Test func `A request that a proxy saw is asked, and nothing is asserted of it`() {
    let found = Self.disposition([]) {
      $0.recordScript(Sample.first, Self.requests([("GET", "/a", 200), ("GET", "/b", 200)]))
    }
    #expect(found == .weaker)
  }

  private static func requests(_ seen: Seen) -> Seen {
    seen.map { ($0.0, base + $0.1, $0.2) }
  }

  private static func disposition(
    _ script: String,
    _ reading: ScriptReading
  ) -> UnitCoverage.Disposition? {
    let script = CorpusScript(path: "p.py", language: .python, bytes: Array(script.utf8), hash: "")
    return disposition(ScriptUnits.of(script, reading: reading))
  }

  private static func disposition(
    _ units: [CorpusUnit],
    _ change: (inout Sample) -> Void = { _ in }
  ) -> UnitCoverage.Disposition? {
    var sample = Sample()
    sample.corpus = Sample.corpus(.scripts)
    sample.hold("a.py", original)
    sample.link(Sample.first, to: ["a.py"])
    sample.set(Sample.first) { $0.steps = [] }
    sample.held.scripts = [Sample.first: units]
    change(&sample)
    sample.pin()
    return sample.disposition("a.py::test_a")
  }
}
