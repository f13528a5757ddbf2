import Deployments
import Programs
import Testing

@testable import Guarding
@testable import LocalDeployments

/// Backup and restore by labels, with an app that keeps files.
@Suite struct LocalBackupTests {
  private func fixture(_ labels: [String: String], _ services: String = stayingApp) throws
    -> LocalFixture
  {
    try LocalFixture(services: services, recipe: ["1.0.0+a": ["compose.yml": compose(labels)]])
  }

  private func failure(
    _ operation: () async throws -> Void,
    location: SourceLocation = #_sourceLocation
  ) async throws -> DeploymentError {
    do {
      try await operation()
    } catch let error as DeploymentError {
      return error
    }
    Issue.record("it succeeded", sourceLocation: location)
    throw DeploymentError(.driverBroken, "it succeeded")
  }

  @Test func `Files come back as they were, and newer ones stay`() async throws {
    try await withLocal(try fixture(["backupbot.backup": "true"])) { run in
      try await run.shell("mkdir $DATA/in; echo old >$DATA/in/a; echo b >$CACHE/b", in: "app")
      let snapshot = try await run.deployment.backUp()
      #expect(snapshot.declaredPaths == ["cache", "data"])
      #expect(snapshot.files.map(\.path) == ["cache/b", "data/in/a"])
      #expect(snapshot.files.map(\.bytes) == [2, 4])
      try await run.shell("echo new >$DATA/in/a; rm $CACHE/b; echo c >$DATA/c", in: "app")
      try await run.deployment.restore(snapshot)
      let now = try await run.shell("echo $(cat $DATA/in/a $CACHE/b $DATA/c)", in: "app")
      #expect(now == "old b c")
    }
  }

  @Test func `Links come back over those that are there`()
    async throws
  {
    try await withLocal(try fixture(["backupbot.backup": "true"])) { run in
      try await run.shell(
        "cd $DATA; mkdir in; ln -s a same; ln -s a in/moved; ln -s a gone",
        in: "app"
      )
      let snapshot = try await run.deployment.backUp()
      #expect(snapshot.links == ["data/gone", "data/in/moved", "data/same"])
      try await run.shell("cd $DATA; ln -sfn b in/moved; rm gone; ln -s a newer", in: "app")
      try await run.deployment.restore(snapshot)
      let now = try await run.shell(
        "cd $DATA; echo $(readlink same in/moved gone newer)",
        in: "app"
      )
      #expect(now == "a a a a")
    }
  }

  @Test func `A volume that the labels leave out is not in the snapshot`() async throws {
    let labels = ["backupbot.backup": "true", "backupbot.backup.volumes.cache": "false"]
    try await withLocal(try fixture(labels)) { run in
      try await run.shell("echo a >$DATA/a; echo b >$CACHE/b", in: "app")
      let snapshot = try await run.deployment.backUp()
      #expect(snapshot.declaredPaths == ["data"])
      #expect(snapshot.files.map(\.path) == ["data/a"])
      #expect(try await run.deployment.read("cache/b", from: snapshot, limit: 100) == nil)
    }
  }

  @Test func `A declared path that is missing is declared and has no file`() async throws {
    let labels = [
      "backupbot.backup": "true", "backupbot.backup.volumes.cache": "false",
      "backupbot.backup.volumes.data.path": "present, absent",
    ]
    try await withLocal(try fixture(labels)) { run in
      try await run.shell("echo a >$DATA/present", in: "app")
      let snapshot = try await run.deployment.backUp()
      #expect(snapshot.declaredPaths == ["data/absent", "data/present"])
      #expect(snapshot.files.map(\.path) == ["data/present"])
      try await run.shell("rm $DATA/present", in: "app")
      let error = try await failure { _ = try await run.deployment.backUp() }
      #expect(error.code == .recipeFailed)
    }
  }

  @Test func `A labelled service with no volume in the backup is told`() async throws {
    let labels = [
      "backupbot.backup": "true", "backupbot.backup.volumes.cache": "false",
      "backupbot.backup.volumes.data": "false",
    ]
    try await withLocal(try fixture(labels)) { run in
      let error = try await failure { _ = try await run.deployment.backUp() }
      #expect(error.code == .recipeFailed)
    }
    try await withLocal(try fixture(["backupbot.backup": "true"])) { run in
      try await run.shell("echo a >$DATA/a", in: "app")
      #expect(try await run.deployment.backUp().leftOut.isEmpty)
    }
  }

  @Test func `What the hooks wrote is loaded out of the snapshot, never from what they left`()
    async throws
  {
    let labels = [
      "backupbot.backup": "true", "backupbot.backup.volumes.cache": "false",
      "backupbot.backup.volumes.data.path": "dump,kept",
      "backupbot.backup.pre-hook": "mkdir -p $$DATA/dump && echo a >$$DATA/dump/a",
      "backupbot.restore.pre-hook": "test ! -e $$DATA/dump/a && test -e $$DATA/kept",
      "backupbot.restore.post-hook": "cat $$DATA/dump/a >$$DATA/loaded",
    ]
    try await withLocal(try fixture(labels)) { run in
      try await run.shell("echo k >$DATA/kept", in: "app")
      let snapshot = try await run.deployment.backUp()
      try await run.deployment.restore(snapshot)
      #expect(try await run.shell("cat $DATA/loaded", in: "app") == "a")
    }
  }

  @Test func `A path that leads out of its volume is not backed up`() async throws {
    let labels = [
      "backupbot.backup": "true", "backupbot.backup.volumes.data.path": "a/../../cache",
    ]
    try await withLocal(try fixture(labels)) { run in
      try await run.shell("echo a >$CACHE/a", in: "app")
      let error = try await failure { _ = try await run.deployment.backUp() }
      #expect(error.code == .recipeFailed)
      #expect(error.message.contains("leads out of its volume: a/../../cache"))
    }
  }

  @Test func `An empty file is seen to be empty`() async throws {
    try await withLocal(try fixture(["backupbot.backup": "true"])) { run in
      try await run.shell(": >$DATA/dump", in: "app")
      let snapshot = try await run.deployment.backUp()
      #expect(snapshot.files == [.init(path: "data/dump", bytes: 0)])
      let file = try await run.deployment.read("data/dump", from: snapshot, limit: 10)
      #expect(file == SnapshotFile(size: 0, content: []))
    }
  }

  @Test func `Of a file over the limit the end is read`() async throws {
    try await withLocal(try fixture(["backupbot.backup": "true"])) { run in
      try await run.shell("seq 100000 >$DATA/numbers", in: "app")
      let snapshot = try await run.deployment.backUp()
      let file = try await run.deployment.read("data/numbers", from: snapshot, limit: 7)
      #expect(file?.size == 588_895)
      #expect(file.map { String(decoding: $0.content, as: UTF8.self) } == "100000\n")
    }
  }

  @Test func `A hook that fails fails the backup as the recipe's fault, in its own words`()
    async throws
  {
    let labels = [
      "backupbot.backup": "true",
      "backupbot.backup.pre-hook": "echo begun; echo no space left >&2; exit 3",
    ]
    try await withLocal(try fixture(labels)) { run in
      let error = try await failure { _ = try await run.deployment.backUp() }
      #expect(error.code == .recipeFailed)
      #expect(error.message.contains("backup.pre-hook of app"))
      #expect(error.message.contains("exit 3"))
      #expect(error.message.contains("no space left"))
      let operations = run.driver.takeOperations()
      #expect(!operations.contains { $0.name == "snapshot" })
      let hook = try #require(operations.last)
      #expect(hook.ending == .failed("exit 3: no space left"))
      #expect(hook.difference == nil)
    }
  }

  @Test func `A restore hook that fails fails the restore as the recipe's fault`() async throws {
    let labels = ["backupbot.backup": "true", "backupbot.restore.post-hook": "exit 9"]
    try await withLocal(try fixture(labels)) { run in
      let snapshot = try await run.deployment.backUp()
      let error = try await failure { try await run.deployment.restore(snapshot) }
      #expect(error.code == .recipeFailed)
      #expect(error.message.contains("restore.post-hook of app"))
    }
  }

  @Test func `The hook after runs when the snapshot fails, and the snapshot's failure is told`()
    async throws
  {
    let labels = [
      "backupbot.backup": "true", "backupbot.backup.volumes.cache": "false",
      "backupbot.backup.volumes.data.path": "absent",
      "backupbot.backup.post-hook": "echo ran >$$DATA/after; exit 4",
    ]
    try await withLocal(try fixture(labels)) { run in
      let error = try await failure { _ = try await run.deployment.backUp() }
      #expect(error.code == .recipeFailed)
      #expect(error.message.contains("snapshot"))
      #expect(try await run.shell("cat $DATA/after", in: "app") == "ran")
    }
  }

  /// As the specification has it: the label once, on the main service, and the hooks where they run.
  @Test func `One label backs up the whole stack, with the hooks of its other services`()
    async throws
  {
    let recipe = """
      services:
        app:
          image: app:1
          volumes: ["data:/data"]
          deploy: {labels: {backupbot.backup: "true", backupbot.backup.volumes.data: "false"}}
        db:
          image: postgres:15
          volumes: ["cache:/cache"]
          deploy:
            labels:
              backupbot.backup.pre-hook: "echo dumped >$$CACHE/dump"
              backupbot.backup.volumes.cache.path: dump
              backupbot.restore.post-hook: "cp $$CACHE/dump $$CACHE/loaded"
      volumes: {data: {}, cache: {}}
      """
    let services = """
        app: {command: [sleep, "100000"], volumes: [data]}
        db:
          command: [sleep, "100000"]
          volumes: [cache]
          environment: {CACHE: "{{volume.cache}}"}
      """
    let fixture = try LocalFixture(
      services: services,
      recipe: ["1.0.0+a": ["compose.yml": recipe]]
    )
    try await withLocal(fixture) { run in
      let snapshot = try await run.deployment.backUp()
      #expect(snapshot.files.map(\.path) == ["cache/dump"])
      #expect(snapshot.leftOut.isEmpty)
      try await run.deployment.restore(snapshot)
      #expect(try await run.shell("cat $CACHE/loaded", in: "db") == "dumped")
    }
  }

  @Test func `A hook after the backup that fails fails it although the snapshot is there`()
    async throws
  {
    let labels = ["backupbot.backup": "true", "backupbot.backup.post-hook": "exit 4"]
    try await withLocal(try fixture(labels)) { run in
      try await run.shell("echo a >$DATA/a", in: "app")
      let error = try await failure { _ = try await run.deployment.backUp() }
      #expect(error.code == .recipeFailed)
      #expect(error.message.contains("backup.post-hook of app failed (exit 4)"))
      #expect(run.driver.takeOperations().contains { $0.name == "snapshot" })
    }
  }

  @Test func `A recipe without labels has no backup, and that is the recipe's fault`() async throws
  {
    try await withLocal(try fixture(["other": "1"])) { run in
      let error = try await failure { _ = try await run.deployment.backUp() }
      #expect(error.code == .recipeFailed)
      #expect(error.message.contains("deploy.labels"))
    }
  }

  @Test func `Labels that only the target has are backed up by`() async throws {
    let recipe = [
      "1.0.0+a": ["compose.yml": compose(["other": "1"])],
      "2.0.0+a": ["compose.yml": compose(["backupbot.backup": "true"])],
    ]
    try await withLocal(try LocalFixture(services: stayingApp, recipe: recipe)) { run in
      try await run.shell("echo a >$DATA/a", in: "app")
      try await run.deployment.upgrade(to: "2.0.0+a")
      #expect(try await run.deployment.backUp().files.map(\.path) == ["data/a"])
    }
  }

  @Test func `A snapshot that is not there cannot be restored`() async throws {
    try await withLocal(try fixture(["backupbot.backup": "true"])) { run in
      let real = try await run.deployment.backUp()
      var unknown = real
      unknown.id = "0123456789abcdef"
      let error = try await failure { try await run.deployment.restore(unknown) }
      #expect(error.code == .driverBroken)
    }
  }
}
