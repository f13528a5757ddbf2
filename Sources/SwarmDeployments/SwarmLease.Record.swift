internal import Formats
internal import Guarding

extension SwarmLease {
  /// What a lease says of itself.
  struct Record: Sendable {
    var id: String
    var name: String
    var labels: [String: String]
    /// When it was made or renewed, in seconds since 1970 by the engine's clock.
    var renewed: Int64
    /// Of the config, for the next change.
    var index: Int64

    var stack: String { labels["parity.stack"] ?? "" }
    var runID: String { labels["parity.run"] ?? "" }
    /// Whether its runs have begun to deploy the stack, so that what carries the stack's label is
    /// theirs.
    var isArmed: Bool { labels["parity.armed"] == "yes" }
    /// The holder's run, and that of a dead holder whose remains it had not removed yet.
    var runs: [String] {
      [runID] + (labels["parity.clearing"] ?? "").split(separator: ",").map(String.init)
    }

    /// Whether two are held by the same process for the same run.
    func hasHolder(of other: Record) -> Bool {
      ["parity.run", "parity.boot", "parity.process", "parity.started"].allSatisfy {
        labels[$0] == other.labels[$0]
      }
    }

    /// What is on the engine of the runs of this lease.
    func remains(on engine: SwarmEngine) -> SwarmRemains {
      SwarmRemains(engine: engine, runs: runs, stack: isArmed ? stack : nil)
    }

    var holder: LockHolder {
      LockHolder(
        processID: Int32(labels["parity.process"] ?? "") ?? 0,
        since: Int64(labels["parity.since"] ?? "") ?? 0,
        host: labels["parity.host"] ?? "another machine",
        runID: runID,
        recipe: labels["parity.recipe"] ?? "a recipe"
      )
    }

    /// Whether whoever holds it may still be alive.
    ///
    /// - Parameter now: by the engine's clock.
    func isHeld(now: Int64) -> Bool {
      if let isAlive = Self.isAlive(labels) { return isAlive }
      return now - renewed <= SwarmLease.staleAfter
    }

    /// Nil where it cannot be told from here: another machine, or processes that are not seen.
    private static func isAlive(_ labels: [String: String]) -> Bool? {
      guard labels["parity.boot"] == ProcessIdentity.space,
        let process = Int32(labels["parity.process"] ?? ""),
        let start = UInt64(labels["parity.started"] ?? "")
      else { return nil }
      return ProcessIdentity(processID: process, startTime: start).isAlive
    }
  }
}

extension SwarmLease.Record {
  init?(_ json: JSONValue) {
    guard let id = json["ID"]?.stringValue, let name = json["Spec"]?["Name"]?.stringValue,
      let index = json["Version"]?["Index"]?.intValue
    else { return nil }
    self.id = id
    self.name = name
    self.index = index
    labels = json["Spec"]?["Labels"]?.texts ?? [:]
    renewed = json["UpdatedAt"]?.stringValue.flatMap(EngineTime.seconds) ?? 0
  }
}
