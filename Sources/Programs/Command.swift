/// A command that is run to its end and whose output is wanted: a program with its arguments and all
/// that it is to have.
package struct Command: Sendable, Hashable, Codable {
  /// The program's name or path first.
  package var argv: [String]
  /// Written to its standard input, which is then closed.
  package var stdin: [UInt8]
  /// Nil for the user that whoever runs it has.
  package var user: String?
  /// Of a program: all of its environment, nothing is inherited. In a service: added to its own.
  package var environment: [String: String]
  /// Nil for the folder that whoever runs it has.
  package var folder: String?
  /// After this long the command and all that it started is killed.
  package var deadline: Duration
  /// Bytes of each output that are kept; the rest is read and thrown away.
  package var outputLimit: Int
  /// Whether processes that it leaves behind live on, where whoever runs it would end them.
  package var keepsDescendants: Bool

  package init(
    argv: [String],
    stdin: [UInt8] = [],
    user: String? = nil,
    environment: [String: String] = [:],
    folder: String? = nil,
    deadline: Duration = .seconds(60),
    outputLimit: Int = 1 << 20,
    keepsDescendants: Bool = false
  ) {
    self.argv = argv
    self.stdin = stdin
    self.user = user
    self.environment = environment
    self.folder = folder
    self.deadline = deadline
    self.outputLimit = outputLimit
    self.keepsDescendants = keepsDescendants
  }

  /// The program's name, for messages.
  package var name: String { argv.first ?? "command" }
}
