/// One check of a run, with all that it saw.
package struct CheckRecord: Codable, Hashable, Sendable {
  package var id: CheckID
  package var kind: CheckKind
  package var stage: Stage
  package var outcome: Outcome
  /// Microseconds from the run's start to the check's; nil where it did not run.
  package var startedAt: Int?
  package var microseconds = 0
  package var steps: [StepRecord] = []
  package var control: ControlRecord?
  /// What was made for this check and sent nowhere before, by name: `unique`, `marker`.
  package var fresh: [String: String] = [:]
}

extension CheckRecord {
  init(of planned: PlannedCheck, _ outcome: Outcome) {
    self.init(id: planned.id, kind: planned.kind, stage: planned.stage, outcome: outcome)
  }
}

/// The run of a check where it must fail, to show that it can.
package struct ControlRecord: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// The read-back again, with every fresh value replaced by one that was never sent.
    case decoy
    /// The same look after the marker was dropped.
    case dropped
    /// The same look at an address beside it, where nothing is.
    case sibling
    /// A script again where nothing answers.
    case nowhere
    /// The same look at what was sent after the backup, once all was lost and the backup put back.
    case later
  }

  /// What the control showed.
  package enum Result: Hashable, Sendable {
    /// It failed, as it must.
    case failed
    /// It passed: the check cannot fail, or not for this reason.
    case passed
    /// It gave no answer, which shows nothing.
    case broken(reason: Reason)
    /// There is no way to run it.
    case notPossible(reason: Reason)

    package enum Word: String, Codable, CaseIterable, Sendable {
      case failed, passed, broken, notPossible
    }

    package var word: Word {
      switch self {
      case .failed: .failed
      case .passed: .passed
      case .broken: .broken
      case .notPossible: .notPossible
      }
    }

    package var reason: Reason? {
      switch self {
      case .failed, .passed: nil
      case .broken(let reason), .notPossible(let reason): reason
      }
    }
  }

  package var kind: Kind
  package var result: Result
  package var steps: [StepRecord]

  package init(kind: Kind, result: Result, steps: [StepRecord] = []) {
    self.kind = kind
    self.result = result
    self.steps = steps
  }
}

extension ControlRecord.Result: Codable {
  private enum Key: String, CodingKey { case result, reason }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func reason() throws -> Reason { try container.decode(Reason.self, forKey: .reason) }
    self =
      switch try container.decode(Word.self, forKey: .result) {
      case .failed: .failed
      case .passed: .passed
      case .broken: .broken(reason: try reason())
      case .notPossible: .notPossible(reason: try reason())
      }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(word, forKey: .result)
    try container.encodeIfPresent(reason, forKey: .reason)
  }
}

extension CheckRecord {
  /// How many requests a proxy saw of each script of the check; empty where nothing was recorded.
  package var recordedCounts: [Int] {
    steps.compactMap { step -> Int? in
      guard case .command(let command)? = step.exchange else { return nil }
      return command.recorded
    }
  }

  /// Whether a proxy saw what its scripts asked.
  package var isRecorded: Bool { !recordedCounts.isEmpty }
}
