import Testing

@testable import Corpus

/// What may not be guessed: findings of real scripts.
@Suite struct CorpusGapTests {
  @Test(arguments: [
    ("https://h", "/"), ("https://h/", "/"), ("https://h/a", "/a"), ("https://h:80/a?b=1", "/a"),
    ("https://{…}", "{…}"), ("https://{…}/a", "/a"), ("https://h{…}", "{…}"),
    ("https://h{…}/a", "{…}/a"), ("https://app.{…}/a", "/a"), ("https://app.{…}", "{…}"),
    ("http://127.0.0.1:{…}/a", "/a"), ("http://127.0.0.1:{…}", "{…}"), ("{…}", "{…}"),
    ("{…}/a", "/a"), ("{…}:8080/a", "/a"), ("{…}{…}", "{…}"), ("{…}{…}/a", "{…}/a"),
    ("{…}api", "{…}api"), ("h.org/a", "/a"), ("h.org", "/"), ("localhost:80/a", "/a"), ("/a", "/a"),
    ("h.org{…}", "{…}"), ("", "/"), ("https://h?q=1", "/"),
  ])
  func `A path that is not known is no front page`(address: String, path: String) async {
    let units = await Script.units(ofTest: "requests.get('\(address)')")
    #expect(units.flatMap(\.requests).map(\.path) == [path])
  }

  @Test(arguments: [
    ("r = requests.get('https://h' + path)\nassert r.ok", "request | GET {…}"),
    ("r = requests.get(BASE, params=[('q', 'a b'), ('n', 1)])", "request | GET /?q=a%20b&n=1"),
    ("r = requests.get(BASE, params=(('q', x),))", "request | GET /?q={…}"),
    ("r = requests.get(BASE, params=query)", "request | GET /?{…}"),
    ("r = requests.get(BASE, params={'q': 0.5})", "request | GET /?q=0.5"),
    (
      "r = requests.get(BASE + '/a')\nassert r.json()['x'] == 0.5",
      "assert | GET /a | field x | == 0.5"
    ),
    (
      "r = requests.get(BASE + '/a')\nassert r.json()['x'] > -0.5",
      "assert | GET /a | field x | > -0.5"
    ),
    (
      "r = requests.get(BASE + '/a')\nassert all(x['ok'] for x in r.json())",
      "assert | GET /a | field [*].ok | counts as true"
    ),
    (
      "r = requests.get(BASE + '/a')\nassert all([k in r.json() for k in ('p', 'q')])",
      "assert | GET /a | field q | is there"
    ),
  ])
  func `What is known is read`(code: String, fact: String) async {
    let lines = await Script.lines(ofTest: code)
    #expect(lines.contains(fact), "\(lines)")
  }

  /// Each has an assertion that is not followed: never silence, and never another assertion.
  @Test(arguments: [
    "assert [x for x in r.json() if x['name'] == 'a']",
    "assert any(x['ok'] for x in r.json())", "assert all([check(x) for x in names])",
    "assert r.text.split(',')[0] == 'a'", "assert r.text[:3] == 'abc'", "assert ['a', 'b']",
    "[self.assertTrue(looks(x)) for x in names]", "assert {k: v for k, v in r.json().items()}",
    "assert client.ready", "assert compute(r.text)", "assert not [x for x in names if x]",
    "names = ['a']\nassert all([n == 'a' for n in names])",
    "assert lambda: r.ok", "assert (r.status_code == 200, 'a tuple is true')",
  ])
  func `An assertion that is not understood is named`(code: String) async {
    let body = "r = requests.get(BASE + '/a')\n\(code)"
    let units = await Script.units(ofTest: body)
    let isNamed = units.contains { unit in
      !unit.unread.isEmpty
        || unit.assertions.contains { assertion in
          if case .value = assertion.subject { true } else { false }
        }
    }
    #expect(isNamed, "\(units.flatMap(\.fingerprint.lines))")
    let followed = units.flatMap(\.assertions).filter { assertion in
      if case .value = assertion.subject { false } else { true }
    }
    #expect(followed.isEmpty, "\(followed)")
  }

  @Test(arguments: [
    ("args=(-X PUT -d 'a b')\ncurl \"${args[@]}\" h.org/a", ["request | PUT /a"]),
    ("m=DELETE\ncurl -X \"$m\" h.org/a", ["request | DELETE /a"]),
    (
      "curl -G h.org/a --data-urlencode 'q=a b&c' -d n=1",
      ["request | GET /a?q=a%20b%26c&n=1"]
    ),
    ("curl --data-urlencode q=1 h.org/a", ["request | POST /a"]),
    ("curl -f h.org/{one,two}", ["request | GET /one", "request | GET /two"]),
    ("curl 'h.org/{one,two}/x'", ["request | GET /one/x", "request | GET /two/x"]),
    ("curl 'h.org/[1-3]'", ["request | GET /{…}"]),
    ("for p in /{one,two}; do curl h.org$p; done", ["request | GET /one", "request | GET /two"]),
    (
      "paths=('/a b' /c)\nfor p in \"${paths[@]}\"; do curl \"h.org$p\"; done",
      ["request | GET /a%20b", "request | GET /c"]
    ),
    ("curl \"$@\"", ["request | {…} {…}"]), ("curl -X PUT \"${args[@]}\"", ["request | PUT {…}"]),
  ])
  func `A command's words are those of the shell`(script: String, facts: [String]) async {
    let lines = await Script.lines(ofShell: script)
    #expect(lines.filter { $0.hasPrefix("request") } == facts)
  }

  @Test(arguments: [
    "x=$(curl -s h.org/a | awk '{print $2}')\n[ \"$x\" = 200 ] || exit 1",
    "x=$(curl -s h.org/a | cut -d, -f1)\n[ \"$x\" = ok ] || exit 1",
    "x=\"code $(curl -so /dev/null -w '%{http_code}' h.org/a)\"\n[ \"$x\" = 200 ] || exit 1",
    "curl \"$@\" h.org/a | grep -q x || exit 1",
  ])
  func `What is worked out of an answer is not the answer`(script: String) async {
    let units = await Script.shell(script)
    #expect(units.flatMap(\.assertions).count == 1)
    for assertion in units.flatMap(\.assertions) {
      guard case .value = assertion.subject else {
        Issue.record("\(assertion)")
        continue
      }
    }
  }
}
