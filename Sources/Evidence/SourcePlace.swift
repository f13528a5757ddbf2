/// A place in a suite's or recipe's file.
package struct SourcePlace: Codable, Hashable, Sendable, CustomStringConvertible {
  /// Relative to the suite's folder, with `/` between parts.
  package var file: String
  /// From 1.
  package var line: Int
  /// From 1, counted in Unicode scalars.
  package var column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  package var description: String { "\(file):\(line):\(column)" }
}
