/// Lets so many rows run at a time, whatever the test library would do: each starts several servers.
actor Lanes {
  static let shared = Lanes(3)
  /// What a Swarm does takes time, but little of the machine's.
  static let swarm = Lanes(6)

  private let count: Int
  private var free: Int
  private var waiting: [(needs: Int, go: CheckedContinuation<Void, Never>)] = []

  init(_ count: Int) { (self.count, free) = (count, count) }

  /// - Parameter alone: nothing else runs meanwhile.
  nonisolated func use<T: Sendable>(
    alone: Bool = false,
    _ body: @Sendable () async throws -> T
  ) async throws -> T {
    let lanes = alone ? count : 1
    await enter(lanes)
    do {
      let value = try await body()
      await leave(lanes)
      return value
    } catch {
      await leave(lanes)
      throw error
    }
  }

  private func enter(_ lanes: Int) async {
    if waiting.isEmpty, free >= lanes {
      free -= lanes
    } else {
      await withCheckedContinuation { waiting.append((lanes, $0)) }
    }
  }

  private func leave(_ lanes: Int) {
    free += lanes
    while let next = waiting.first, free >= next.needs {
      free -= next.needs
      waiting.removeFirst().go.resume()
    }
  }
}
