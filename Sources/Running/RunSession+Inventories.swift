import Deployments
import Evidence
import Formats
import Inventories
import Suites

/// What the stores hold, at the moments that are compared.
extension RunSession {
  /// Of one store.
  struct Holdings: Sendable {
    /// Right before the backup.
    var backedUp: Swift.Result<Inventory, InventoryError>?
    /// What changed around the backup while nobody acted.
    var drift = InventoryDrift()
    /// After the last restore.
    var restored: Swift.Result<Inventory, InventoryError>?
    var activity = StoreActivity()
  }

  /// Stores with a marker of which an inventory can be taken.
  private var inventoried: [StoreFacts] {
    plan.stores.filter { suite.integrity[$0.name] != nil && $0.isInventoried(in: suite) }
  }

  private func inventories() async -> [String: Swift.Result<Inventory, InventoryError>] {
    guard let deployment else { return [:] }
    let taker = InventoryTaker(suite: suite, deployment: deployment, http: http)
    var taken: [String: Swift.Result<Inventory, InventoryError>] = [:]
    for store in inventoried {
      progress.operating("inventory of \(store.name)")
      do throws(InventoryError) {
        taken[store.name] = .success(try await taker.inventory(of: store, in: scope()))
      } catch {
        taken[store.name] = .failure(error)
      }
    }
    return taken
  }

  private func volatile(_ store: String) -> [VolatileParts] {
    plan.stores.first { $0.name == store }?.volatile ?? []
  }

  // MARK: The app's own writing

  enum Actor {
    case app, tool
  }

  /// Takes note of what was done since the last time, and by whom; nothing where it is known already
  /// that the app writes to every store.
  func noteActivity(of actor: Actor) async {
    guard inventoried.contains(where: { holdings[$0.name]?.activity.written == nil }) else {
      return
    }
    for (store, result) in await inventories() {
      guard let inventory = try? result.get() else { continue }
      lastInventories[store] = inventory
      switch actor {
      case .app:
        holdings[store, default: Holdings()].activity.appActed(
          inventory,
          leavingOut: volatile(store),
          holdings[store]?.drift ?? InventoryDrift()
        )
      case .tool: holdings[store, default: Holdings()].activity.toolActed(inventory)
      }
    }
  }

  /// Which stores the acts of a carried check have changed: those that its later looks are about.
  func noteWrittenStores(_ id: CheckID, number: Int) async {
    guard inventoried.count > 1 else { return }
    let now = await inventories().compactMapValues { try? $0.get() }
    let written = now.filter { store, inventory in
      guard let last = lastInventories[store] else { return false }
      return !last.difference(to: inventory, leavingOut: volatile(store)).isEmpty
    }
    lastInventories = now
    guard !written.isEmpty else { return }
    let assertions = written.keys.sorted().map { store in
      Assertion(.inventory(store), .not(.isWell), actual: .absent, holds: true)
    }
    _ = note(id, number, "what it wrote to", assertions)
  }

  /// Whether the app has written to each store in this run, or tells what stands in it: else nothing is
  /// known of the data that it keeps.
  func judgeActivity() async {
    for store in inventoried {
      let id = CheckID.integrity(store.name, "written_by_app")
      if let why = planned[id]?.skip {
        end(id, .skipped(reason: why))
        continue
      }
      await check(id) {
        let isTold =
          outcomes[.integrity(store.name, "seeded")] == .passed
          && suite.looksThroughApp(at: store.name)
        let isWritten = holdings[store.name]?.activity.written != nil
        let assertion = Assertion(
          .inventory("\(store.name) is the app's"),
          .isWell,
          actual: .absent,
          holds: isTold || isWritten
        )
        let outcome: Outcome? =
          assertion.holds ? nil : .skipped(reason: Reason(.storeNeverWritten(store: store.name)))
        return note(id, 1, "inventory of \(store.name)", [assertion], outcome: outcome)
      }
    }
  }

  // MARK: Beside the volumes

  /// The services have started, and serve from now on.
  func watchBeside() async {
    guard let deployment else { return }
    var watch = beside
    await watch.begin(deployment)
    beside = watch
  }

  func lookBeside() async {
    guard let deployment else { return }
    var watch = beside
    await watch.look(deployment)
    beside = watch
  }

  /// Told at the end, while the services still stand.
  func tellBeside() async {
    await lookBeside()
    for (service, paths) in beside.found.sorted(by: { $0.key < $1.key }) {
      let more = paths.count > 10 ? " and \(paths.count - 10) more" : ""
      let operation = OperationRecord(
        name: "look beside the volumes of \(service)",
        outcome: .passed,
        facts: [OperationRecord.filesBeside: paths.prefix(10).joined(separator: ", ") + more]
      )
      tell(.operationFinished(stage: .teardown, operation: operation))
    }
  }

  // MARK: Upgrade

  /// - Returns: what to compare with after the upgrade.
  func inventoriesBeforeUpgrade() async -> [String: Inventory] {
    await inventories().compactMapValues { try? $0.get() }
  }

  /// Tells what the migration changed; what of it was to stay is for markers, counts and carried checks
  /// to say.
  func tellMigration(from before: [String: Inventory]) async {
    for (store, result) in await inventories().sorted(by: { $0.key < $1.key }) {
      guard let old = before[store], let now = try? result.get() else { continue }
      let difference = old.difference(to: now, leavingOut: volatile(store))
      tellComparison(of: store, difference, in: .upgrade)
    }
  }

  private func tellComparison(of store: String, _ difference: InventoryDifference, in stage: Stage)
  {
    tell(
      .operationFinished(
        stage: stage,
        operation: OperationRecord(
          name: "compare inventories of \(store)",
          outcome: .passed,
          facts: difference.facts
        )
      )
    )
  }

  // MARK: Backup and restore

  func inventoriesBeforeBackup() async {
    for (store, result) in await inventories() {
      holdings[store, default: Holdings()].backedUp = result
    }
    for store in inventoried where store.kind == .mysql && store.isHooked == true {
      guard let inventory = try? holdings[store.name]?.backedUp?.get() else { continue }
      tellEngines(of: store.name, inventory)
    }
  }

  /// Engines of MariaDB and MySQL without transactions (MariaDB 10.11, "Storage Engines"): what
  /// `--single-transaction` dumps of their tables is of several moments.
  private func tellEngines(of store: String, _ inventory: Inventory) {
    let engines = ["MyISAM", "Aria", "MEMORY", "ARCHIVE", "CSV"]
    let tables = inventory.parts.keys.sorted().compactMap { part -> String? in
      guard case .text(let engine)? = inventory.parts[part]?[.engine], engines.contains(engine)
      else {
        return nil
      }
      return "\(part.name) (\(engine))"
    }
    guard !tables.isEmpty else { return }
    let more = tables.count > 10 ? " and \(tables.count - 10) more" : ""
    let operation = OperationRecord(
      name: "look at the engines of \(store)",
      outcome: .passed,
      facts: [OperationRecord.tablesOutside: tables.prefix(10).joined(separator: ", ") + more]
    )
    tell(.operationFinished(stage: .backup, operation: operation))
  }

  /// Only the backup was made since, and the app was asked whether it is ready.
  func inventoriesAfterBackup() async {
    for (store, result) in await inventories() {
      guard let before = try? holdings[store]?.backedUp?.get(), let after = try? result.get() else {
        continue
      }
      holdings[store]?.drift = before.drift(to: after)
    }
  }

  func inventoriesAfterRestore() async {
    for (store, result) in await inventories() { holdings[store]?.restored = result }
  }

  /// What was backed up is there again: nothing lost, nothing changed, and of a database nothing left
  /// over from after the backup. Files of a volume that the snapshot does not have stay where they are,
  /// as with the bot.
  func compareInventories(_ store: String, _ id: CheckID, number: Int, _ stage: Stage) -> Outcome {
    guard let facts = inventoried.first(where: { $0.name == store }) else { return .passed }
    let title = "inventory of \(store)"
    func broken(_ phase: Reason.CountPhase, _ error: InventoryError?) -> Outcome {
      let reason = Reason(.inventoryNotTaken(phase: phase, detail: error?.message ?? ""))
      return note(id, number, title, [], outcome: .broken(reason: reason))
    }
    let (before, after): (Inventory, Inventory)
    switch (holdings[store]?.backedUp, holdings[store]?.restored) {
    case (.success(let first)?, .success(let second)?): (before, after) = (first, second)
    case (.failure(let error)?, _): return broken(.before, error)
    case (_, .failure(let error)?): return broken(.after, error)
    case (nil, _), (_, nil): return broken(.notCounted, nil)
    }
    let difference = before.difference(
      to: after,
      leavingOut: volatile(store),
      holdings[store]?.drift ?? InventoryDrift()
    )
    tellComparison(of: store, difference, in: stage)
    var assertions = difference.assertions(
      of: store,
      mayHaveMore: [.volume, .mount].contains(facts.kind)
    )
    let missing = missingInSnapshot(before, of: facts, leavingOut: difference)
    if !missing.isEmpty {
      assertions = assertions.filter { !$0.holds } + missing
    }
    return note(id, number, title, assertions)
  }

  /// Files of a volume that no snapshot has were never away in a restore in place, and whatever puts
  /// them there in a new deployment is no backup. A hook may save them in a form of its own.
  private func missingInSnapshot(
    _ before: Inventory,
    of store: StoreFacts,
    leavingOut difference: InventoryDifference
  ) -> [Assertion] {
    guard store.kind == .volume, store.isHooked != true, let snapshot else { return [] }
    let saved = Set(snapshot.files.map(\.path))
    let ignored = Set(
      (holdings[store.name]?.drift.entries ?? []).map(\.part) + difference.leftOut.items.map(\.part)
    )
    let missing = before.parts.filter { part, properties in
      properties[.type] == .text("file") && !ignored.contains(part)
        && !saved.contains("\(store.name)/\(part.name)")
        && !volatile(store.name).contains { $0.matches(part) }
    }
    return missing.keys.sorted().prefix(10).map { part in
      Assertion(
        .snapshotBytes(path: "\(store.name)/\(part.name)"),
        .atLeast(0),
        actual: .absent,
        holds: false
      )
    }
  }
}
