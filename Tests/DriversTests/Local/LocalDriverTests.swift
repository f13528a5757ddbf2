import CLinux
import Deployments
import Files
import Glibc
import Programs
import Testing

@testable import Guarding
@testable import LocalDeployments

/// Life and death of services that the local driver started.
@Suite struct LocalDriverTests {
  private static let recipe = ["1.0.0+a": ["compose.yml": compose(["backupbot.backup": "true"])]]

  private func fixture(_ services: String, versions: String = "{}") throws -> LocalFixture {
    var recipe = Self.recipe
    recipe["2.0.0+a"] = ["compose.yml": compose(["backupbot.backup": "true"], image: "app:2")]
    return try LocalFixture(services: services, versions: versions, recipe: recipe)
  }

  @Test func `Services start after those that they name, whatever the file's order`() async throws {
    let services = """
      app:
        after: [db]
        command: [sh, -c, "ls ../db/up && exec sleep 100000"]
      db:
        command: [sh, -c, "echo >up; exec sleep 100000"]
        ready: {command: [test, -e, up]}
        setup: [[sh, -c, "echo set >>up"]]
      """
    try await withLocal(try fixture(services)) { run async throws in
      try await eventually("the app found it") {
        await run.driver.log(of: "app", limit: 100).contains("../db/up")
      }
      #expect(await run.deployment.services == ["app", "db"])
      #expect(await run.deployment.deadServices() == [])
      #expect(try await run.shell("cat up | tr -d '\\n'", in: "db") == "set")
    }
  }

  @Test func `A recipe without volumes is put up like any other`() async throws {
    let recipe = ["1.0.0+a": ["compose.yml": "services: {app: {image: 'app:1'}}"]]
    let fixture = try LocalFixture(
      services: "app: {command: [sleep, '100000']}",
      versions: "{}",
      recipe: recipe
    )
    try await withLocal(fixture) { run async throws in
      #expect(await run.deployment.deadServices() == [])
    }
  }

  @Test(arguments: [(0, "exit 0"), (7, "exit 7")])
  func `An app that ends by itself is dead, even with 0`(code: Int, ending: String) async throws {
    let services = """
      app: {command: [sh, -c, "echo giving up; exit \(code)"]}
      """
    try await withLocal(try fixture(services)) { run async throws in
      try await eventually("it is dead") { await !run.deployment.deadServices().isEmpty }
      #expect(
        await run.deployment.deadServices()
          == [DeadService(service: "app", ending: ending, lastWords: "giving up")]
      )
      #expect(try await run.deployment.runningVersion().contradictions == ["app does not run"])
    }
  }

  @Test func `A service that dies before it is ready names its last words`() async throws {
    for _ in 0..<5 {
      let services = """
        app:
          command: [sh, -c, "echo trying; echo cannot bind >&2; exit 1"]
          ready: {command: ["false"]}
        """
      let error = try await refusal(of: try fixture(services))
      #expect(error.code == .recipeFailed)
      #expect(
        error.message == "app ended before it was ready (exit 1): trying | cannot bind"
      )
    }
  }

  @Test func `A service that is never ready is the recipe's fault`() async throws {
    let services = """
      app:
        command: [sh, -c, "echo waiting for nothing; exec sleep 100000"]
        ready: {command: ["false"], within: 1s}
      """
    let error = try await refusal(of: try fixture(services))
    #expect(error.code == .recipeFailed)
    #expect(error.message.contains("waiting for nothing"))
  }

  @Test func `A program that is not there is not the recipe's fault`() async throws {
    let error = try await refusal(of: try fixture("app: {command: [no-such-program]}"))
    #expect(error.code == .driverBroken)
    #expect(error.message.contains("no-such-program"))
  }

  @Test func `A secret in a command's argument is refused before anything of it runs`()
    async throws
  {
    let services = """
      app: {command: [sh, -c, "sleep 100000 {{secret.token}}"]}
      """
    let fixture = try fixture(services)
    let error = try await refusal(of: fixture, secrets: ["token": "very-secret"])
    #expect(error.code == .unsupported)
    #expect(error.message.contains("{{secret.token}}"))
    #expect(!error.message.contains("very-secret"))
    #expect(!exists(fixture.run.logs + "/app.stdout.log"))
  }

  @Test func `A secret reaches files and the environment`() async throws {
    let services = """
      app:
        command: [sleep, "100000"]
        files: {conf/token: "is {{secret.token}}"}
        environment: {TOKEN: "{{secret.token}}"}
      """
    let fixture = try fixture(services)
    try await withLocal(fixture, secrets: ["token": "very-secret"]) { run async throws in
      #expect(try await run.shell("cat conf/token", in: "app") == "is very-secret")
      #expect(try await run.shell("echo $TOKEN", in: "app") == "very-secret")
      #expect(try await run.shell("stat -c %a conf/token", in: "app") == "600")
    }
  }

  @Test func `Nothing of the runner's environment reaches a service`() async throws {
    setenv("PARITY_TEST_LEAK", "leaked", 1)
    defer { unsetenv("PARITY_TEST_LEAK") }
    try await withLocal(try fixture(stayingApp)) { run async throws in
      #expect(try await run.shell("env | grep -c leaked || true", in: "app") == "0")
      #expect(try await run.shell("id -u", in: "app") != "0")
    }
  }

  // MARK: Upgrade

  private static let versioned = """
    db: {command: [sleep, "100000"]}
    app:
      command: [sh, -c, "echo {{version.app}} >version; exec sleep 100000"]
      restart_on_upgrade: true
      reports: {command: [cat, version], is: "{{version.app}}"}
    """
  private static let versions = "{1.0.0+a: {app: v1}, 2.0.0+a: {app: v2}}"

  @Test func `An upgrade restarts what carries the version and nothing else`() async throws {
    try await withLocal(try fixture(Self.versioned, versions: Self.versions)) { run async throws in
      try await eventually("the app has said its version") {
        try await run.deployment.runningVersion().contradictions == []
      }
      try await run.deployment.upgrade(to: "2.0.0+a")
      try await eventually("the app has said its new version") {
        try await run.deployment.runningVersion().facts["app says"] == "v2"
      }
      let running = try await run.deployment.runningVersion()
      #expect(running.version == "2.0.0+a")
      #expect(running.facts["process of app"] == "started for 2.0.0+a")
      #expect(running.contradictions == [])
      #expect(await run.deployment.deadServices() == [])
      let operations = run.driver.takeOperations().map(\.name)
      #expect(operations.filter { $0.hasPrefix("stop") } == ["stop app"])
    }
  }

  @Test func `A program that says another version contradicts`() async throws {
    let lying = Self.versioned.replacing("echo {{version.app}}", with: "echo v1")
    try await withLocal(try fixture(lying, versions: Self.versions)) { run async throws in
      try await run.deployment.upgrade(to: "2.0.0+a")
      try await eventually("the app has said a version") {
        try await run.deployment.runningVersion().facts["app says"] == "v1"
      }
      #expect(
        try await run.deployment.runningVersion().contradictions
          == ["app says v1, v2 belongs to 2.0.0+a"]
      )
    }
  }

  /// nginx writes its title over its environment; perl does the same in one line.
  private static let titled = """
    app:
      command: [perl, "-e", '$0 = "x" x 10000; open F, ">version"; print F "{{version.app}}\\n";
        close F; sleep 100000']
      restart_on_upgrade: true
      reports: {command: [cat, version], is: "{{version.app}}"}
    """

  @Test func `A program that overwrites its environment is taken at its word`() async throws {
    try await withLocal(try fixture(Self.titled, versions: Self.versions)) { run async throws in
      try await eventually("the app has said its version") {
        try await run.deployment.runningVersion().facts["app says"] == "v1"
      }
      #expect(try await run.deployment.runningVersion().version == "1.0.0+a")
      try await run.deployment.upgrade(to: "2.0.0+a")
      try await eventually("the app has said its new version") {
        try await run.deployment.runningVersion().facts["app says"] == "v2"
      }
      let running = try await run.deployment.runningVersion()
      #expect(running.version == "2.0.0+a")
      #expect(running.contradictions == [])
      #expect(
        running.facts["process of app"]
          == "started for 2.0.0+a, and has overwritten its environment"
      )
    }
  }

  @Test func `A program that overwrites its environment and says nothing has no version`()
    async throws
  {
    let silent = Self.titled.replacing(
      #"  reports: {command: [cat, version], is: "{{version.app}}"}"#,
      with: ""
    )
    try await withLocal(try fixture(silent, versions: Self.versions)) { run async throws in
      try await eventually("the app is there") {
        try await run.shell("cat version || true", in: "app") == "v1"
      }
      let error = await #expect(throws: DeploymentError.self) {
        _ = try await run.deployment.runningVersion()
      }
      #expect(error?.description.contains("`reports`") == true)
    }
  }

  @Test(arguments: [#"{"app": {"version": "v1"}}"#, #"{"app": {}}"#, "no JSON", nil])
  func `What an answer says is held against the table`(answer: String?) async throws {
    let services = """
      app:
        ports: [80]
        command: [sleep, "100000"]
        reports: {http: {path: /v, port: 80, json: $.app.version}, is: "{{version.app}}"}
      """
    let fixture = try fixture(services, versions: Self.versions)
    let reply = { @Sendable (_: String) async in answer.map { (200, Array($0.utf8)) } }
    try await withLocal(fixture, answer: reply) { run async throws in
      let running = try await run.deployment.runningVersion()
      let isRight = answer?.contains("v1") == true
      #expect(running.contradictions.isEmpty == isRight)
      #expect(running.facts["app says"] == (isRight ? "v1" : "nothing"))
    }
  }

  @Test func `An image that changes without a restart is told as a difference`() async throws {
    try await withLocal(try fixture(stayingApp)) { run async throws in
      try await run.deployment.upgrade(to: "2.0.0+a")
      let difference = run.driver.takeOperations().compactMap(\.difference)
      #expect(difference.count == 1)
      #expect(difference.first?.contains("app:1 to app:2") == true)
      // The process is as old as before, and says so.
      let running = try await run.deployment.runningVersion()
      #expect(running.version == "1.0.0+a")
      #expect(running.doubts.map { $0.contains("app:1 to app:2") } == [true])
    }
  }

  @Test func `What says no version has to be another program after an upgrade`() async throws {
    let services = "app: {command: [sleep, \"100000\"], restart_on_upgrade: true}"
    try await withLocal(try fixture(services)) { run async throws in
      try await run.deployment.upgrade(to: "2.0.0+a")
      let running = try await run.deployment.runningVersion()
      #expect(running.version == "2.0.0+a")
      #expect(running.doubts.count == 1)
    }
  }

  @Test func `A version that there is not cannot be upgraded to`() async throws {
    try await withLocal(try fixture(Self.versioned, versions: Self.versions)) { run async throws in
      await #expect(throws: DeploymentError.self) {
        try await run.deployment.upgrade(to: "3.0.0+a")
      }
      #expect(try await run.deployment.runningVersion().version == "1.0.0+a")
    }
  }

  // MARK: Access

  @Test func `A file is read through the compose file's mounts or the service's own folder`()
    async throws
  {
    try await withLocal(try fixture(stayingApp)) { run async throws in
      try await run.shell("echo a >$DATA/a; echo b >$CACHE/b; echo c >c", in: "app")
      let app = try await run.deployment.service("app")
      #expect(try await app.read("/data/a", limit: 10) == Array("a\n".utf8))
      // The innermost mount is the one.
      #expect(try await app.read("/data/cache/b", limit: 10) == Array("b\n".utf8))
      #expect(try await app.read("c", limit: 10) == Array("c\n".utf8))
      #expect(try await app.read("/data/none", limit: 10) == nil)
      #expect(try await app.read("/etc/passwd", limit: 10) == nil)
      await #expect(throws: DeploymentError.self) { try await app.read("/data/a", limit: 1) }
    }
  }

  @Test(
    arguments: ["../db/f", "/data/../../services/db/f", "link", "folder/passwd", "/data/out"]
  )
  func `No path leads out of a service's folder`(path: String) async throws {
    let services = stayingApp + "\ndb: {command: [sleep, \"100000\"]}"
    try await withLocal(try fixture(services)) { run async throws in
      try await run.shell("echo a >../db/f; ln -s ../db/f link; ln -s /etc folder", in: "app")
      try await run.shell("ln -s /etc/passwd $DATA/out", in: "app")
      let app = try await run.deployment.service("app")
      do {
        let bytes = try await app.read(path, limit: 1 << 20)
        #expect(bytes == nil)
      } catch let error as DeploymentError {
        #expect(error.code == .unsupported)
      }
    }
  }

  @Test func `A service that swaps its folder for a link gives nothing away`() async throws {
    try await withLocal(try fixture(stayingApp)) { run async throws in
      try await run.shell("cd .. && mv app away && ln -s /etc app", in: "app")
      let app = try await run.deployment.service("app")
      let bytes = try? await app.read("passwd", limit: 1 << 20)
      #expect(bytes == nil)
    }
  }

  @Test func `Nothing is written through links that a service has laid`() async throws {
    let fixture = try LocalFixture(
      services: stayingApp,
      recipe: [
        "1.0.0+a": ["compose.yml": compose(["a": "1"])],
        "2.0.0+a": [
          "compose.yml": compose(["a": "1"]) + "\nx-more: {}", "deep/hook.sh": "#!/bin/sh",
        ],
      ],
      suite: ["data/words": "hello"]
    )
    let outside = fixture.run.path + "/outside"
    mkdir(outside, 0o700)
    try await withLocal(fixture) { run in
      try await run.shell(
        "ln -s \(outside) ../../recipe-2.0.0+a; ln -s \(outside) ../../suite",
        in: "app"
      )
      _ = try? await run.deployment.upgrade(to: "2.0.0+a")
      _ = try? await run.deployment.runScript(Command(argv: ["true"]), beside: [:])
      try await run.shell("rm ../../suite; ln -s \(outside)/new ../../suite", in: "app")
      _ = try? await run.deployment.runScript(Command(argv: ["true"]), beside: [:])
      var status = stat()
      #expect(lstat(outside, &status) == 0 && status.st_uid == geteuid())
      #expect(FolderRemoval.names(inFolderAt: outside) == [])
    }
  }

  @Test func `A recipe's files keep their folders and who may run them`() async throws {
    let fixture = try LocalFixture(
      services: stayingApp.replacing(
        "environment: {",
        with: "environment: {RECIPE: '{{recipe}}', "
      ),
      recipe: [
        "1.0.0+a": [
          "compose.yml": compose(["a": "1"]), "deep/er/hook.sh": "#!/bin/sh\necho $0", "plain": "",
        ]
      ]
    )
    symlink("../plain", fixture.recipeFolder("1.0.0+a") + "/deep/link")
    try await withLocal(fixture) { run in
      try await run.shell("cd $RECIPE && test -L deep/link && test -f deep/link", in: "app")
      let said = try await run.shell("cd $RECIPE && deep/er/hook.sh", in: "app")
      #expect(said == "deep/er/hook.sh")
      try await run.shell(
        "cd $RECIPE && test -f plain && test ! -x plain && test ! -s plain",
        in: "app"
      )
      #expect(
        FolderRemoval.names(inFolderAt: fixture.run.logs).contains { $0.hasPrefix("recipe-") }
          == false
      )
    }
  }

  @Test func `A command of a service ends with its own status, and a service must exist`()
    async throws
  {
    try await withLocal(try fixture(stayingApp)) { run async throws in
      let app = try await run.deployment.service("app")
      let output = try await app.run(
        Command(
          argv: ["sh", "-c", "cat; echo $EXTRA >&2; exit 5"],
          stdin: Array("in".utf8),
          environment: ["EXTRA": "more"]
        )
      )
      #expect(output.ending == .exited(5))
      #expect(output.stdout == Array("in".utf8))
      #expect(output.stderr == Array("more\n".utf8))
      await #expect(throws: DeploymentError.self) { try await run.deployment.service("none") }
      await #expect(throws: DeploymentError.self) { try await app.endpoint(port: 1) }
      await #expect(throws: DeploymentError.self) {
        try await app.run(Command(argv: ["true"], user: "root"))
      }
    }
  }

  @Test func `A script of the suite runs in a copy of its folder, by its path in it`()
    async throws
  {
    let script = "#!/bin/sh\necho \"$PARITY_UNIQUE $(cat data/words)\"; echo x >data/words\n"
    let fixture = try LocalFixture(
      services: stayingApp,
      recipe: Self.recipe,
      suite: ["functional/check.sh": script, "data/words": "hello"]
    )
    symlink("/etc", fixture.suiteFolder + "/link")
    try await withLocal(fixture) { run async throws in
      for argv in [["functional/check.sh"], ["sh", "functional/check.sh"]] {
        let output = try await run.deployment.runScript(
          Command(argv: argv, environment: ["PARITY_UNIQUE": "u1"]),
          beside: [:]
        )
        #expect(output.succeeded)
        let said = String(decoding: output.stdout, as: UTF8.self)
        #expect(said == (argv.count == 1 ? "u1 hello\n" : "u1 x\n"))
      }
      #expect(text(of: fixture.suiteFolder + "/data/words") == "hello")
      let link = try await run.deployment.runScript(
        Command(argv: ["test", "-e", "link"]),
        beside: [:]
      )
      #expect(link.ending == .exited(1))
    }
  }

  // MARK: Teardown

  /// Processes whose home is in a run's folder.
  private func processes(below root: String) -> [Int32] {
    ProcessTable.all().filter {
      ProcessTable.environmentValue("HOME", of: $0)?.hasPrefix(root + "/") == true
    }
  }

  @Test func `After the teardown no process, port, folder or lock is left`() async throws {
    let services = """
      app:
        ports: [80]
        command: [sh, -c, "setsid sleep 100000 & trap '' TERM; while :; do sleep 1; done"]
        stop: {grace: 1s}
      """
    let fixture = try fixture(services)
    let driver = LocalHost(try fixture.configuration())
    let run = LocalRun(
      fixture: fixture,
      driver: driver,
      deployment: try await driver.deploy("1.0.0+a")
    )
    let root = try await run.root()
    #expect(exists(root))
    // The app's shell, and the child that left its session.
    try await eventually("both run") { processes(below: root).count >= 2 }
    #expect(try fixture.holder()?.runID == "test")
    let report = await driver.tearDown()
    #expect(report.leftovers == [])
    #expect(report.removed["services"] == 1)
    #expect(report.removed["folders"] == 1)
    #expect(!exists(root))
    #expect(try fixture.holder() == nil)
    #expect(processes(below: root) == [])
    #expect(await driver.tearDown() == report)
  }

  @Test func `A port that somebody still answers on is told after the teardown`() async throws {
    let fixture = try fixture("app: {ports: [80], command: [sleep, \"100000\"]}")
    let driver = LocalHost(try fixture.configuration())
    _ = try await driver.deploy("1.0.0+a")
    let port = try #require(await driver.values()["port.app.80"].flatMap { UInt16($0) })
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    #expect(bound == 0 && listen(listener, 1) == 0)
    #expect(await driver.tearDown().leftovers == ["port \(port) of app"])
  }

  @Test func `A deployment that failed half way is taken down as well`() async throws {
    let services = """
      db: {command: [sleep, "100000"]}
      app: {after: [db], command: ["false"], ready: {command: ["false"]}}
      """
    let fixture = try fixture(services)
    let driver = LocalHost(try fixture.configuration())
    await #expect(throws: DeploymentError.self) { _ = try await driver.deploy("1.0.0+a") }
    let report = await driver.tearDown()
    #expect(report.leftovers == [])
    #expect(report.removed["services"] == 2)
    #expect(try fixture.holder() == nil)
  }

  @Test func `A teardown of nothing has nothing to say`() async throws {
    let report = await LocalHost(try fixture(stayingApp).configuration()).tearDown()
    #expect(report.leftovers == [])
  }

  @Test func `A run that is cancelled while a service starts says so and leaves nothing`()
    async throws
  {
    let services = """
      app:
        prepare: [[sleep, "100001"]]
        command: [sleep, "100000"]
      """
    let fixture = try fixture(services)
    let driver = LocalHost(try fixture.configuration(runID: "test-cancelled"))
    let deploying = Task { try await driver.deploy("1.0.0+a") }
    try await eventually("it prepares") {
      ProcessTable.all().contains {
        ProcessTable.environmentValue("PARITY_RUN_ID", of: $0) == "test-cancelled"
          && ProcessTable.environmentValue("PARITY_SERVICE", of: $0) == "app"
      }
    }
    deploying.cancel()
    do {
      _ = try await deploying.value
      Issue.record("it was deployed")
    } catch let error as DeploymentError {
      #expect(error.code == .interrupted)
    }
    #expect(await driver.tearDown().leftovers == [])
  }

  @Test func `A second run of the recipe is told who holds it`() async throws {
    let fixture = try fixture(stayingApp)
    try await withLocal(fixture) { _ in
      let second = LocalHost(try fixture.configuration(runID: "second"))
      do {
        _ = try await second.deploy("1.0.0+a")
        Issue.record("both run")
      } catch let error as DeploymentError {
        guard case .held(let holder) = error.code else { throw error }
        #expect(holder.contains("test"))
      }
      #expect(await second.tearDown().leftovers == [])
      // The first one's lock is still its own.
      #expect(try fixture.holder()?.runID == "test")
    }
  }
}
