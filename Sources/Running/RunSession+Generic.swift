import Checks
import Deployments
import Evidence
import Suites

/// The checks that every recipe gets with no configuration.
extension RunSession {
  func serving(_ stage: Stage, _ ready: Outcome) async {
    let id = CheckID.generic(stage, "serving")
    await check(id) {
      note(
        id,
        1,
        suite.health.askedText,
        [Assertion(.gate, .isWell, actual: .absent, holds: ready.isPassed)],
        outcome: ready
      )
    }
  }

  func lookAtServices(_ stage: Stage) async {
    let id = CheckID.generic(stage, "services_running")
    await check(id) {
      guard let deployment else { return .broken(reason: Reason(.notDeployed)) }
      return await noteServices(of: deployment, id, 1)
    }
  }

  func noteServices(of deployment: any Deployment, _ id: CheckID, _ number: Int) async -> Outcome {
    let dead = await deployment.stoppedServices()
    let names = await deployment.services
    let idle = await deployment.idleServices()
    let running = names.map { name in
      let end = dead.first { $0.service == name }
      return Assertion(
        .service(name),
        .isWell,
        actual: .text(end?.ending ?? idle[name] ?? "running"),
        holds: end == nil
      )
    }
    return note(
      id,
      number,
      "services",
      [Self.atLeastOne(.services, names.count)] + running,
      notes: dead.filter { names.contains($0.service) }.map(Reason.Note.init)
    )
  }

  private static func atLeastOne(_ subject: Subject, _ count: Int) -> Assertion {
    Assertion(subject, .atLeast(1), actual: .number(count), holds: count > 0)
  }

  /// Reads the version off what runs; health says nothing about it.
  func lookAtVersion() async {
    let id = CheckID.generic(.upgrade, "version_runs")
    await check(id) {
      guard let deployment else { return .broken(reason: Reason(.notDeployed)) }
      do throws(DeploymentError) {
        let running = try await deployment.runningVersion()
        let target = plan.target.version
        let version = Assertion(
          .runningVersion,
          .equals(.template(Template(name: "target"))),
          filled: .equals(.template(Template(literal: target))),
          actual: .text(running.version),
          holds: running.version == target
        )
        let proofs = running.facts.sorted { $0.key < $1.key }.map { name, fact in
          Assertion(.versionProof(name), .exists(true), actual: .text(fact), holds: true)
        }
        let contradictions = running.contradictions.map { text in
          Assertion(.contradiction, .exists(false), actual: .text(text), holds: false)
        }
        let assertions = [version] + proofs + contradictions
        // What the running things are said to be is what they were told to be.
        let outcome: Outcome? =
          running.doubts.isEmpty || assertions.contains { !$0.holds }
          ? nil : .skipped(reason: Reason(.versionNotShown(doubts: running.doubts)))
        return note(id, 1, "running version", assertions, outcome: outcome)
      } catch {
        return .broken(reason: Reason(.versionUnknown(detail: error.description)))
      }
    }
  }

  func lookAtSnapshot() async {
    let snapshotID = CheckID.generic(.backup, "snapshot")
    await check(snapshotID) {
      guard let snapshot else { return .broken(reason: Reason(.noSnapshot)) }
      let hasID = Assertion(
        .snapshotID,
        .exists(true),
        actual: snapshot.id.isEmpty ? .absent : .text(snapshot.id),
        holds: !snapshot.id.isEmpty
      )
      let files = Self.atLeastOne(.snapshotFiles, snapshot.files.count)
      let unread = snapshot.unread.prefix(10).map { path in
        Assertion(.snapshotBytes(path: path), .atLeast(0), actual: .absent, holds: false)
      }
      return note(snapshotID, 1, "snapshot", [hasID, files] + unread)
    }
    let pathsID = CheckID.generic(.backup, "declared_paths")
    await check(pathsID) {
      guard let snapshot else { return .broken(reason: Reason(.noSnapshot)) }
      return note(
        pathsID,
        1,
        "declared paths",
        [Self.atLeastOne(.declaredPaths, snapshot.declaredPaths.count)]
          + snapshot.declaredPaths.map { Self.bytes(below: $0, in: snapshot) }
          + snapshot.leftOut.sorted { $0.key < $1.key }.map { service, why in
            Assertion(
              .backedUp(service: service),
              .exists(true),
              actual: .text(why),
              holds: false
            )
          }
      )
    }
    await verifySnapshot()
  }

  /// A file of a path that the labels declare, with something in it.
  private static func bytes(below path: String, in snapshot: Snapshot) -> Assertion {
    let files = snapshot.files.filter { $0.path == path || $0.path.hasPrefix(path + "/") }
    let bytes = files.map(\.bytes).reduce(0, +)
    return Assertion(
      .snapshotBytes(path: path),
      .atLeast(1),
      actual: files.isEmpty ? .absent : .number(bytes),
      holds: bytes > 0
    )
  }

  private func verifySnapshot() async {
    let verifyID = CheckID.generic(.backup, "verify")
    guard has(verifyID) else { return }
    let steps = suite.backup.verify
    await check(verifyID) {
      var scope = scope(fresh: ["unique": token()])
      return await performer().perform(steps, of: verifyID, in: &scope)
    }
  }
}
