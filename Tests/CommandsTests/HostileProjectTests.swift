import BuiltTool
import Foundation
import PrivateServers
import Testing

/// Projects, and neighbours on the machine, that mean harm to whoever runs the tool.
@Suite(.serialized) struct HostileProjectTests {
  private static let user: UInt32 = 61990

  private func execute(_ argv: [String], in folder: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = argv
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private func git(_ arguments: String..., in folder: String) throws {
    let options = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    let status = try execute(["git"] + options + arguments, in: folder)
    #expect(status == 0, "git \(arguments)")
  }

  /// Has the site's service be told to run a command of a shell once it is ready, which must succeed.
  private func edit(_ project: ToolProject, setup script: String) throws {
    let settings = "\(project.suite)/local.yml"
    let line = "    command:\n"
    let text = try project.text(settings)
    try #require(text.components(separatedBy: line).count == 2)
    let setup = "    setup:\n      - [sh, -c, '\(script)']\n"
    try project.write(settings, text.replacingOccurrences(of: line, with: setup + line))
  }

  // MARK: Variables of the runner

  @Test(arguments: [
    // What CI says, what the base branch's file names, what the change's own names, what is taken.
    (true, "[]", "[TOKEN]", false), (true, "[TOKEN]", "[]", true), (false, "[]", "[TOKEN]", false),
    (false, "[TOKEN]", "[]", true),
  ])
  func `A suite takes what the base branch names, whatever its own parity.yml says`(
    _ isToldByCI: Bool,
    _ base: String,
    _ own: String,
    _ isTaken: Bool
  ) async throws {
    let corpus = "corpus: {none: it is an example}\n"
    let project = try ToolProject(parity: corpus + "env: \(base)\n")
    try await project.addSite()
    try git("init", "-q", "-b", "main", in: project.folder)
    try git("add", "-A", in: project.folder)
    try git("commit", "-qm", "base", in: project.folder)
    let branch = isToldByCI ? "refs/remotes/origin/release" : "refs/remotes/origin/main"
    try git("update-ref", branch, "HEAD", in: project.folder)
    if !isToldByCI {
      try git("symbolic-ref", "refs/remotes/origin/HEAD", branch, in: project.folder)
    }
    try project.write("parity.yml", corpus + "env: \(own)\n")
    let settings = "\(project.suite)/recipe.yml"
    try project.write(settings, try project.text(settings) + "secrets: {t: {env: TOKEN}}\n")
    try git("commit", "-qam", "change", in: project.folder)
    let environment = isToldByCI ? ["GITHUB_BASE_REF": "release"] : [:]
    let run = try await project.run("run", environment: environment)
    #expect(run.status == 64)
    // It is not set: whoever comes so far was let through.
    #expect(run.err.contains("which is not set") == isTaken, "\(run.err)")
    #expect(run.err.contains("--env TOKEN") == !isTaken, "\(run.err)")
    let given = try await project.run("run", "--env", "TOKEN", environment: environment)
    #expect(given.err.contains("which is not set"), "\(given.err)")
  }

  @Test func `A base branch that the clone lacks allows nothing`() async throws {
    let project = try ToolProject(parity: "corpus: {none: it is an example}\nenv: [TOKEN]\n")
    try await project.addSite()
    let settings = "\(project.suite)/recipe.yml"
    try project.write(settings, try project.text(settings) + "secrets: {t: {env: TOKEN}}\n")
    try git("init", "-q", "-b", "main", in: project.folder)
    try git("add", "-A", in: project.folder)
    try git("commit", "-qm", "one", in: project.folder)
    let environment = ["CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"]
    let run = try await project.run("run", environment: environment)
    #expect(run.status == 64)
    #expect(run.err.contains("which this clone does not have"), "\(run.err)")
  }

  // MARK: Files

  @Test
  func `A run gets what git has of the recipe, with its modes, and says what it does not get`()
    async throws
  {
    let project = try ToolProject()
    try await project.addSite()
    let recipe = project.path("\(project.suite)/recipe")
    try project.write("\(project.suite)/recipe/hook.sh", "#!/bin/sh\n")
    try project.write("\(project.suite)/recipe/private", "x\n")
    try project.write("\(project.suite)/recipe/.gitignore", ".env\n")
    chmod(recipe + "/hook.sh", 0o755)
    try git("init", "-q", in: recipe)
    try git("add", "-A", in: recipe)
    try git("commit", "-qm", "one", in: recipe)
    chmod(recipe + "/private", 0o600)
    try project.write("\(project.suite)/recipe/.env", "TOKEN=secret\n")
    try project.write("\(project.suite)/recipe/new", "\n")
    chmod(recipe + "/.env", 0o600)
    let tests = [
      "! -e {{recipe}}/.env", "! -e {{recipe}}/new", "! -e {{recipe}}/.git",
      "\"$(stat -c %a-%u {{recipe}}/private {{recipe}}/hook.sh | xargs)\" = \"600-$(id -u) 755-$(id -u)\"",
      "\"$(stat -c %a ../..)\" = 700",
    ]
    try edit(project, setup: tests.map { "test \($0)" }.joined(separator: " && "))
    let list = try await project.run("list")
    let sentence = "left out, because git does not have it: .env, new"
    #expect(list.out.contains(sentence), "\(list.out)")
    let run = try await project.run("run", "--until", "install")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    #expect(run.err.contains(sentence), "\(run.err)")
  }

  /// What a change may make root read: by a path, and by a link on the way to the recipe or the suite.
  @Test(.enabled(if: geteuid() == 0, "only root reads what others may not"))
  func `A change does not lead root out of its repository`() async throws {
    let corpus = "corpus: {none: it is an example}\n"
    let project = try ToolProject(parity: corpus)
    let outside = try ToolProject(parity: corpus)
    try await project.addSite()
    try await outside.addSite()
    try outside.write("\(outside.suite)/recipe/key", "nobody else may read this\n")
    let recipe = outside.path("\(outside.suite)/recipe")
    chmod(outside.folder, 0o700)
    try git("init", "-q", "-b", "main", in: project.folder)
    try git("add", "-A", in: project.folder)
    try git("commit", "-qm", "base", in: project.folder)
    try git("update-ref", "refs/remotes/origin/main", "HEAD", in: project.folder)
    try git(
      "symbolic-ref",
      "refs/remotes/origin/HEAD",
      "refs/remotes/origin/main",
      in: project.folder
    )
    let name = URL(fileURLWithPath: project.suite).lastPathComponent
    let files = FileManager.default

    func refused() async throws {
      for command in ["list", "lint", "run"] {
        let run = try await project.run(command)
        #expect(run.status == 64, "\(command): \(run.out)\(run.err)")
        #expect(run.err.contains("outside of the repository"), "\(run.err)")
      }
      let asked = try await project.run("list", "--allow-outside")
      #expect(!asked.err.contains("outside of the repository"), "\(asked.err)")
    }
    // A path in parity.yml.
    for line in ["recipes: {\(name): \(recipe)}", "reports: /tmp", "corpus: {root: /root}"] {
      let rest = line.hasPrefix("corpus") ? "" : corpus
      try project.write("parity.yml", rest + line + "\n")
      try await refused()
    }
    // What the base branch names is where the change is to go.
    try project.write("parity.yml", corpus + "recipes: {\(name): \(recipe)}\n")
    try git("commit", "-qam", "named", in: project.folder)
    try git("update-ref", "refs/remotes/origin/main", "HEAD", in: project.folder)
    let named = try await project.run("list")
    #expect(named.status == 0, "\(named.err)")
    // A link in the place of a recipe, and of a suite.
    try project.write("parity.yml", corpus)
    try files.removeItem(atPath: project.path("\(project.suite)/recipe"))
    try files.createSymbolicLink(
      atPath: project.path("\(project.suite)/recipe"),
      withDestinationPath: recipe
    )
    try await refused()
    try files.removeItem(atPath: project.path(project.suite))
    try files.createSymbolicLink(
      atPath: project.path(project.suite),
      withDestinationPath: outside.path(outside.suite)
    )
    try await refused()
  }

  /// The owner may rename whatever lies in the folder of the reports, whoever made it.
  @Test(.enabled(if: geteuid() == 0, "it takes root to be led by another user"))
  func `A folder of logs that is swapped for a link leads root nowhere`() async throws {
    let project = try ToolProject()
    let target = try ToolProject(parity: "")
    try await project.addSite()
    try project.write("reports/.keep", "")
    let swap = """
      cd "$0"
      for i in $(seq 3000); do
        for logs in reports/*/runs/*/logs; do
          [ -d "$logs" ] || continue
          run=${logs%/logs}
          recipe=${run%/runs/*}
          mv "$recipe" reports/real && mkdir -p "$run" && ln -s "$1" "$logs" && exit 0
        done
        sleep 0.005
      done
      exit 1
      """
    let owner = "\(Self.user):\(Self.user)"
    #expect(try execute(["chown", "-R", owner, project.folder], in: "/") == 0)
    #expect(try execute(["touch", "-d", "2020-01-01", target.folder], in: "/") == 0)
    let swapper = Process()
    swapper.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
    let user = ["--reuid=\(Self.user)", "--regid=\(Self.user)", "--clear-groups"]
    swapper.arguments = user + ["bash", "-c", swap, project.folder, target.folder]
    try swapper.run()
    let run = try await project.run("run", "--until", "install")
    swapper.waitUntilExit()
    #expect(swapper.terminationStatus == 0)
    #expect(run.status == 2, "\(run.out)\(run.err)")
    // Nothing was made in it, nor removed again.
    let facts = try FileManager.default.attributesOfItem(atPath: target.folder)
    let changed = try #require(facts[.modificationDate] as? Date)
    #expect(changed < Date(timeIntervalSince1970: 1_600_000_000))
  }

  // MARK: As an ordinary user

  @Test(.enabled(if: geteuid() == 0, "it takes root to be another user"))
  func `Run by an ordinary user, a service cannot read the runner's environment`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    // None of its processes but those of the run itself may be seen to have it.
    let script = "! grep -aqsr PARITY_TEST_TOKEN /proc/[0-9]*/environ"
    try edit(project, setup: script)
    let owner = "\(Self.user):\(Self.user)"
    #expect(try execute(["chown", "-R", owner, project.folder], in: "/") == 0)
    let run = try ToolRun(
      project,
      ["run", "--until", "install"],
      ["PARITY_TEST_TOKEN": "0123456789", "HOME": project.folder],
      under: ["setpriv", "--reuid=\(Self.user)", "--regid=\(Self.user)", "--clear-groups"]
    )
    let result = try await run.result()
    #expect(result.status == 0, "\(result.out)\(result.err)")
  }

  // MARK: Services and commands of a suite

  /// As root, who stops it has no right to.
  @Test func `A command that stops its guardian is not waited for`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    try edit(project, setup: "kill -STOP $PPID; sleep 1; true")
    let run = try await project.run("run", "--until", "install")
    #expect(run.status == (geteuid() == 0 ? 0 : 2), "\(run.out)\(run.err)")
    let id = try #require(project.runs.last)
    #expect(RunTraces.folders(of: id) == [])
  }

  @Test(.enabled(if: geteuid() == 0, "root alone can read what others may not"))
  func `A program of a suite is none that only root may read`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    try project.write("closed/secret", "#!/bin/sh\necho only-root >&2\n")
    chmod(project.path("closed/secret"), 0o755)
    chmod(project.path("closed"), 0o700)
    let settings = "\(project.suite)/local.yml"
    let text = try project.text(settings)
    for program in [
      "\(project.path("closed"))/secret", "/\(project.path("closed"))/secret", "secret",
    ] {
      try project.write(
        settings,
        text.replacingOccurrences(of: "search: [", with: "search: [\(project.path("closed")), ")
          .replacingOccurrences(
            of: "    command:\n",
            with: "    prepare: [[\(program)]]\n    command:\n"
          )
      )
      let run = try await project.run("run", "--until", "install")
      #expect(run.status == 2, "\(program): \(run.out)\(run.err)")
      #expect(!(run.out + run.err).contains("only-root"), "\(program)")
    }
  }

  /// Through install, backup, restore and teardown.
  @Test(.enabled(if: geteuid() == 0, "root alone can be led where others may not go"))
  func `A service that swaps its folders for links leads root nowhere`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    let victim = try ToolProject(parity: "")
    try victim.write("file", "root's")
    chmod(victim.folder, 0o700)
    let swapping = """
      cd "$(dirname "$PWD")" && ln -s \(victim.folder) link
      while :; do for f in "$0" "$0"/..; do
        f=$(readlink -m "$f"); mv -T "$f" spare && mv -T link "$f"; sleep 0.003; mv -T "$f" link && mv -T spare "$f"
      done; sleep 0.01; done
      """
    try project.write("\(project.suite)/recipe/swap.sh", swapping)
    try edit(project, setup: "sh {{recipe}}/swap.sh {{volume.content}} >/dev/null 2>&1 &")
    _ = try await project.run("run")
    chmod(victim.folder, 0o700)
    #expect(
      victim.files(below: "").mapValues { String(decoding: $0, as: UTF8.self) } == [
        "file": "root's"
      ]
    )
    let facts = try FileManager.default.attributesOfItem(atPath: victim.path("file"))
    #expect(facts[.ownerAccountID] as? Int == 0)
    let id = try #require(project.runs.last)
    #expect(RunTraces.folders(of: id) == [])
  }

  // MARK: Answers

  /// Leads from its first port to its second one, and says which headers it got there.
  private static let leader = """
    import http.server, sys, threading
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            isFirst = self.server.server_port == int(sys.argv[1])
            self.send_response(302 if isFirst and self.path != "/" else 200)
            self.send_header("Location", f"http://127.0.0.1:{sys.argv[2]}/there")
            self.send_header("Content-Length", "0")
            self.end_headers()
            print("first" if isFirst else "led", dict(self.headers), flush=True)
    servers = [http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Answer) for port in sys.argv[1:]]
    threading.Thread(target=servers[1].serve_forever, daemon=True).start()
    servers[0].serve_forever()
    """

  @Test func `A redirect takes no key to another port`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    try project.write("\(project.suite)/recipe/leader.py", Self.leader)
    let settings = "\(project.suite)/local.yml"
    let text = try project.text(settings).replacingOccurrences(
      of: "ports: [80]",
      with: "ports: [80, 81]"
    )
    try project.write(
      settings,
      text.components(separatedBy: "    command:\n")[0]
        + "    command: [python3, \"{{recipe}}/leader.py\", \"{{port.80}}\", \"{{port.81}}\"]\n"
    )
    try project.write(
      "\(project.suite)/functional/led.yml",
      """
      test_led:
        about: Follows a redirect.
        steps:
          - http:
              get: /go
              headers: {X-Api-Key: key-of-the-suite, Private-Token: key-of-the-suite, Cookie: c=key-of-the-suite}
              redirects: 1
            expect: {status: 200}

      """
    )
    let run = try await project.run("run", "--check", "test_led")
    let id = try #require(project.runs.last)
    let told = try project.text("\(project.reports)/runs/\(id)/logs/app.stdout.log")
    let lines = told.split(separator: "\n").filter { $0.contains("key-of-the-suite") }
    #expect(told.contains("led") && !lines.isEmpty, "\(run.out)\(run.err)")
    #expect(lines.allSatisfy { $0.hasPrefix("first") }, "\(told)")
  }

  // MARK: Ports

  /// Listens on the port that a file names as soon as it does, and answers everything with 200.
  private static let squatter = """
    import http.server, sys, time
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")
    for _ in range(3000):
        port = open(sys.argv[1]).read()
        if port.endswith("\\n"): break
        time.sleep(0.01)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Answer)
    server.timeout = 30
    end = time.time() + 60
    while time.time() < end: server.handle_request()
    """

  @Test(.enabled(if: geteuid() == 0, "it takes root to be two users"))
  func `A stranger who answers in the place of a service proves nothing`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    try project.write("port", "")
    chmod(project.path("port"), 0o666)
    try project.write("squatter.py", Self.squatter)
    // The service never listens, and the port is known before it is started.
    let settings = "\(project.suite)/local.yml"
    let lines = try project.text(settings).components(separatedBy: "    command:\n")
    let wait =
      "until grep -q 0100007F:$(printf %04X {{port.80}}).*0A /proc/net/tcp; do sleep 0.05; done"
    try project.write(
      settings,
      lines[0] + """
            prepare:
              - [sh, -c, "echo {{port.80}} > \(project.path("port")); \(wait)"]
            command: [sleep, "4300"]

        """
    )
    let squatter = Process()
    squatter.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
    let user = ["--reuid=\(Self.user)", "--regid=\(Self.user)", "--clear-groups"]
    squatter.arguments = user + ["python3", project.path("squatter.py"), project.path("port")]
    try squatter.run()
    let run = try await project.run("run", "--until", "install")
    squatter.terminate()
    squatter.waitUntilExit()
    #expect(run.status == 1, "\(run.out)\(run.err)")
    #expect(run.out.contains("user \(Self.user)"), "\(run.out)")
  }

  // MARK: Locks

  @Test func `Who holds the folder of the reports is told`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    #expect(try await project.run("run", "--until", "install").status == 0)
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    holder.arguments = [project.path("reports"), "sleep", "5"]
    try holder.run()
    try await Task.sleep(for: .milliseconds(300))
    let report = try await project.run("report")
    holder.waitUntilExit()
    #expect(report.status == 0)
    #expect(report.err.contains("which is held by process"), "\(report.err)")
  }
}
