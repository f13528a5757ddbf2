import Corpus
import Testing

@Suite struct ScriptRuleTests {
  private func verdict(
    _ name: String,
    _ text: String = "x = 1\n",
    isExecutable: Bool = false,
    isAmongHelpers: Bool = false
  ) -> ScriptRule.Verdict {
    ScriptRule.verdict(
      name: name,
      traits: ScriptRule.Traits(isExecutable: isExecutable, isAmongHelpers: isAmongHelpers),
      contents: Array(text.utf8)
    )
  }

  @Test(arguments: [
    ("health_check.py", CorpusScript.Language.python), ("HEALTH.PY", .python),
    ("a.sh", .shell), ("a.bats", .bats), ("a.js", .javaScript), ("a.ts", .typeScript),
    ("a.rb", .ruby), ("a.pl", .perl), ("a.b.py", .python), ("login.hurl", .other),
    // Words that only begin like a helper's.
    ("library_scan.py", .python), ("libreoffice_convert.py", .python), ("utility_bill.py", .python),
    ("commons_upload.sh", .shell), ("setup.py", .python),
  ])
  func anEndingOfALanguageMakesAScript(name: String, language: CorpusScript.Language) {
    #expect(verdict(name) == .script(language))
  }

  @Test(arguments: [
    ("#!/bin/sh\n", CorpusScript.Language.shell), ("#!/usr/bin/env python3\n", .python),
    ("#!/usr/bin/env -S PYTHONPATH=. python3 -u\n", .python), ("#! /usr/bin/perl -w\n", .perl),
    ("#!/usr/bin/env bats\r\n", .bats), ("#!/usr/bin/node", .javaScript), ("#!/opt/x\n", .other),
    ("#!", .other),
  ])
  func aFirstLineMakesAScriptOfAFileWithoutEnding(text: String, language: CorpusScript.Language) {
    #expect(verdict("health", text) == .script(language))
  }

  @Test func anExecutableFileOfNoKindIsAScriptAndAPlainOneIsNot() {
    #expect(verdict("health", isExecutable: true) == .script(.other))
    #expect(verdict("health") == .notScript(.data))
  }

  @Test(arguments: [
    ("README", ScriptRule.Reason.document), ("readme.md", .document), ("notes.txt", .document),
    ("pyproject.toml", .data), ("package.json", .data), ("types.d.ts", .data), ("a.png", .data),
    ("__init__.py", .helper), ("conftest.py", .helper), ("_common.py", .helper),
    (".env.sh", .hidden),
  ])
  func whatIsNoScriptStaysOneWithTheExecutableBit(name: String, reason: ScriptRule.Reason) {
    #expect(verdict(name) == .notScript(reason))
    #expect(verdict(name, "#!/bin/sh\n", isExecutable: true) == .notScript(reason))
  }

  @Test(arguments: ["helpers.py", "utils.py", "common.sh", "lib.sh", "lib-http.sh", "util_oidc.py"])
  func aHelpersNameIsAHelperUnlessItIsRunByItself(name: String) {
    #expect(verdict(name, "#!/bin/sh\n") == .notScript(.helper))
    #expect(verdict(name, isExecutable: true) != .notScript(.helper))
    #expect(verdict(name, "x\nif __name__ == '__main__':\n") != .notScript(.helper))
  }

  @Test func whatLiesAmongHelpersIsOneUnlessItIsRunByItself() {
    #expect(ScriptRule.isHelperFolder("_shared"))
    #expect(ScriptRule.isHelperFolder("lib"))
    #expect(!ScriptRule.isHelperFolder("library"))
    #expect(verdict("http.py", isAmongHelpers: true) == .notScript(.helper))
    #expect(verdict("http.py", isExecutable: true, isAmongHelpers: true) == .script(.python))
  }

  @Test func bytesThatAreNoTextAreNoScriptAndNoProof() {
    #expect(verdict("health.py", "x\0") == .binary)
    #expect(verdict("picture.png", "\0") == .notScript(.data))
  }
}
