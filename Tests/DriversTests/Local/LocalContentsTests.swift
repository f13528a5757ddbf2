import Deployments
import Glibc
import Programs
import Testing

@testable import LocalDeployments

/// What the driver tells of the folders of a run.
@Suite struct LocalContentsTests {
  private func fixture() throws -> LocalFixture {
    try LocalFixture(services: stayingApp, recipe: ["1.0.0+a": ["compose.yml": compose([:])]])
  }

  @Test func `Every path of a volume is told with type, mode, owner, target and hash`() async throws
  {
    try await withLocal(try fixture()) { run in
      let script = """
        cd $DATA && mkdir empty && printf abc >one && ln one two && ln -s /etc/passwd link \
        && chmod 600 one && chmod 750 empty && mkfifo pipe && : >-dash && printf x >$(printf 'a\\nb') \
        && printf closed >closed && chmod 000 closed && chmod 755 . && printf y >$(printf '\\377')
        """
      try await run.shell(script, in: "app")
      let paths = try await run.deployment.contents(ofVolume: "data", limits: .standard)
      let found = Dictionary(uniqueKeysWithValues: paths.map { ($0.path, $0) })
      #expect(
        paths.map(\.path)
          == ["-dash", ".", "\\xff", "a\nb", "closed", "empty", "link", "one", "pipe", "two"]
      )
      let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      #expect(found["one"]?.hash == abc && found["two"]?.hash == abc && found["one"]?.size == 3)
      #expect(found["one"]?.mode == 0o600 && found["empty"]?.mode == 0o750)
      #expect(found["link"]?.target == "/etc/passwd" && found["link"]?.hash == nil)
      #expect(found["pipe"]?.kind == .pipe && found["empty"]?.kind == .folder)
      #expect(found["a\nb"]?.hash != nil && found["-dash"]?.hash != nil)
      #expect(found["\\xff"]?.hash != nil)
      // What the services' user may not read has no hash, and is there.
      #expect(found["closed"]?.hash == nil && found["closed"]?.size == 6)
      #expect(Set(paths.map(\.owner)).count == 1)
    }
  }

  @Test func `What is beyond the limit is told without a hash, and too many paths are refused`()
    async throws
  {
    try await withLocal(try fixture()) { run in
      try await run.shell("cd $DATA && printf 12345 >a && printf 123 >b && printf 12 >c", in: "app")
      let limited = ContentLimits(hashed: 7, paths: 10)
      let paths = try await run.deployment.contents(ofVolume: "data", limits: limited)
      #expect(paths.filter { $0.hash != nil }.map(\.path) == ["a", "c"])
      await #expect(throws: DeploymentError.self) {
        _ = try await run.deployment.contents(
          ofVolume: "data",
          limits: ContentLimits(hashed: 7, paths: 3)
        )
      }
      await #expect(throws: DeploymentError.self) {
        _ = try await run.deployment.contents(ofVolume: "nowhere", limits: .standard)
      }
    }
  }

  @Test func `A step makes links, folders and permissions, and sees them without following`()
    async throws
  {
    try await withLocal(try fixture()) { run in
      let app = try await run.deployment.service("app")
      try await app.make(.folder, at: "/data/a/empty")
      try await app.make(.link(to: "-rf"), at: "/data/a/link")
      try await app.make(.link(to: "/etc/passwd"), at: "/data/a/link")
      try await app.make(.link(to: "x"), at: "/data/new/below/link")
      #expect(try await app.whatIs(at: "/data/new/below/link")?.kind == .link)
      try await app.write(Array("x".utf8), to: "/data/a/-file")
      try await app.make(.mode(0o2640), at: "/data/a/-file")
      #expect(try await app.whatIs(at: "/data/a/empty")?.kind == .folder)
      let link = try await app.whatIs(at: "/data/a/link")
      #expect(link?.kind == .link && link?.target == "/etc/passwd")
      let file = try await app.whatIs(at: "/data/a/-file")
      #expect(file?.kind == .file && file?.mode == 0o2640)
      #expect(try await app.whatIs(at: "/data/a/nothing") == nil)
      await #expect(throws: DeploymentError.self) {
        try await app.make(.mode(0o600), at: "/data/b")
      }
      await #expect(throws: DeploymentError.self) { try await app.make(.folder, at: "/data/../b") }
    }
  }

  @Test
  func `Bind mounts and anonymous volumes are folders of the service and stores of their own`()
    async throws
  {
    let mounts = #"["/srv/notes:/srv/notes", "/var/lib/thumbs", "data:/data"]"#
    let file = "services: {app: {image: a, volumes: \(mounts)}}\nvolumes: {data: {}}\n"
    let fixture = try LocalFixture(services: stayingApp, recipe: ["1.0.0+a": ["compose.yml": file]])
    try await withLocal(fixture) { run in
      let app = try await run.deployment.service("app")
      #expect(try await app.hasFolder("/srv/notes") == true)
      try await app.write(Array("abc".utf8), to: "/srv/notes/a/note")
      try await run.shell("ln -s note srv/notes/a/link && chmod 600 srv/notes/a/note", in: "app")
      func paths(_ store: String) async throws -> [StoredPath] {
        try await run.deployment.contents(ofVolume: store, limits: .standard)
      }
      let notes = try await paths("app-srv-notes")
      #expect(notes.map(\.path) == [".", "a", "a/link", "a/note"])
      #expect(notes[2].target == "note" && notes[3].mode == 0o600 && notes[3].hash != nil)
      #expect(try await paths("app-var-lib-thumbs").map(\.path) == ["."])
      #expect(try await run.deployment.filesBesideVolumes(of: "app").isEmpty)
    }
  }

  /// Only root's runs have users that nobody else has.
  @Test(.enabled(if: geteuid() == 0))
  func `What a run leaves in a folder of everybody's is told, and gone`() async throws {
    let driver = LocalHost(try fixture().configuration())
    let deployment = try await driver.deploy("1.0.0+a")
    let left = "/tmp/left-by-\(UInt32.random(in: 0 ... .max))"
    let mine = left + "-not"
    #expect(mkdir(mine, 0o700) == 0)
    defer { rmdir(mine) }
    let script = Command(argv: ["sh", "-c", "mkdir \(left) && echo dump >\(left)/dump"])
    #expect(try await deployment.service("app").run(script).succeeded)
    let report = await driver.tearDown()
    #expect(report.leftovers == ["path \(left), of the run's own user"])
    #expect(access(left, F_OK) != 0)
    #expect(access(mine, F_OK) == 0)
  }

  @Test func `Files that a service writes beside its volumes are seen, temporary ones are not`()
    async throws
  {
    try await withLocal(try fixture()) { run in
      let before = try await run.deployment.filesBesideVolumes(of: "app")
      try await run.shell(
        "mkdir -p kept/in cache; echo a >kept/in/a; echo b >cache/b; echo 1 >app.pid; echo c >$DATA/c",
        in: "app"
      )
      let first = try await run.deployment.filesBesideVolumes(of: "app")
      #expect(first.keys.filter { before[$0] == nil } == ["kept/in/a"])
      try await run.shell("echo b >kept/in/a", in: "app")
      let second = try await run.deployment.filesBesideVolumes(of: "app")
      #expect(second["kept/in/a"] != first["kept/in/a"])
    }
  }
}
