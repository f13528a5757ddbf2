import Deployments
import Evidence
import Formats
import Programs

extension OperationRecord {
  /// What the driver did, as it is recorded: the ends of long outputs, and of a hook that ended well the
  /// first error that it printed, wherever it stands.
  ///
  /// - Parameter secrets: removed before anything is cut: half a secret is not known for one.
  init(_ operation: Operation, without secrets: Redactor) {
    func failure(_ detail: String) -> Reason {
      let detail = Self.cut(detail, without: secrets)
      return Reason(.operationFailed(detail: detail), during: operation.name)
    }
    let outcome: Outcome =
      switch operation.ending {
      case .succeeded: .passed
      case .failed(let detail): .failed(reason: failure(detail))
      case .broken(let detail): .broken(reason: failure(detail))
      }
    func end(_ bytes: [UInt8]?) -> String {
      let isCut = operation.output?.isCut ?? false
      return TextCut.end(bytes ?? [], limit: 4096, without: secrets, isCut: isCut).text
    }
    self.init(
      name: operation.name,
      outcome: outcome,
      microseconds: operation.duration.inMicroseconds,
      command: operation.argv.isEmpty
        ? nil
        : CommandExchange(
          service: operation.service,
          argv: operation.argv,
          ending: operation.output?.ending.description,
          stdout: end(operation.output?.stdout),
          stderr: end(operation.output?.stderr),
          microseconds: operation.duration.inMicroseconds
        ),
      facts: operation.facts,
      difference: operation.difference
    )
    if operation.name.contains("-hook of "),
      let error = operation.output?.firstError
    {
      facts[Self.printedError] = Self.cut(error, without: secrets)
    }
  }

  /// The start of a message that may hold a line of a program's output.
  static func cut(_ text: String, without secrets: Redactor) -> String {
    let (start, rest) = TextCut.start(Array(text.utf8), limit: 400, without: secrets)
    return rest > 0 ? start + "…" : start
  }
}
