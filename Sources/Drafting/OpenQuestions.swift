package import Suites

/// What a draft left open: comments `# open: …` of a suite's YAML files.
package enum OpenQuestions {
  private static let mark = "# open: "

  /// In the order of the files, which are named from the suite's folder.
  package static func all(in folder: String) -> [Diagnostic] {
    let source = SuiteFiles(folder: folder)
    let folders = ["", "overlays/", "functional/", "custom/", "playwright/", "steps/"]
    return folders.flatMap { folder in
      (source.entries(in: folder) ?? []).filter { !$0.isFolder && $0.name.hasSuffix(".yml") }
        .flatMap { questions(in: source.read(folder + $0.name) ?? [], folder + $0.name) }
    }
  }

  private static func questions(in bytes: [UInt8], _ file: String) -> [Diagnostic] {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    return lines.enumerated().compactMap { index, bytes in
      let line = String(decoding: bytes, as: UTF8.self)
      let words = line.drop { $0 == " " }
      guard words.hasPrefix(mark) else { return nil }
      return Diagnostic(
        .warning,
        file: file,
        line: index + 1,
        column: line.unicodeScalars.count - words.unicodeScalars.count + 1,
        message: "open: \(words.dropFirst(mark.count))"
      )
    }
  }
}
