/// A way to misbehave, switched on from outside to see whether a test notices.
package enum Fault: String, Sendable, CaseIterable {
  case dropsEvents = "drops-events"
  case neverFlushes = "never-flushes"
  case coercesNames = "coerces-names"
  case wrongPath = "wrong-path"
  case healthIgnoresClickHouse = "health-ignores-clickhouse"
  case neverReady = "never-ready"
  case earlyRedirect = "early-redirect"
  case unwellAfterRestore = "unwell-after-restore"
  case upgradeLosesSites = "upgrade-loses-sites"
  case upgradeLosesRows = "upgrade-loses-rows"
  case upgradeNotRunning = "upgrade-not-running"
  case exitsZero = "exits-zero"

  /// One line for the help.
  package var explanation: String {
    switch self {
    case .dropsEvents: "events are acknowledged with 202 and dropped, without a word"
    case .neverFlushes: "events are acknowledged and stay in the buffer"
    case .coercesNames: "a custom event is stored under the name pageview"
    case .wrongPath: "an event is stored under the path of the one before it"
    case .healthIgnoresClickHouse: "health says 200 and ok while ClickHouse is down"
    case .neverReady: "health says 500 for ever"
    case .earlyRedirect: "/ answers 302 before the app is ready"
    case .unwellAfterRestore:
      "health says 500 for a while after the database was replaced, also over a restart (=DURATION, 20s)"
    case .upgradeLosesSites: "the migration to 2.0.0 makes the sites table anew, empty"
    case .upgradeLosesRows: "the migration to 2.0.0 loses the oldest sites (=COUNT, 1)"
    case .upgradeNotRunning: "started as 2.0.0, it goes on as 1.0.0 and migrates nothing"
    case .exitsZero: "it exits with 0 when it gives up"
    }
  }
}

/// The faults that are on, with their values.
package struct FaultSet: Sendable, Equatable {
  package var values: [Fault: String?] = [:]

  package init() {}

  /// - Throws: ``StandinError`` for a name that is none, and for a value that the fault cannot take.
  package mutating func switchOn(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard let name = parts.first, let fault = Fault(rawValue: name) else {
      throw StandinError("fault \(text) is not known")
    }
    let value = parts.count > 1 ? parts[1] : nil
    let fits =
      switch (fault, value) {
      case (_, nil): true
      case (.unwellAfterRestore, let value?): Duration(text: value) != nil
      case (.upgradeLosesRows, let value?): (Int(value) ?? 0) > 0
      default: false
      }
    guard fits else { throw StandinError("fault \(text) has a value that it cannot take") }
    values[fault] = .some(value)
  }

  package func isOn(_ fault: Fault) -> Bool {
    values.keys.contains(fault)
  }

  /// Reads one fault a line; empty lines and those that begin with `#` say nothing.
  ///
  /// - Returns: The faults, and a message for each line that is none.
  package static func parse(_ text: String) -> (faults: FaultSet, complaints: [String]) {
    var faults = FaultSet()
    var complaints: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let entry = line.filter { !$0.isWhitespace }
      if entry.isEmpty || entry.hasPrefix("#") { continue }
      do {
        try faults.switchOn(entry)
      } catch {
        complaints.append("\(error)")
      }
    }
    return (faults, complaints)
  }

  package func merging(_ other: FaultSet) -> FaultSet {
    var merged = self
    merged.values.merge(other.values) { $1 }
    return merged
  }
}

extension FaultSet {
  var unwellAfterRestore: Duration? {
    guard let value = values[.unwellAfterRestore] else { return nil }
    return value.flatMap(Duration.init(text:)) ?? .seconds(20)
  }

  /// How many sites the migration loses.
  var rowsLost: Int? {
    guard let value = values[.upgradeLosesRows] else { return nil }
    return value.flatMap { Int($0) } ?? 1
  }
}
