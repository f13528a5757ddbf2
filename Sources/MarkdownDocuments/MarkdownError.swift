/// Why a Markdown document could not be read; every text is Markdown, so only its cost counts.
package struct MarkdownError: Error, Equatable, Sendable {
  package enum Code: Equatable, Sendable {
    /// The text has more bytes than the limit.
    case tooLarge(limit: Int)
    /// Blocks or inlines stand deeper inside one another than the limit.
    case tooDeep(limit: Int)
    /// libcmark gave no tree.
    case unavailable
  }

  package var code: Code
  /// The line, from 1, where the limit was broken, if it was at one place.
  package var line: Int?

  package init(_ code: Code, line: Int? = nil) {
    self.code = code
    self.line = line
  }
}

extension MarkdownError: CustomStringConvertible {
  package var description: String {
    let place = line.map { " line \($0)" } ?? ""
    switch code {
    case .tooLarge(let limit): return "Markdown document\(place): more than \(limit) bytes"
    case .tooDeep(let limit): return "Markdown document\(place): more than \(limit) levels"
    case .unavailable: return "libcmark: no tree"
    }
  }
}
