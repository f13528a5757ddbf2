/// Why the stand-in cannot start or go on; one line.
package struct StandinError: Error, Sendable, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) {
    self.description = description
  }
}
