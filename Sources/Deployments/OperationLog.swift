internal import Synchronization

/// Operations in the order in which they were done, for the record; noted from anywhere.
package final class OperationLog: Sendable {
  private let operations = Mutex<[Operation]>([])

  package init() {}

  package func note(_ operation: Operation) { operations.withLock { $0.append(operation) } }

  /// Those that were noted since the last call.
  package func take() -> [Operation] {
    operations.withLock { list in
      defer { list = [] }
      return list
    }
  }
}
