import Foundation
import Testing
import XMLDocuments

/// Real files of other projects, where they are at hand.
@Suite(.enabled(if: Fixtures.shared != nil, "the samples are not here"))
struct JUnitSamplesTests {
  private func rows() throws -> [[String]] {
    let folder = try #require(Fixtures.shared).appending(path: "junit-samples")
    let table = try String(contentsOf: folder.appending(path: "expected.tsv"), encoding: .utf8)
    return table.split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test("Every sample is read and counted as others counted it")
  func counts() throws {
    let folder = try #require(Fixtures.shared).appending(path: "junit-samples")
    let rows = try rows()
    #expect(rows.count == 139)
    for row in rows {
      let path = folder.appending(path: row[0]).path()
      var counter = OutcomeCounter()
      let error = xmlError {
        let reader = try XMLReader(.file(path))
        while let event = try reader.next() { counter.add(event) }
      }
      if row[1] == "ill-formed" {
        #expect(error != nil, "\(row[0])")
        continue
      }
      #expect(error == nil, "\(row[0])")
      guard row[1] == "junit" else {
        #expect(row[1] == "other:\(counter.root ?? "")", "\(row[0])")
        continue
      }
      #expect(counter.columns == Array(row[2...]), "\(row[0])")
    }
  }
}

/// One outcome a case: error over failure over skipped.
private struct OutcomeCounter {
  private(set) var root: String?
  private var cases = 0
  private var errored = 0
  private var failed = 0
  private var skipped = 0
  /// The elements that are open; the outcome of the innermost case.
  private var path: [String] = []
  private var outcomes: Set<String> = []

  var columns: [String] {
    [cases, errored, failed, skipped, cases - errored - failed - skipped].map(String.init)
  }

  mutating func add(_ event: XMLEvent) {
    switch event {
    case .start(let element):
      if root == nil { root = element.name }
      if element.name == "testcase" {
        // How Google Test says that a case was disabled.
        outcomes = element["status"] == "notrun" ? ["skipped"] : []
      }
      if path.last == "testcase" { outcomes.insert(element.name) }
      path.append(element.name)
    case .text: break
    case .end(let name, _):
      path.removeLast()
      guard name == "testcase" else { return }
      cases += 1
      if outcomes.contains("error") {
        errored += 1
      } else if outcomes.contains("failure") {
        failed += 1
      } else if outcomes.contains("skipped") {
        skipped += 1
      }
    }
  }
}
