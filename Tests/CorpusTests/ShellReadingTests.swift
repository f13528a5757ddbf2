import Testing

@testable import Corpus

@Suite struct ShellReadingTests {
  private static let status = "curl -s -o /dev/null -w '%{http_code}' \"$base/a\""

  @Test(arguments: [
    "s=$(\(status))\n[ \"$s\" = 200 ] || exit 1",
    "s=`\(status)`\nif [ $s != 200 ]; then exit 1; fi",
    "[[ $(\(status)) == 200 ]] || { echo no; exit 1; }",
    "s=$(\(status))\ncase $s in\n  200) ;;\n  *) exit 1 ;;\nesac",
    "set -e\ns=$(\(status))\n[ \"$s\" -eq 200 ]\necho fine",
    "s=$(\(status))\nif [ \"$s\" = 200 ]; then\n  exit 0\nfi\nexit 1",
    "s=$(\(status)); test \"$s\" = 200 || exit 1",
    "check() { [ \"$1\" = \"$2\" ] || exit 1; }\ncheck \"$(\(status))\" 200",
    "s=$(\(status))\n(( s == 200 )) || exit 1",
    "until [ \"$(\(status))\" = 200 ]; do\n  [ $n -lt 9 ] || exit 1\n  sleep 1\ndone",
    "s=$(curl -s \\\n  --output /dev/null \\\n  --write-out '%{http_code}\\n' \\\n  \"$base/a\")"
      + "\n[ $s = 200 ] || exit 1",
    "rc=0\ns=$(\(status))\n[ $s = 200 ] || rc=1\nexit $rc",
  ])
  func aStatusIsAssertedHoweverItIsWritten(script: String) async {
    #expect(
      await Script.lines(ofShell: script) == [
        "assert | GET /a | status | == 200", "request | GET /a",
      ],
      "\(script)"
    )
  }

  @Test(arguments: [
    ("curl -fsS h.org/a || exit 1", "assert | GET /a | status | < 400"),
    (
      "curl -s h.org/a | grep -q 'some text' || exit 1",
      "assert | GET /a | body | contains \"some text\""
    ),
    (
      "curl -s h.org/a | grep -qE '^v[0-9]' || exit 1",
      "assert | GET /a | body | matches \"^v[0-9]\""
    ),
    ("! curl -s h.org/a | grep -q bad || exit 1", "assert | GET /a | body | lacks \"bad\""),
    (
      "curl -sI h.org/a | grep -i '^Content-Type: text/html' || exit 1",
      "assert | HEAD /a | header content-type | contains \"text/html\""
    ),
    (
      "curl -s h.org/a | jq -e '.status == \"ok\"' || exit 1",
      "assert | GET /a | field status | == \"ok\""
    ),
    (
      "x=$(curl -s h.org/a | jq -r .name)\n[ \"$x\" = foo ] || exit 1",
      "assert | GET /a | field name | == \"foo\""
    ),
    (
      "curl -s -o out h.org/a\ngrep -q text out || exit 1",
      "assert | GET /a | body | contains \"text\""
    ),
    ("x=$(curl -s h.org/a)\n[ -n \"$x\" ] || exit 1", "assert | GET /a | body | counts as true"),
    ("[[ $(curl -s h.org/a) == *foo* ]] || exit 1", "assert | GET /a | body | contains \"foo\""),
    (
      "[[ $(curl -s h.org/a) =~ (foo|bar) ]] || exit 1",
      "assert | GET /a | body | matches \"(foo\\x7Cbar)\""
    ),
    ("curl -X PUT -d x h.org/a", "request | PUT /a"), ("curl -d x h.org/a", "request | POST /a"),
    ("curl --json '{}' h.org/a", "request | POST /a"),
    ("curl -XDELETE h.org/a", "request | DELETE /a"),
    ("curl -G -d q=1 h.org/a", "request | GET /a?q=1"),
    ("sudo curl -I h.org/a", "request | HEAD /a"),
    ("wget -qO- h.org/a || exit 1", "assert | GET /a | status | < 400"),
    ("wget --spider -q https://h.org/a", "request | HEAD /a"),
    (
      "x=$(psql -U u -tAc 'SELECT 1')\n[ $x = 1 ] || exit 1",
      "assert | sql SELECT 1 | output | == 1"
    ),
    ("psql -U u <<EOF\nSELECT '$x';\nEOF", "system | sql | SELECT '{…}';"),
    ("psql <<< 'SELECT 2'", "system | sql | SELECT 2"),
    ("docker exec -i db psql -c \"SELECT 3\"", "system | sql | SELECT 3"),
    ("docker exec app ls /x", "system | exec | docker exec app ls /x"),
    ("abra app run $d app -- ls", "system | abra | app run {…} app -- ls"),
    ("for p in /b /c; do curl -f \"$b$p\" || exit 1; done", "assert | GET /c | status | < 400"),
    ("curl -f h.org/a\nif [ $? -ne 0 ]; then exit 1; fi", "assert | GET /a | status | < 400"),
  ])
  func aCommandIsReadOff(script: String, fact: String) async {
    let lines = await Script.lines(ofShell: script)
    #expect(lines.contains(fact), "\(lines)")
  }

  @Test func aSourcedFileIsFollowed() async {
    let helper = "expect() {\n  s=$(\(Self.status)$1)\n  [ \"$s\" = \"$2\" ] || exit 1\n}\n"
    let lines = await Script.lines(
      ofShell: ". \"$(dirname \"$0\")/lib/http.sh\"\nexpect /b 404\n",
      files: ["lib/http.sh": helper]
    )
    #expect(lines == ["assert | GET /a/b | status | == 404", "request | GET /a/b"])
    let unit = await Script.shell(". ./gone.sh\n")[0]
    #expect(unit.unread.map(\.reason) == ["the sourced file ./gone.sh is not here"])
  }

  @Test(arguments: [
    ("echo 'x\n", 1, "cannot be parsed"), ("a\n\nif true; then\n  b\n", 3, "cannot be parsed"),
    ("a\n)\n", 2, "cannot be parsed"), ("cat <<E\nx\n", 1, "cannot be parsed"),
    ("x=$(a\n", 1, "cannot be parsed"), ("eval \"$x\"\n", 1, "is not read"),
  ])
  func whatCannotBeReadIsNamedWithItsLine(script: String, line: Int, reason: String) async {
    let unread = await Script.shell(script).flatMap(\.unread)
    #expect(unread.contains { $0.line == line && $0.reason.contains(reason) }, "\(unread)")
  }
}
