/// Why a program could not be run. How a program that ran ended is data, never an error.
package struct ProgramError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// It is not there, may not be executed, or its folder may not be entered.
    case notStarted
    /// The task that ran it was cancelled; the program was killed.
    case cancelled
  }

  package var code: Code
  /// What the command calls its program.
  package var program: String
  /// For people; empty where the code says it all.
  package var reason: String

  init(_ code: Code, _ program: String, _ reason: String = "") {
    self.code = code
    self.program = program
    self.reason = reason
  }

  package var description: String {
    switch code {
    case .notStarted: "\(program): cannot be started: \(reason)"
    case .cancelled: "\(program): interrupted"
    }
  }
}
