import BuiltTool
import Evidence
import Foundation
import PrivateServers
import Testing

/// Recipes and corpora at git addresses, against git's own servers on loopback.
@Suite(.serialized) struct RecipeInGitTests {
  /// A project whose recipe lies in a repository beside it, in two versions.
  final class Upstream: Sendable {
    let project: ToolProject
    var recipe: String { project.recipe }
    var repository: String { "upstream/\(recipe)" }

    init() async throws {
      project = try ToolProject()
      try await project.addSite()
      try FileManager.default.createDirectory(
        atPath: project.path("upstream"),
        withIntermediateDirectories: true
      )
      try FileManager.default.moveItem(
        atPath: project.path("\(project.suite)/recipe"),
        toPath: project.path(repository)
      )
      try await git("init", "-q", "-b", "main")
      try await commit("one")
    }

    @discardableResult
    func git(in folder: String? = nil, _ words: String...) async throws -> String {
      let command = ["git", "-C", project.path(folder ?? repository)]
      let settings = ["user.name=t", "user.email=t@example.org", "protocol.file.allow=always"]
      let outcome = try await Command.run(
        command + settings.flatMap { ["-c", $0] } + words,
        environment: ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"]
      )
      guard outcome.status == 0 else { throw FixtureError("git \(words): \(outcome.text)") }
      return outcome.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func write(_ name: String, _ text: String) throws {
      try project.write("\(repository)/\(name)", text)
    }

    @discardableResult
    func commit(_ message: String) async throws -> String {
      try await git("add", "-A")
      try await git("commit", "-q", "--allow-empty", "-m", message)
      return try await git("rev-parse", "HEAD")
    }

    func use(_ address: String, _ more: String = "") throws {
      try project.write(
        "parity.yml",
        "corpus: {none: an example}\nrecipes: {\(recipe): {git: '\(address)'\(more)}}\n"
      )
    }

    var cache: [String: String] { ["XDG_CACHE_HOME": project.path("cache")] }

    func run(_ words: String..., environment: [String: String] = [:]) async throws
      -> ToolProject.Result
    {
      // Words of one string, so that this can be handed on.
      let all = cache.merging(environment) { $1 }
      switch words.count {
      case 1: return try await project.run(words[0], environment: all)
      case 2: return try await project.run(words[0], words[1], environment: all)
      case 3: return try await project.run(words[0], words[1], words[2], environment: all)
      default:
        return try await project.run(words[0], words[1], words[2], words[3], environment: all)
      }
    }
  }

  // MARK: Fetched and named

  @Test(arguments: ["http", "git"])
  func `A recipe is fetched, run and named by its commit`(_ scheme: String) async throws {
    let upstream = try await Upstream()
    let root = upstream.project.path("upstream")
    let server =
      scheme == "http"
      ? try await PrivateGit.web(serving: root) : try await PrivateGit.daemon(serving: root)
    let path = scheme == "http" ? "/open" : ""
    let address = "\(scheme)://127.0.0.1:\(server.port)\(path)/\(upstream.recipe)"
    try upstream.use(address)
    let run = try await upstream.run("run")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    let commit = try await upstream.git("rev-parse", "HEAD")
    let tree = try await upstream.git("rev-parse", "HEAD^{tree}")
    let project = upstream.project
    let last = try #require(project.runs.last)
    let header = try project.record("\(project.reports)/runs/\(last)").header
    #expect(header.origin == RecipeOrigin(address: address, ref: nil, commit: commit))
    #expect(header.target.tree == tree)
    #expect(try RunTests.coverage(project).origin?.commit == commit)
    #expect(
      try project.text("\(project.suite)/PARITY.md").contains("HEAD, commit \(commit.prefix(12))")
    )
    await server.stop()

    // Nobody is there to be asked.
    let list = try await upstream.run("list")
    #expect(list.status == 2)
    #expect(list.err.contains("--offline uses \(commit.prefix(12))"), "\(list.err)")
    #expect(list.out.isEmpty)
    let offline = try await upstream.run("list", "--offline")
    #expect(offline.status == 0, "\(offline.err)")
    #expect(offline.out.contains("warning: \(address): not fetched (--offline)"))
    // A commit cannot be another one later.
    try upstream.use(address, ", ref: \(commit)")
    let pinned = try await upstream.run("list")
    #expect(pinned.status == 0, "\(pinned.err)")
    #expect(!pinned.out.contains("warning"))
  }

  @Test func `Branches, tags and commits are taken, and what is none is told`() async throws {
    let upstream = try await Upstream()
    let one = try await upstream.git("rev-parse", "HEAD")
    try await upstream.git("tag", "v1")
    try await upstream.git("checkout", "-q", "-b", "side")
    let two = try await upstream.commit("two")
    try await upstream.git("checkout", "-q", "main")
    let server = try await PrivateGit.web(serving: upstream.project.path("upstream"))
    let address = "http://127.0.0.1:\(server.port)/open/\(upstream.recipe)"
    for (ref, commit) in [("main", one), ("v1", one), ("side", two), (two, two)] {
      try upstream.use(address, ", ref: \(ref)")
      let list = try await upstream.run("list")
      #expect(list.status == 0, "\(ref): \(list.err)")
      #expect(list.out.contains("fetched from \(address), \(ref), commit \(commit.prefix(12))"))
    }
    try upstream.use(address, ", ref: v2")
    let none = try await upstream.run("list")
    #expect(none.status == 65)
    #expect(none.err.contains("has no branch, tag or commit v2"), "\(none.err)")
    await server.stop()
  }

  @Test func `A corpus is fetched, and one that cannot be is not there`() async throws {
    let upstream = try await Upstream()
    let project = upstream.project
    try project.write("upstream/infra/recipe-info/\(project.recipe)/tests/a.py", "pass\n")
    try await upstream.git(in: "upstream/infra", "init", "-q", "-b", "main")
    try await upstream.git(in: "upstream/infra", "add", "-A")
    try await upstream.git(in: "upstream/infra", "commit", "-q", "-m", "one")
    let server = try await PrivateGit.daemon(serving: project.path("upstream"))
    let address = "git://127.0.0.1:\(server.port)"
    try project.write(
      "parity.yml",
      "corpus: {git: '\(address)/infra'}\n"
        + "recipes: {\(project.recipe): {git: '\(address)/\(project.recipe)'}}\n"
    )
    let run = try await upstream.run("run")
    #expect(run.status == 1, "\(run.err)")
    let corpus = try RunTests.coverage(project).corpus
    #expect(corpus.root == "\(address)/infra/recipe-info@HEAD")
    let commit = try await upstream.git(in: "upstream/infra", "rev-parse", "HEAD")
    #expect(corpus.commit == commit)
    await server.stop()
    let audit = try await upstream.run("audit")
    #expect(audit.status == 2)
    #expect((audit.out + audit.err).contains("cannot be fetched"), "\(audit.out)")
  }

  // MARK: Servers that are not as they should be

  @Test func `A password opens a server and is told to nobody`() async throws {
    let upstream = try await Upstream()
    let project = upstream.project
    let server = try await PrivateGit.web(serving: project.path("upstream"))
    let place = "127.0.0.1:\(server.port)/closed/\(upstream.recipe)"
    try upstream.use("http://\(place)")
    let closed = try await upstream.run("list")
    #expect(closed.status == 2)
    #expect(closed.err.contains("terminal prompts disabled"), "\(closed.err)")

    let encoded = "s3cret%2Fw%25rd"
    try upstream.use("http://\(PrivateGit.user):\(encoded)@\(place)")
    let run = try await upstream.run("run")
    #expect(run.status == 0, "\(run.err)")
    var said = [run.out, run.err]
    for folder in ["cache", "reports", "suites"] {
      said += project.files(below: folder).values.map { String(decoding: $0, as: UTF8.self) }
    }
    for text in said {
      #expect(!text.contains(encoded))
      #expect(!text.contains(PrivateGit.password))
      #expect(!text.contains(PrivateGit.user + ":"))
    }
    #expect(run.err.contains("fetching http://***@\(place)"))

    // One that is wrong, and a mistake in the same line.
    try upstream.use("http://\(PrivateGit.user):wr0ng-one@\(place)")
    let wrong = try await upstream.run("list")
    #expect(wrong.status == 2)
    #expect(!wrong.err.contains("wr0ng-one"))
    try upstream.use("http://\(PrivateGit.user):wr0ng-one@\(place)", ", reff: main")
    let mistaken = try await upstream.run("list")
    #expect(mistaken.status == 65)
    #expect(mistaken.err.contains("reff"))
    #expect(!mistaken.err.contains("wr0ng-one"), "\(mistaken.err)")

    // The user's own program is asked.
    try project.write(
      "ask",
      "#!/bin/sh\ncase $1 in User*) echo alice;; *) echo '\(PrivateGit.password)';; esac\n"
    )
    _ = try await Command.run(["chmod", "755", project.path("ask")])
    try upstream.use("http://\(place)")
    let asked = try await upstream.run("list", environment: ["GIT_ASKPASS": project.path("ask")])
    #expect(asked.status == 0, "\(asked.err)")
    await server.stop()
  }

  @Test(arguments: ["hang", "page"])
  func `A server that hangs or is none breaks the run in time`(_ kind: String) async throws {
    let upstream = try await Upstream()
    let server = try await PrivateGit.web(serving: upstream.project.path("upstream"))
    try upstream.use(
      "http://127.0.0.1:\(server.port)/\(kind)/\(upstream.recipe)",
      kind == "hang" ? ", within: 1s" : ""
    )
    let run = try await upstream.run("run")
    #expect(run.status == 2)
    #expect(run.err.contains("cannot be fetched"), "\(run.err)")
    #expect(run.err.contains(kind == "hang" ? "not done within" : "not valid"), "\(run.err)")
    #expect(upstream.project.runs.isEmpty)
    await server.stop()
  }

  @Test func `History that was rewritten and tags that were moved are told`() async throws {
    let upstream = try await Upstream()
    try await upstream.git("tag", "1.0.0+1.0")
    let two = try await upstream.commit("two")
    let server = try await PrivateGit.daemon(serving: upstream.project.path("upstream"))
    let address = "git://127.0.0.1:\(server.port)/\(upstream.recipe)"
    try upstream.use(address, ", ref: main")
    #expect(try await !upstream.run("list").out.contains("warning"))
    let three = try await upstream.commit("three")
    let ahead = try await upstream.run("list")
    #expect(ahead.out.contains(three.prefix(12)))
    #expect(!ahead.out.contains("warning"), "\(ahead.out)")

    try await upstream.git("reset", "-q", "--hard", two)
    try await upstream.git("tag", "-f", "1.0.0+1.0")
    let other = try await upstream.commit("another three")
    let list = try await upstream.run("list")
    #expect(list.status == 0)
    #expect(list.out.contains("the history of main was rewritten"), "\(list.out)")
    #expect(list.out.contains("\(other.prefix(12)) does not come from \(three.prefix(12))"))
    #expect(list.out.contains("tag 1.0.0+1.0 was moved"))
    #expect(list.err.contains("was rewritten"))
    await server.stop()
  }

  @Test func `A shallow history is told`() async throws {
    let upstream = try await Upstream()
    try await upstream.commit("two")
    let project = upstream.project
    try await upstream.git(
      in: "upstream",
      "clone",
      "-q",
      "--bare",
      "--depth",
      "1",
      "file://\(project.path(upstream.repository))",
      "shallow.git"
    )
    let server = try await PrivateGit.daemon(serving: project.path("upstream"))
    try upstream.use("git://127.0.0.1:\(server.port)/shallow.git")
    let list = try await upstream.run("list")
    #expect(list.status == 0, "\(list.err)")
    #expect(list.out.contains("the server's history is shallow"), "\(list.out)")
    await server.stop()
  }

  // MARK: Recipes that are not as they should be

  @Test func `A link that leads out is refused, and nothing of it is written`() async throws {
    let upstream = try await Upstream()
    try await upstream.git(
      "update-index",
      "--add",
      "--cacheinfo",
      "120000",
      try await blob(upstream),
      "out"
    )
    try await upstream.git("commit", "-q", "-m", "link")
    let server = try await PrivateGit.daemon(serving: upstream.project.path("upstream"))
    try upstream.use("git://127.0.0.1:\(server.port)/\(upstream.recipe)")
    let list = try await upstream.run("list")
    #expect(list.status == 65)
    #expect(list.err.contains("out is a link that leads out, to ../../secret"), "\(list.err)")
    let trees = upstream.project.files(below: "cache/parity/git/trees")
    #expect(trees.isEmpty, "\(trees.keys)")
    await server.stop()
  }

  private func blob(_ upstream: Upstream) async throws -> String {
    try upstream.project.write("target", "../../secret")
    return try await upstream.git("hash-object", "-w", "--", upstream.project.path("target"))
  }

  @Test func `Submodules and LFS pointers are told`() async throws {
    let upstream = try await Upstream()
    try upstream.write(
      "logo.png",
      "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "a", count: 64))\n"
        + "size 12345\n"
    )
    let commit = try await upstream.commit("lfs")
    try await upstream.git("update-index", "--add", "--cacheinfo", "160000", commit, "theme")
    try await upstream.git("commit", "-q", "-m", "submodule")
    let server = try await PrivateGit.daemon(serving: upstream.project.path("upstream"))
    for isFolder in [false, true] {
      if isFolder {
        try upstream.project.write(
          "parity.yml",
          "corpus: {none: an example}\nrecipes: {\(upstream.recipe): \(upstream.repository)}\n"
        )
      } else {
        try upstream.use("git://127.0.0.1:\(server.port)/\(upstream.recipe)")
      }
      let lint = try await upstream.run("lint", "--strict")
      #expect(lint.status == 1, "\(lint.err)")
      #expect(lint.err.contains("theme is a submodule"), "\(lint.err)")
      #expect(lint.err.contains("logo.png:1:1: warning: logo.png is a Git LFS pointer"))
    }
    await server.stop()
  }

  // MARK: By address

  @Test func `A recipe by its address has the generic checks, or the project's suite`() async throws
  {
    let upstream = try await Upstream()
    let project = upstream.project
    let server = try await PrivateGit.daemon(serving: project.path("upstream"))
    let address = "git://127.0.0.1:\(server.port)/\(upstream.recipe)"
    let own = try await upstream.run("list", address)
    #expect(own.status == 0, "\(own.err)")
    #expect(own.err.contains("suite suites/\(upstream.recipe)"))
    #expect(own.out.contains("driver local"))

    try project.remove("suites")
    let foreign = try await upstream.run("list", address, "--driver", "swarm")
    #expect(foreign.status == 0, "\(foreign.err)")
    #expect(foreign.err.contains("no suite in this project: generic checks only"))
    #expect(foreign.out.contains("generic/install::"))

    try project.remove("parity.yml")
    let alone = try await upstream.run("list", address, "--driver", "swarm")
    #expect(alone.status == 0, "\(alone.err)")
    #expect(alone.err.contains("no parity.yml here"))
    let local = try await upstream.run("run", address)
    #expect(local.status == 64)
    #expect(local.err.contains("name a driver"), "\(local.err)")
    await server.stop()
  }

  @Test(arguments: [
    "ext::sh -c id", "ext::sh", "ftp://example.org/x", "https://", "https://example.org",
    "-oProxyCommand=id:x", "ssh://-oProxyCommand=id/x", "http://u:secret-w0rd@example.org:x/y",
    "ssh://u:secret-w0rd@example.org/x", "git://u@example.org/x",
  ])
  func `What could run something or is no address is refused`(_ address: String) async throws {
    let project = try ToolProject(parity: "")
    let run = try await project.run("list", "--", address)
    #expect(run.status == 64, "\(address): \(run.err)")
    #expect(!run.err.contains("secret-w0rd"))
    try project.write("parity.yml", "recipes: {x: {git: '\(address)'}}\n")
    let lint = try await project.run("lint")
    #expect(lint.status == 65, "\(lint.err)")
    #expect(!lint.err.contains("secret-w0rd"), "\(lint.err)")
  }

  // MARK: The cache

  @Test func `A cache that others can write to is not used`() async throws {
    let upstream = try await Upstream()
    let server = try await PrivateGit.daemon(serving: upstream.project.path("upstream"))
    try upstream.use("git://127.0.0.1:\(server.port)/\(upstream.recipe)")
    let folder = upstream.project.path("shared")
    for (path, mode) in [("\(folder)/cache", "777"), (folder, "777")] {
      _ = try await Command.run(["mkdir", "-p", "\(folder)/cache"])
      _ = try await Command.run(["chmod", "755", folder, "\(folder)/cache"])
      _ = try await Command.run(["chmod", mode, path])
      let list = try await upstream.run("list", environment: ["XDG_CACHE_HOME": "\(folder)/cache"])
      #expect(list.status == 2)
      #expect(list.err.contains("set XDG_CACHE_HOME"), "\(list.err)")
    }
    await server.stop()
  }

  @Test func `Files that somebody changed in the cache are made anew`() async throws {
    let upstream = try await Upstream()
    let server = try await PrivateGit.daemon(serving: upstream.project.path("upstream"))
    try upstream.use("git://127.0.0.1:\(server.port)/\(upstream.recipe)")
    let first = try await upstream.run("list")
    let tree = try await upstream.git("rev-parse", "HEAD^{tree}")
    let file = "cache/parity/git/trees/\(tree)/compose.yml"
    try upstream.project.write(file, "services: {}\n")
    let second = try await upstream.run("list")
    #expect(second.out == first.out)
    #expect(try upstream.project.text(file) != "services: {}\n")
    await server.stop()
  }
}
