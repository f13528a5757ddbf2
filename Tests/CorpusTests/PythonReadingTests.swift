import Testing

@testable import Corpus

@Suite struct PythonReadingTests {
  @Test(arguments: [
    "r = requests.get(BASE + '/a')", #"r = requests.get(f"{BASE}/a")"#,
    #"r = requests.get("%s/a" % BASE)"#, #"r = requests.get("{}/a".format(BASE))"#,
    #"r = requests.get(BASE "/a")"#.replacing("BASE ", with: "'https://x' "),
    #"r = requests.request("get", BASE + r'/a')"#, #"r = requests.Session().get(BASE + "/a")"#,
    "url = BASE\nurl += '/a'\nr = requests.get(url=url)",
    #"r = urllib.request.urlopen(urllib.request.Request(BASE + "/a"))"#
      + "\nr.status_code = 1",
    "with requests.get(\n    BASE\n    + '/a',  # here\n) as r:\n    pass",
    "get = requests.get\nr = get(\"\"\"https://x/a\"\"\")",
  ])
  func aRequestIsFoundHoweverItIsWritten(code: String) async {
    let lines = await Script.lines(ofTest: "\(code)\nassert r.status_code == 200")
    #expect(lines.contains("request | GET /a"))
    #expect(lines.contains("assert | GET /a | status | == 200"))
  }

  @Test(arguments: [
    ("assert r.status_code == 200", "status | == 200"),
    ("assert 200 == r.status_code", "status | == 200"),
    ("assert r.status_code < 500", "status | < 500"),
    ("assert r.status_code in (200, 302)", "status | in 200, 302"),
    ("assert r.status_code == 200 or r.status_code == 302", "status | in 200, 302"),
    ("assert 200 <= r.status_code < 300", "status | in 200-299"),
    ("assert r.status_code // 100 == 2", "status | in 200-299"),
    ("assert not r.status_code >= 500", "status | < 500"),
    ("assert r.ok", "status | < 400"),
    ("r.raise_for_status()", "status | < 400"),
    ("assert r.json()['a']['b'] == 'ok'", "field a.b | == \"ok\""),
    ("assert r.json()[0].get('id')", "field [0].id | counts as true"),
    ("assert 'version' in r.json()", "field version | is there"),
    ("assert isinstance(r.json(), dict)", "JSON | is a dict"),
    ("assert 'hello' in r.text", "body | contains \"hello\""),
    ("assert b'hello' in r.content.lower()", "body | contains \"hello\""),
    ("assert re.search(r'v\\d', r.text)", "body | matches \"v\\\\d\""),
    (
      "assert r.headers['Content-Type'].startswith('text/')",
      "header content-type | starts with \"text/\""
    ),
    ("assert 'X-A' not in r.headers", "header x-a | is not there"),
    ("assert r.url.endswith('/login')", "address | ends with \"/login\""),
    ("assert len(r.json()['list']) >= 2", "value length of field list | >= 2"),
    ("if r.status_code != 200:\n    raise SystemExit('no')", "status | == 200"),
    (
      "if r.status_code != 200 or 'x' not in r.text:\n    pytest.fail('no')",
      "body | contains \"x\""
    ),
    ("if r.status_code == 200:\n    return\nraise AssertionError", "status | == 200"),
    ("if r.ok:\n    pass\nelse:\n    raise ValueError", "status | < 400"),
    ("failures = []\nif r.text != 'a':\n    failures.append('a')", "body | == \"a\""),
    ("return r.status_code == 204", "status | == 204"),
    ("check = lambda ok: ok\nassert check(r.status_code == 201)", "status | == 201"),
    ("for key in ('a', 'b'):\n    assert key in r.json()", "field b | is there"),
    ("assert all(k in r.json() for k in ['p', 'q'])", "field q | is there"),
    (
      "while True:\n    if r.status_code == 200:\n        break\n    if late():\n        raise TimeoutError",
      "status | == 200"
    ),
    ("ok = r.status_code == 200 and r.text == 'a'\nassert ok", "status | == 200"),
    ("self.assertEqual(r.status_code, 404)", "status | == 404"),
    ("with x(), y() as z:\n    assert r.status_code == 410", "status | == 410"),
    ("try:\n    assert r.status_code == 402\nexcept OSError:\n    pass", "status | == 402"),
    (
      "match r.status_code:\n    case 200:\n        pass\nassert r.status_code == 405",
      "status | == 405"
    ),
  ])
  func anAssertionIsReadOff(code: String, fact: String) async {
    let lines = await Script.lines(ofTest: "r = requests.get(BASE + '/a')\n\(code)")
    #expect(lines.contains("assert | GET /a | \(fact)"), "\(lines)")
  }

  @Test(arguments: [
    (
      "cur = psycopg2.connect('').cursor()\ncur.execute('SELECT 1')\nassert cur.fetchone()[0] == 1",
      ["assert | sql SELECT 1 | output | == 1", "system | sql | SELECT 1"]
    ),
    (
      "out = subprocess.run(['docker', 'exec', 'db', 'psql', '-c', 'SELECT 2'])\nassert out.returncode == 0",
      ["assert | sql SELECT 2 | exit | == 0", "system | sql | SELECT 2"]
    ),
    (
      "subprocess.check_call('abra app run x app -- ls', shell=True)",
      ["assert | abra app run x app -- ls | exit | == 0", "system | abra | app run x app -- ls"]
    ),
    (
      "c = http.client.HTTPSConnection(host)\nc.request('PUT', '/p')\nassert c.getresponse().status == 201",
      ["assert | PUT /p | status | == 201", "request | PUT /p"]
    ),
    ("client.post(f'{base}/q', json={})", ["request | POST /q"]),
    ("x = 3\nassert compute(x) == 4", ["assert | - | value compute(x) | == 4"]),
  ])
  func otherSystemsAndUnknownThingsAreNotDropped(code: String, expected: [String]) async {
    #expect(await Script.lines(ofTest: code) == expected)
  }

  @Test func helpersAreFollowedWithWhatTheyAreGiven() async {
    let helper = """
      import requests
      class Client:
          def __init__(self, base): self.base = base.rstrip("/")
          def get(self, path, want=200):
              answer = requests.get(self.base + path)
              if answer.status_code != want:
                  fail(path)
              return answer.json()
      def fail(text):
          raise SystemExit(text)
      """
    let code = "import lib.api as api\nassert api.Client(BASE).get('/v')['name'] == 'x'"
    #expect(
      await Script.lines(ofTest: code, files: ["lib/api.py": helper]) == [
        "assert | GET /v | field name | == \"x\"", "assert | GET /v | status | == 200",
        "request | GET /v",
      ]
    )
    let loop =
      "def again(n):\n    return again(n + 1)\nagain(1)\nassert requests.get(BASE + '/a').ok"
    #expect(await Script.lines(ofTest: loop).count == 2)
  }

  @Test func aCaseOfATableIsAsGoodAsATestOfItsOwn() async {
    let units = await Script.units(
      """
      import pytest, requests
      ROWS = [("/a", 200), pytest.param("/b", 404, id="b")]
      @pytest.mark.parametrize("path, want", [("/a", 200), ("/b", 404)])
      @pytest.mark.parametrize("user", ["x", "y"])
      def test_it(path, want, user):
          assert requests.get("https://h" + path).status_code == want
      @pytest.mark.parametrize("n", numbers())
      def test_unknown(n):
          assert requests.get(f"https://h/{n}").ok
      """
    )
    #expect(units.map(\.fingerprint.cases) == [4, 0])
    #expect(
      units[0].fingerprint.lines == [
        "assert | GET /a | status | == 200", "assert | GET /b | status | == 404", "cases | 4",
        "request | GET /a", "request | GET /b",
      ]
    )
    #expect(units[1].requests.map(\.path) == ["/{…}"])
  }

  @Test func whatAFixtureIsParametrizedWithAreCases() async {
    let units = await Script.units(
      """
      import pytest, requests
      @pytest.fixture(params=["/a", pytest.param("/b", id="b")])
      def page(request):
          return "https://h" + request.param
      def test_it(page):
          assert requests.get(page).status_code == 200
      @pytest.fixture(params=numbers())
      def number(request):
          return request.param
      def test_unknown(number):
          assert requests.get(f"https://h/{number}").ok
      """
    )
    #expect(units.map(\.fingerprint.cases) == [2, 0])
    #expect(units[0].requests.map(\.path) == ["/a", "/b"])
    #expect(units[1].requests.map(\.path) == ["/{…}"])
  }

  @Test(arguments: ["AssertionError", "Exception", "(ValueError, AssertionError)"])
  func whatIsCaughtAndPassedOverIsNoAssertion(caught: String) async {
    func lines(_ handler: String) async -> [String] {
      await Script.lines(
        ofTest: """
          try:
              assert requests.get(BASE + "/a").status_code == 200
          except \(caught) as error:
              \(handler)
          """
      )
    }
    for idle in ["pass", "print(error)", "log.warning('x')\n    pass"] {
      #expect(await lines(idle) == ["request | GET /a"])
    }
    for active in ["raise", "sys.exit(1)", "failures.append(error)", "bad = True"] {
      #expect(await lines(active).contains("assert | GET /a | status | == 200"))
    }
  }

  @Test func linesAreThoseOfTheScript() async {
    let units = await Script.units(
      "import requests\nfrom lib import get\n\ndef test_it():\n    r = get('/a')\n    assert r.ok\n",
      files: [
        "lib.py":
          "\n\n\n\n\n\n\nimport requests\ndef get(p):\n    return requests.get('https://h' + p)\n"
      ]
    )
    #expect(units.map(\.lines) == [4...6])
    #expect(units.flatMap(\.requests).map(\.line) == [5])
    #expect(units.flatMap(\.assertions).map(\.line) == [6])
  }
}
