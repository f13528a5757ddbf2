import Foundation
import MarkdownDocuments
import Testing

/// Hand-written pages of other projects, where they are at hand.
@Suite(.enabled(if: ParitySamples.folder != nil, "the samples are not here"))
struct ParitySamplesTests {
  @Test("Every line of a sample that begins with a pipe is a row of a table or its delimiter")
  func tables() throws {
    let folder = try #require(ParitySamples.folder)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
    var pages = 0
    for file in files.sorted() where file.hasSuffix(".md") {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      let document = try MarkdownDocument(parsing: text)
      var lines: [Int] = []
      for block in document.blocks {
        guard case .table(let table) = block.kind else { continue }
        lines += [table.header.line, table.header.line + 1] + table.rows.map(\.line)
        let short = table.rows.dropLast().filter { $0.cells.count != table.header.cells.count }
        #expect(short.isEmpty, "\(file)")
      }
      let piped = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        .filter { $0.element.hasPrefix("|") }.map { $0.offset + 1 }
      #expect(lines.sorted() == piped, "\(file)")
      #expect(!document.html().isEmpty)
      pages += 1
    }
    #expect(pages > 0)
  }
}

private enum ParitySamples {
  static let folder: URL? = {
    let package = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return ["../shared/parity-samples", "../../shared/parity-samples"].map {
      package.appending(path: $0).standardizedFileURL
    }.first { FileManager.default.fileExists(atPath: $0.path()) }
  }()
}
