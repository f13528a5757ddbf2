internal import Deployments
internal import Formats
internal import FoundationEssentials
internal import Glibc
internal import Guarding
internal import Synchronization

/// The hold of a run on a stack's name, kept on the engine, so that runs of other machines see it.
///
/// It is a config of the Swarm, which only one can make under one name. Its holder renews it; the
/// engine notes when, by its own clock. A lease whose holder is dead, or that nobody has renewed for
/// long, is not held.
final class SwarmLease: Sendable {
  static let prefix = "parity-lease-"
  static let interval: Duration = .seconds(15)
  /// By the engine's clock.
  static let staleAfter: Int64 = 90

  let stack: String
  let runID: String
  private let manager: Engine
  private let renewal = Mutex<Task<Void, Never>?>(nil)
  private let state: Mutex<State>

  private struct State {
    var record: Record
    var isArmed = false
    var loss: String?
  }

  /// Why it is no longer held; nil while it is.
  var lost: String? { state.withLock { $0.loss } }

  private init(_ record: Record, on manager: Engine) {
    stack = record.stack
    runID = record.runID
    self.manager = manager
    state = Mutex(State(record: record))
  }

  deinit { renewal.withLock { $0 }?.cancel() }

  /// A name has at most 64 bytes.
  static func name(of stack: String) -> String {
    guard prefix.utf8.count + stack.utf8.count > 64 else { return prefix + stack }
    let digest = ObjectDigest.blobID(of: Array(stack.utf8)).prefix(16)
    return prefix + stack.prefix(64 - prefix.utf8.count - 17) + "-" + digest
  }

  /// Takes the lease of a stack, or waits for it. A dead holder's lease is taken over, and then what
  /// its run left is removed: only whoever holds the lease may do that.
  static func take(
    _ stack: String,
    runID: String,
    recipe: String,
    on engine: SwarmEngine,
    wait: RunLock.Waiting
  ) async throws(DeploymentError) -> SwarmLease {
    let labels = try labels(stack, runID: runID, recipe: recipe)
    var told = ContinuousClock.now - .seconds(3600)
    while true {
      do throws(EngineError) {
        let lease = try await create(stack, labels, on: engine.manager)
        lease.beginRenewal()
        return lease
      } catch {
        guard error.isConflict else { throw DeploymentError(.driverBroken, "lease: \(error)") }
      }
      guard let held = try await find(stack, on: engine) else { continue }
      guard held.held else {
        guard let lease = try await takeOver(held.record, labels, on: engine) else {
          try? await Task.sleep(for: .milliseconds(300))
          continue
        }
        lease.beginRenewal()
        try await lease.clear(held.record, on: engine)
        return lease
      }
      let interval: Duration
      let report: @Sendable (LockHolder?) -> Void
      switch wait {
      case .refuse(let tell):
        tell(held.record.holder)
        throw DeploymentError(
          .held(by: held.record.holder.description),
          "\(stack) is held on the engine by \(held.record.holder)"
        )
      case .every(let every, let tell): (interval, report) = (every, tell)
      }
      if ContinuousClock.now - told >= interval {
        report(held.record.holder)
        told = .now
      }
      do {
        try await Task.sleep(for: .seconds(1))
      } catch {
        throw DeploymentError(.interrupted, "interrupted while waiting for the lease")
      }
    }
  }

  /// What a lease says of a holder that is this process.
  private static func labels(
    _ stack: String,
    runID: String,
    recipe: String
  ) throws(DeploymentError) -> [String: String] {
    guard let process = ProcessIdentity(getpid()) else {
      throw DeploymentError(.driverBroken, "/proc/self/stat cannot be read")
    }
    return [
      "parity.stack": stack, "parity.run": runID, "parity.recipe": recipe,
      "parity.host": ProcessInfo.processInfo.hostName, "parity.boot": ProcessIdentity.space,
      "parity.process": String(process.processID), "parity.started": String(process.startTime),
      "parity.since": String(Int64(Date().timeIntervalSince1970)),
    ]
  }

  /// Makes a dead holder's lease that of whoever clears up after it; nil where another was faster.
  static func takeOver(
    _ dead: Record,
    on engine: SwarmEngine
  ) async throws(DeploymentError) -> SwarmLease? {
    let recipe = dead.labels["parity.recipe"] ?? ""
    let labels = try labels(dead.stack, runID: dead.runID, recipe: recipe)
    let lease = try await takeOver(dead, labels, on: engine)
    lease?.beginRenewal()
    return lease
  }

  private static func find(_ stack: String, on engine: SwarmEngine) async throws(DeploymentError)
    -> (record: Record, held: Bool)?
  {
    do throws(EngineError) {
      guard let json = try await engine.manager.find("/configs/\(name(of: stack))"),
        let record = Record(json)
      else { return nil }
      return (record, record.isHeld(now: try await engine.now()))
    } catch {
      throw DeploymentError(.driverBroken, "lease: \(error)")
    }
  }

  /// Makes a dead holder's lease this run's; nil where another was faster.
  private static func takeOver(
    _ dead: Record,
    _ labels: [String: String],
    on engine: SwarmEngine
  ) async throws(DeploymentError) -> SwarmLease? {
    var all = labels
    all["parity.clearing"] = dead.runs.joined(separator: ",")
    if dead.isArmed { all["parity.armed"] = "yes" }
    do throws(EngineError) {
      try await engine.manager.post(
        "/configs/\(dead.id)/update",
        [("version", String(dead.index))],
        spec(dead.name, all)
      )
      guard let json = try await engine.manager.find("/configs/\(dead.id)"),
        let record = Record(json), labels.allSatisfy({ record.labels[$0.key] == $0.value })
      else { return nil }
      return SwarmLease(record, on: engine.manager)
    } catch {
      // Of several updates of one version the engine takes one.
      guard case .refused = error.code else {
        throw DeploymentError(.driverBroken, "lease: \(error)")
      }
      return nil
    }
  }

  private func clear(_ dead: Record, on engine: SwarmEngine) async throws(DeploymentError) {
    let removal = await dead.remains(on: engine).remove()
    guard removal.leftovers.isEmpty else {
      // So that the next one does not take this process for a holder.
      try await change { $0["parity.process"] = "0" }
      throw DeploymentError(
        .driverBroken,
        "run \(dead.runID) died and left \(removal.leftovers.joined(separator: ", ")), which "
          + "cannot be removed"
      )
    }
    try await change { labels in
      labels["parity.clearing"] = nil
      labels["parity.armed"] = nil
    }
  }

  /// Says that what carries the stack's label is this run's from here on. Only when nothing does.
  func arm() async throws(DeploymentError) {
    try await change { $0["parity.armed"] = "yes" }
    state.withLock { $0.isArmed = true }
  }

  /// Whether the stack is this run's to remove.
  var isArmed: Bool { state.withLock { $0.isArmed && $0.loss == nil } }

  private func change(_ edit: @Sendable (inout [String: String]) -> Void)
    async throws(DeploymentError)
  {
    for _ in 0..<5 {
      state.withLock { edit(&$0.record.labels) }
      if await renew() == .renewed { return }
      if let lost { throw DeploymentError(.driverBroken, lost) }
      try? await Task.sleep(for: .milliseconds(300))
    }
    throw DeploymentError(.driverBroken, "the lease of \(stack) cannot be changed")
  }

  /// All leases on an engine, dead ones too; sorted by name.
  static func all(on manager: Engine) async throws(EngineError) -> [Record] {
    try await manager.list("/configs", ["label": ["parity.stack"]]).compactMap(Record.init)
      .filter { $0.name.hasPrefix(prefix) }
      .sorted { UTF8Order.precedes($0.name, $1.name) }
  }

  private static func create(
    _ stack: String,
    _ labels: [String: String],
    on manager: Engine
  ) async throws(EngineError) -> SwarmLease {
    let answer = try await manager.post("/configs/create", [], spec(name(of: stack), labels))
    guard let id = answer["ID"]?.stringValue else {
      throw EngineError(.malformed, "POST /configs/create: the engine names no config")
    }
    do throws(EngineError) {
      guard let record = Record(try await manager.get("/configs/\(id)")) else {
        throw EngineError(.malformed, "GET /configs: the engine does not know its own config")
      }
      return SwarmLease(record, on: manager)
    } catch {
      // Nobody would know of it.
      await Task.detached {
        try? await manager.delete("/configs/\(id)")
      }.value
      throw error
    }
  }

  private static func spec(_ name: String, _ labels: [String: String]) -> JSONValue {
    let sorted = labels.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
    // "lease" in base64.
    return ["Name": .string(name), "Labels": .object(JSONObject(sorted)), "Data": "bGVhc2U="]
  }

  // MARK: While it is held

  private func beginRenewal() {
    renewal.withLock {
      $0 = Task { [weak self] in
        while (try? await Task.sleep(for: Self.interval)) != nil {
          guard let self, await self.renew() != .lost else { return }
        }
      }
    }
  }

  private enum Renewal {
    case renewed, postponed, lost
  }

  /// Writes the labels, by which the engine notes the time.
  private func renew() async -> Renewal {
    let record = state.withLock { state in
      let beat = Int(state.record.labels["parity.beat"] ?? "") ?? 0
      state.record.labels["parity.beat"] = String(beat + 1)
      return state.record
    }
    do throws(EngineError) {
      try await manager.post(
        "/configs/\(record.id)/update",
        [("version", String(record.index))],
        Self.spec(record.name, record.labels)
      )
      return await look(orElse: .renewed)
    } catch {
      // An engine that is away may come back; one without a leader refuses everything, and so does
      // one that was told an old version.
      guard case .refused = error.code else { return .postponed }
      return await look(orElse: .postponed)
    }
  }

  /// Looks whose lease it is.
  private func look(orElse renewal: Renewal) async -> Renewal {
    let own = state.withLock { $0.record }
    do throws(EngineError) {
      if let json = try await manager.find("/configs/\(own.id)"), let new = Record(json),
        new.hasHolder(of: own)
      {
        state.withLock { $0.record.index = new.index }
        return renewal
      }
      state.withLock { $0.loss = "another run took the lease of \(stack) away" }
      return .lost
    } catch {
      return .postponed
    }
  }

  /// Gives it back. The last that is done on the engine.
  ///
  /// - Returns: why it is still there; nil where it is not.
  func giveBack() async -> String? {
    let task = renewal.withLock { $0 }
    task?.cancel()
    await task?.value
    // Removing asks for no version, and somebody may have taken it over.
    guard await look(orElse: .renewed) != .lost else { return nil }
    let id = state.withLock { $0.record.id }
    do throws(EngineError) {
      try await manager.delete("/configs/\(id)")
      return nil
    } catch {
      return error.isNotFound ? nil : "lease \(Self.name(of: stack)): \(error)"
    }
  }
}
