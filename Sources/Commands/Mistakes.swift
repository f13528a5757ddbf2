import Auditing
import Suites

/// What is wrong with several suites, gathered so that all of it is told at once.
struct Mistakes {
  var diagnostics: [Diagnostic] = []
  private var failures: [Failure] = []

  init() {}

  /// Keeps what the body says is wrong with files or usage; anything else ends the command.
  mutating func collecting(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let errors as SuiteErrors {
      diagnostics += errors.diagnostics
    } catch let failure as Failure where failure.status != .broken {
      if !failures.contains(where: { $0.message == failure.message }) { failures.append(failure) }
    }
  }

  /// - Throws: where there was a mistake; what is in places is told first.
  func conclude() throws {
    let hasErrors = diagnostics.contains { $0.severity == .error }
    guard let worst = failures.max(by: { $0.status.precedence < $1.status.precedence }) else {
      if hasErrors { throw SuiteErrors(diagnostics) }
      return
    }
    if !diagnostics.isEmpty { Console.report(SuiteErrors(diagnostics)) }
    let message = failures.map(\.message).joined(separator: "\n")
    throw Failure(hasErrors ? .wrongSuite : worst.status, message)
  }
}
