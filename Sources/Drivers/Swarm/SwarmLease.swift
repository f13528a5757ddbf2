import Deployments
import Evidence
import FoundationEssentials
import Glibc
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
      guard labels["parity.boot"] == SwarmLease.boot,
        let process = Int32(labels["parity.process"] ?? ""),
        let start = UInt64(labels["parity.started"] ?? "")
      else { return nil }
      return ProcessIdentity(processID: process, startTime: start).isAlive
    }
  }

  /// This boot of this machine, and the process ids that are seen here.
  static var boot: String {
    let link = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
    return "\(RunOwner.currentBootID())/\(link)"
  }

  let stack: String
  let runID: String
  private let manager: EngineClient
  private let loss = Mutex<String?>(nil)
  private let renewal = Mutex<Task<Void, Never>?>(nil)
  private let record: Mutex<Record>

  /// Why it is no longer held; nil while it is.
  var lost: String? { loss.withLock { $0 } }

  private init(_ record: Record, on manager: EngineClient) {
    stack = record.stack
    runID = record.runID
    self.manager = manager
    self.record = Mutex(record)
  }

  deinit { renewal.withLock { $0 }?.cancel() }

  /// A name has at most 64 bytes.
  static func name(of stack: String) -> String {
    guard prefix.utf8.count + stack.utf8.count > 64 else { return prefix + stack }
    let digest = ObjectDigest.blobID(of: Array(stack.utf8)).prefix(16)
    return prefix + stack.prefix(64 - prefix.utf8.count - 17) + "-" + digest
  }

  /// Takes the lease of a stack, or waits for it.
  ///
  /// - Parameter clear: takes away what the run of a dead lease left, before its lease is taken over.
  static func take(
    _ stack: String,
    runID: String,
    recipe: String,
    on engine: SwarmEngine,
    wait: RunLock.Waiting,
    clear: @Sendable (Record) async throws(DeploymentError) -> Void
  ) async throws(DeploymentError) -> SwarmLease {
    guard let process = ProcessIdentity(getpid()) else {
      throw DeploymentError(.driverBroken, "/proc/self/stat cannot be read")
    }
    let labels = [
      "parity.stack": stack, "parity.run": runID, "parity.recipe": recipe,
      "parity.host": ProcessInfo.processInfo.hostName, "parity.boot": boot,
      "parity.process": String(process.processID), "parity.started": String(process.startTime),
      "parity.since": String(Int64(Date().timeIntervalSince1970)),
    ]
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
        try await clear(held.record)
        continue
      }
      guard case .every(let interval, let report) = wait else {
        throw DeploymentError(
          .held(by: held.record.holder.description),
          "\(stack) is held on the engine by \(held.record.holder)"
        )
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

  /// All leases on an engine, dead ones too; sorted by name.
  static func all(on manager: EngineClient) async throws(EngineError) -> [Record] {
    try await manager.list("/configs", ["label": ["parity.stack"]]).compactMap(Record.init)
      .filter { $0.name.hasPrefix(prefix) }
      .sorted { UTF8Order.precedes($0.name, $1.name) }
  }

  private static func create(
    _ stack: String,
    _ labels: [String: String],
    on manager: EngineClient
  ) async throws(EngineError) -> SwarmLease {
    let answer = try await manager.call(
      EngineClient.Request("POST", "/configs/create").sending(spec(name(of: stack), labels))
    )
    guard let id = answer["ID"]?.stringValue,
      let record = Record(try await manager.get("/configs/\(id)"))
    else { throw EngineError(.malformed, "POST /configs/create: the engine names no config") }
    return SwarmLease(record, on: manager)
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
          guard let self, await self.renew() else { return }
        }
      }
    }
  }

  /// - Returns: false where it is lost.
  private func renew() async -> Bool {
    let (id, name, index, labels) = record.withLock { record in
      record.labels["parity.beat"] = String((Int(record.labels["parity.beat"] ?? "") ?? 0) + 1)
      return (record.id, record.name, record.index, record.labels)
    }
    do throws(EngineError) {
      try await manager.call(
        EngineClient.Request("POST", "/configs/\(id)/update", [("version", String(index))])
          .sending(Self.spec(name, labels))
      )
      if let new = Record(try await manager.get("/configs/\(id)")) {
        record.withLock { $0.index = new.index }
      }
      return true
    } catch {
      // An engine that is away may come back; one without a leader refuses everything.
      guard case .refused = error.code else { return true }
      return await look()
    }
  }

  /// Looks whose lease it is, where it could not be renewed.
  private func look() async -> Bool {
    let id = record.withLock { $0.id }
    do throws(EngineError) {
      if let json = try await manager.find("/configs/\(id)") {
        if let new = Record(json) { record.withLock { $0.index = new.index } }
        return true
      }
      loss.withLock { $0 = "another run took the lease of \(stack) away" }
      return false
    } catch {
      return true
    }
  }

  /// Gives it back. The last that is done on the engine.
  ///
  /// - Returns: why it is still there; nil where it is not.
  func giveBack() async -> String? {
    let task = renewal.withLock { $0 }
    task?.cancel()
    await task?.value
    let id = record.withLock { $0.id }
    do throws(EngineError) {
      try await manager.call(EngineClient.Request("DELETE", "/configs/\(id)"))
      return nil
    } catch {
      return error.isNotFound ? nil : "lease \(Self.name(of: stack)): \(error)"
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
