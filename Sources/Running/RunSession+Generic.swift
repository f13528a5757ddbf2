import Checks
import Deployments
import Evidence
import Suites

/// The checks that every recipe gets with no configuration.
extension RunSession {
  func serving(_ stage: Stage, _ ready: Outcome) async {
    let id = CheckID.generic(stage, "serving")
    let gate = suite.health.askedText
    let accepted = suite.health.acceptedText
    await check(id) {
      note(
        id,
        1,
        gate,
        [
          AssertionRecord(
            subject: "answer",
            expected: accepted,
            wanted: accepted,
            actual: ready.reason ?? "it does",
            holds: ready.isPassed
          )
        ],
        outcome: ready
      )
    }
  }

  func lookAtServices(_ stage: Stage) async {
    let id = CheckID.generic(stage, "services_running")
    await check(id) {
      guard let deployment else { return .broken(reason: "nothing is deployed") }
      let dead = await deployment.stoppedServices()
      return note(
        id,
        1,
        "look whether the services run",
        [
          AssertionRecord(
            subject: "services",
            expected: ">= 1",
            wanted: ">= 1",
            actual: String(deployment.services.count),
            holds: !deployment.services.isEmpty
          )
        ]
          + deployment.services.map { name in
            let how = dead.first { $0.service == name }
            return AssertionRecord(
              subject: "service \(name)",
              expected: "runs",
              wanted: "runs",
              actual: how?.state ?? "runs",
              holds: how == nil
            )
          }
      )
    }
  }

  /// Reads the version off what runs; health says nothing about it.
  func lookAtVersion() async {
    let id = CheckID.generic(.upgrade, "version_runs")
    await check(id) {
      guard let deployment else { return .broken(reason: "nothing is deployed") }
      do throws(DeploymentError) {
        let running = try await deployment.runningVersion()
        let target = plan.target.version
        var assertions = [
          AssertionRecord(
            subject: "version that runs",
            expected: "== \(target)",
            wanted: "== \(target)",
            actual: running.version,
            holds: running.version == target
          )
        ]
        for (name, fact) in running.facts.sorted(by: { $0.key < $1.key }) {
          assertions.append(
            AssertionRecord(
              subject: name,
              expected: "is told",
              wanted: "is told",
              actual: fact,
              holds: true
            )
          )
        }
        for contradiction in running.contradictions {
          assertions.append(
            AssertionRecord(
              subject: "contradiction",
              expected: "does not exist",
              wanted: "does not exist",
              actual: contradiction,
              holds: false
            )
          )
        }
        return note(id, 1, "ask what runs", assertions)
      } catch {
        return .broken(reason: "the running version cannot be told: \(error)")
      }
    }
  }

  func lookAtSnapshot() async {
    let snapshotID = CheckID.generic(.backup, "snapshot")
    await check(snapshotID) {
      guard let snapshot else { return .broken(reason: "there is no snapshot") }
      return note(
        snapshotID,
        1,
        "look at the snapshot",
        [
          AssertionRecord(
            subject: "id",
            expected: "is told",
            wanted: "is told",
            actual: snapshot.id,
            holds: !snapshot.id.isEmpty
          ),
          AssertionRecord(
            subject: "files",
            expected: ">= 1",
            wanted: ">= 1",
            actual: String(snapshot.files.count),
            holds: !snapshot.files.isEmpty
          ),
        ]
      )
    }
    let pathsID = CheckID.generic(.backup, "declared_paths")
    await check(pathsID) {
      guard let snapshot else { return .broken(reason: "there is no snapshot") }
      return note(
        pathsID,
        1,
        "look for every declared path in the snapshot",
        [
          AssertionRecord(
            subject: "declared paths",
            expected: ">= 1",
            wanted: ">= 1",
            actual: String(snapshot.declaredPaths.count),
            holds: !snapshot.declaredPaths.isEmpty
          )
        ]
          + snapshot.declaredPaths.map { path in
            let files = snapshot.files.filter { $0.path == path || $0.path.hasPrefix(path + "/") }
            let bytes = files.map(\.bytes).reduce(0, +)
            return AssertionRecord(
              subject: path,
              expected: "has a file that is not empty",
              wanted: "has a file that is not empty",
              actual: files.isEmpty
                ? nil : "\(files.count) \(files.count == 1 ? "file" : "files"), \(bytes) bytes",
              holds: bytes > 0
            )
          }
          + snapshot.leftOut.sorted { $0.key < $1.key }.map { service, reason in
            AssertionRecord(
              subject: "service \(service)",
              expected: "has its data in the backup",
              wanted: "has its data in the backup",
              actual: reason,
              holds: false
            )
          }
      )
    }
    let verifyID = CheckID.generic(.backup, "verify")
    guard has(verifyID) else { return }
    let steps = suite.backup.verify
    await check(verifyID) {
      var scope = scope(fresh: ["unique": token()])
      return await performer().perform(steps, of: verifyID, in: &scope)
    }
  }
}
