/// What a file is that holds no results this tool reads.
package enum ForeignFile {
  private static let roots = [
    "testrun": "a test run as Eclipse exports it",
    "result": "Jenkins' own copy of results (junitResult.xml)",
    "test-suite": "an Allure 1 suite",
    "coverage": "a coverage report (Cobertura)",
    "report": "a coverage report (JaCoCo)",
    "assemblies": "xUnit.net results",
    "test-run": "NUnit 3 results",
    "test-results": "NUnit 2 results",
    "TestRun": "Visual Studio results (TRX)",
    "checkstyle": "Checkstyle findings",
    "testng-results": "TestNG results",
    "robot": "Robot Framework output",
    "testExecutions": "SonarQube test executions",
    "site": "a CTest upload",
    "Site": "a CTest upload",
    "html": "a web page",
    "rss": "a news feed",
    "svg": "a picture",
    "project": "a Maven or Ant project",
  ]

  static func xml(root: String) -> String {
    let known = roots[root].map { " looks like \($0)" } ?? " is not JUnit XML"
    return "<\(root.cut(to: 64))>\(known); JUnit XML begins with <testsuites> or <testsuite>"
  }

  private static let magics: [(bytes: [UInt8], what: String)] = [
    ([0x1F, 0x8B], "a gzip archive; unpack it first"),
    ([0x50, 0x4B, 3, 4], "a zip archive; unpack it first"),
    ([0x28, 0xB5, 0x2F, 0xFD], "a zstd archive; unpack it first"),
    ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"), ([0x7F, 0x45, 0x4C, 0x46], "a program"),
    (Array("SQLite format 3".utf8), "an SQLite database"), (Array("%PDF".utf8), "a PDF document"),
    (Array("TAP version".utf8), "TAP output; have it written as JUnit XML"),
    (Array("1..".utf8), "TAP output; have it written as JUnit XML"),
  ]

  /// - Parameter start: of the file, at least 16 bytes where it has as many.
  static func other(_ start: [UInt8]) -> String {
    if start.isEmpty { return "the file is empty" }
    if let known = magics.first(where: { start.starts(with: $0.bytes) }) {
      return "the file is \(known.what)"
    }
    return "neither XML nor JSON nor a Markdown page (.md)"
  }
}

extension ImportError {
  init(_ foreign: String, line: Int, column: Int) {
    self.init(.foreign(foreign), foreign, line: line, column: column)
  }
}

/// What a file is, by its first bytes and its name.
package enum ImportKind: Hashable, Sendable {
  case xml, json, page

  /// - Parameter start: the first bytes of the file, 64 are enough.
  package init(start: [UInt8], name: String) throws(ImportError) {
    let lowered = name.lowercased()
    if [".md", ".markdown"].contains(where: lowered.hasSuffix) {
      self = .page
      return
    }
    // UTF-16 is XML, or nothing that is read here.
    if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF])
      || start.starts(with: [0, 0x3C]) || start.starts(with: [0x3C, 0])
    {
      self = .xml
      return
    }
    let bare = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start[...]
    switch bare.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
    case UInt8(ascii: "<")?: self = .xml
    case UInt8(ascii: "{")?, UInt8(ascii: "[")?: self = .json
    default:
      guard lowered.hasSuffix(".txt"), !bare.isEmpty else {
        throw ImportError(ForeignFile.other(start), line: 0, column: 1)
      }
      self = .page
    }
  }
}
