import BuiltTool
import Evidence
import Foundation
import PrivateServers
import Testing

/// `docs/adopting.md`: every command of the page is run, in order, on a copy of `Tests/adoption`.
///
/// A block that begins with `$ ` is commands with what they print, on standard error first; `$ echo $?` shows
/// the last exit status. A block whose first line is `# FILE` is a file as it is then; `# FILE, at its end:`
/// is added to it. `RECORD_GOLDEN=1` writes the page again.
@Suite(.timeLimit(.minutes(5)))
struct AdoptingTests {
  @Test func `Every command of the page prints what the page says`() async throws {
    let project = try ToolProject(named: "adopting", parity: "")
    try project.addCatalogue()
    project.findPrograms(in: try PreparedRestic.folder)
    var page = try AdoptingPage(Repository.text("docs/adopting.md"))
    var status: Int32 = 0
    var count = 0
    for index in page.blocks.indices {
      if let edit = page.edit(index) {
        let before = edit.isAdded ? try project.text(edit.file) : ""
        try project.write(edit.file, before + edit.text)
      }
      let commands = page.commands(index)
      var printed = ""
      for command in commands {
        printed += "$ \(command)\n"
        if command == "echo $?" {
          printed += "\(status)\n"
          continue
        }
        let words = command.split(separator: " ").map(String.init)
        if words.first == "cat" {
          printed += try project.text(words[1])
          continue
        }
        try #require(words.first == "parity", "\(command)")
        let result = try await ToolRun(project, Array(words.dropFirst()), [:]).result()
        status = result.status
        printed += result.err + result.out
        count += 1
      }
      if commands.isEmpty { continue }
      let isSame = AdoptingPage.settled(printed) == AdoptingPage.settled(page.blocks[index])
      if !isSame, AdoptingPage.isRecording {
        page.blocks[index] = printed
      } else {
        #expect(AdoptingPage.settled(printed) == AdoptingPage.settled(page.blocks[index]))
      }
    }
    #expect(count > 9)
    if AdoptingPage.isRecording { try Repository.write(page.text, to: "docs/adopting.md") }
  }

  @Test func `What a script leaves behind is gone after the run`() async throws {
    let project = try ToolProject(named: "adopting", parity: "corpus: {none: it is an example}\n")
    try project.addCatalogue()
    project.findPrograms(in: try PreparedRestic.folder)
    let seconds = "\(Int.random(in: 100_000...999_999))"
    // One child that leaves its session, and one in the background: bounded by themselves, too.
    try project.write(
      "tests/handbook/functional/test_children.py",
      """
      import subprocess
      import unittest


      class TestChildren(unittest.TestCase):
          def test_children(self):
              subprocess.Popen(["setsid", "sleep", "\(seconds)"])
              subprocess.Popen(["sleep", "\(seconds)"], start_new_session=True)
      """
    )
    let adopted = try await project.run("adopt", "tests/handbook", "--from", "recipes/handbook")
    #expect(adopted.status == 0, "\(adopted.err)")
    try project.write(
      "suites/handbook/recipe.yml",
      try project.text("suites/handbook/recipe.yml")
        + "scripts: {environment: {BASE_URL: \"{{base_url}}\"}}\n"
    )
    let run = try await project.run(
      "run",
      "--check",
      "functional/test_children::TestChildren.test_children"
    )
    let runs = "reports/handbook/runs"
    let id = try FileManager.default.contentsOfDirectory(atPath: project.path(runs)).first
    let record = try project.record("\(runs)/\(id ?? "")")
    let own = record.checks.filter { $0.id.stem == "test_children" }
    #expect(own.map(\.outcome.word) == [.passed], "\(run.out)\(run.err)")
    let left = (try FileManager.default.contentsOfDirectory(atPath: "/proc")).filter { entry in
      let line = try? String(contentsOfFile: "/proc/\(entry)/cmdline", encoding: .utf8)
      return Int(entry) != nil && line?.contains(seconds) == true && line?.contains("sleep") == true
    }
    #expect(left.isEmpty)
  }
}

/// The page, cut at the fences of its blocks of code.
struct AdoptingPage {
  static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1"

  /// Between the blocks, with the fences.
  private var words: [String] = [""]
  /// What stands between two fences.
  var blocks: [String] = []

  init(_ text: String) {
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("```") {
        isInside.toggle()
        if isInside {
          words[words.count - 1] += "\(line)\n"
          blocks.append("")
        } else {
          words.append("\(line)\n")
        }
      } else if isInside {
        blocks[blocks.count - 1] += "\(line)\n"
      } else {
        words[words.count - 1] += "\(line)\n"
      }
    }
  }

  var text: String { zip(words, blocks + [""]).map { $0 + $1 }.joined() }

  func commands(_ index: Int) -> [String] {
    guard blocks[index].hasPrefix("$ ") else { return [] }
    return blocks[index].split(separator: "\n").filter { $0.hasPrefix("$ ") }
      .map { String($0.dropFirst(2)) }
  }

  func edit(_ index: Int) -> (file: String, text: String, isAdded: Bool)? {
    let block = blocks[index]
    guard block.hasPrefix("# "), let end = block.firstIndex(of: "\n") else { return nil }
    let mark = ", at its end:"
    let head = block[..<end].dropFirst(2)
    let isAdded = head.hasSuffix(mark)
    let file = isAdded ? head.dropLast(mark.count) : head
    return (String(file), String(block[block.index(after: end)...]), isAdded)
  }

  /// Without what differs between two equal runs: ids, times, ports, and blanks that line them up.
  static func settled(_ text: String) -> String {
    text.replacing(/[0-9]{8}T[0-9]{6}Z-[a-z0-9]{4}/, with: "RUN")
      .replacing(/[0-9]+(\.[0-9]+)? (µs|ms|s|min)\b/, with: "TIME")
      // Whether the first look came too early is a matter of luck.
      .replacing("000 → ", with: "")
      .replacing(/127\.0\.0\.1:[0-9]+/, with: "HOST")
      .replacing(/[ ]{2,}/, with: "  ")
      .split(separator: "\n", omittingEmptySubsequences: false)
      // Another session of the tests may have a deployment of this name, and what a stage is busy
      // with is told after some seconds.
      .filter { !$0.contains("waiting for") && $0.firstMatch(of: #/^\S+  [a-z]+ TIME  /#) == nil }
      .joined(separator: "\n")
  }
}
