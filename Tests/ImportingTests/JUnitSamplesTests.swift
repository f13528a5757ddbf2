import Evidence
import Foundation
import Importing
import Testing

/// Real files of other projects with counts that somebody else took, where they are at hand:
/// `PARITY_JUNIT_SAMPLES` names their folder.
@Suite(.enabled(if: JUnitSamples.folder != nil, "the samples are not here"))
struct JUnitSamplesTests {
  @Test(
    "a file of another tool has the cases that an independent count has",
    arguments: JUnitSamples.rows
  )
  func counts(_ row: JUnitSamples.Row) throws {
    let folder = try #require(JUnitSamples.folder)
    let bytes = [UInt8](try Data(contentsOf: folder.appending(path: row.file)))
    do {
      let (summary, cases) = try JUnitReader.read(bytes)
      #expect(row.kind == "junit")
      #expect(cases.count == summary.cases)
      let counts = [summary.cases] + [.errored, .failed, .skipped, .passed].map(summary.count)
      #expect(counts == row.counts)
    } catch let error as ImportError {
      switch error.code {
      case .illFormed: #expect(row.kind == "ill-formed")
      case .foreign: #expect(row.kind.hasPrefix("other:"))
      default: Issue.record("\(error.message)")
      }
      #expect(error.line > 0)
    }
  }

  @Test func `There are many of them`() { #expect(JUnitSamples.rows.count > 100) }
}

enum JUnitSamples {
  struct Row: Sendable, CustomTestStringConvertible {
    var file: String
    var kind: String
    /// Cases, errored, failed, skipped, passed; empty where it is none of JUnit.
    var counts: [Int]
    var testDescription: String { file }
  }

  static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["PARITY_JUNIT_SAMPLES"].map {
      URL(filePath: $0)
    }
    let package = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let beside = ["../shared/junit-samples", "../../shared/junit-samples"].map {
      package.appending(path: $0).standardizedFileURL
    }
    return ((named.map { [$0] } ?? []) + beside).first {
      FileManager.default.fileExists(atPath: $0.appending(path: "expected.tsv").path())
    }
  }()

  static let rows: [Row] = {
    guard let table = folder?.appending(path: "expected.tsv"),
      let text = try? String(contentsOf: table, encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Row(
        file: fields[0],
        kind: fields[1],
        counts: fields.dropFirst(2).compactMap { Int($0) }
      )
    }
  }()
}
