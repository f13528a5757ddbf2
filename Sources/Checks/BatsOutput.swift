/// What bats prints under `--tap`: the Test Anything Protocol, one line a test.
struct BatsOutput {
  struct Test {
    var name: String
    var word: ScriptTest.Word
    /// Why it was skipped; else the lines below it.
    var text: String
  }

  private(set) var tests: [Test] = []

  /// - Parameter declared: names of its tests, which may have ` # skip` in them.
  init(_ bytes: [UInt8], declared: Set<String> = []) {
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("# "), let last = tests.indices.last {
        if tests[last].word == .failed { tests[last].text += line.dropFirst(2) + "\n" }
      } else if let test = Self.test(line, declared) {
        tests.append(test)
      }
    }
  }

  /// `ok 1 name`, `ok 2 name # skip why`, `not ok 3 name`.
  private static func test(_ line: Substring, _ declared: Set<String>) -> Test? {
    let isWrong = line.hasPrefix("not ok ")
    guard isWrong || line.hasPrefix("ok ") else { return nil }
    let rest = line.dropFirst(isWrong ? 7 : 3).drop { $0.isNumber }
    guard rest.first == " " else { return nil }
    let name = rest.dropFirst()
    let marks = name.ranges(of: " # skip")
    let own = marks.last { declared.contains(String(name[..<$0.lowerBound])) }
    if !isWrong, !declared.contains(String(name)), let mark = own ?? marks.last {
      let why = name[mark.upperBound...].drop { $0 == " " }
      return Test(name: String(name[..<mark.lowerBound]), word: .skipped, text: String(why))
    }
    return Test(name: String(name), word: isWrong ? .failed : .passed, text: "")
  }
}

extension ScriptDesk {
  func tell(_ output: BatsOutput) async {
    for test in output.tests {
      let lines = test.text.split(separator: "\n").filter { !$0.hasPrefix("(") }
      let first = lines.first.map(String.init) ?? ""
      // Of the whole file, not of a test.
      if ["setup_file failed", "teardown_file failed"].contains(test.name) {
        haltAll(.failed, "\(test.name): \(first)")
      } else {
        await tell(
          test.name,
          test.word,
          text: test.word == .skipped ? test.text : first.drop { $0 == " " }.description,
          report: test.word == .failed ? test.text : ""
        )
      }
    }
  }
}
