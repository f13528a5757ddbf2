import Foundation
import Glibc
import Programs
import Testing

@testable import Git

/// A repository that somebody else made must not run anything, hang, or bend an answer.
@Suite struct ForeignRepositoryTests {
  @Test func nothingThatTheConfigurationNamesIsRun() async throws {
    let scratch = try ScratchFolder()
    let witness = "\(scratch.path).ran"
    defer { try? FileManager.default.removeItem(atPath: witness) }
    try scratch.write("#!/bin/sh\n: > '\(witness)'\ncat\n", to: "prog", isExecutable: true)
    try scratch.write("* filter=evil\n", to: ".gitattributes")
    try scratch.write("one", to: "file")
    _ = try await scratch.commitAll()
    let program = "\(scratch.path)/prog"
    for key in [
      "core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process",
      "core.pager", "diff.external", "core.sshCommand", "credential.helper",
    ] {
      try await scratch.git("config", key, program)
    }
    try await scratch.git("config", "filter.evil.required", "true")
    let hook = ".git/hooks/post-index-change"
    try scratch.write("#!/bin/sh\n: > '\(witness)'\n", to: hook, isExecutable: true)
    try scratch.write("two", to: "file")

    let repository = try await GitRepository(at: scratch.path)
    let target = try ScratchFolder()
    try await repository.export("HEAD", to: target.path)
    _ = try await repository.tags()
    #expect(target.text("file") == "one")
    #expect(!FileManager.default.fileExists(atPath: witness))
  }

  @Test func aMissingObjectIsNotFetchedByAProgramOfTheRepository() async throws {
    let scratch = try ScratchFolder()
    let witness = "\(scratch.path).ran"
    defer { try? FileManager.default.removeItem(atPath: witness) }
    try scratch.write("#!/bin/sh\n: > '\(witness)'\n", to: "prog", isExecutable: true)
    _ = try await scratch.commitAll()
    try await scratch.git("config", "remote.origin.url", scratch.path)
    try await scratch.git("config", "remote.origin.uploadpack", "\(scratch.path)/prog")
    try await scratch.git("config", "remote.origin.promisor", "true")
    try await scratch.git("config", "extensions.partialClone", "origin")
    try await scratch.git("config", "core.repositoryFormatVersion", "1")
    let id = try await scratch.git("rev-parse", "HEAD:prog")
    try scratch.remove(".git/objects/\(id.prefix(2))/\(id.dropFirst(2))")
    let repository = try await GitRepository(at: scratch.path)
    #expect(await codeThrown { _ = try await repository.read("prog", at: "HEAD") } != nil)
    #expect(!FileManager.default.fileExists(atPath: witness))
  }

  @Test func aRepositoryThatMakesGitWaitIsGivenUp() async throws {
    let scratch = try ScratchFolder()
    _ = try await scratch.commitAll()
    try await scratch.git("config", "include.path", "\(scratch.path)/pipe")
    #expect(mkfifo("\(scratch.path)/pipe", 0o600) == 0)
    let command = GitCommand(folder: scratch.path, timeLimit: .milliseconds(300))
    let started = ContinuousClock.now
    #expect(await codeThrown { _ = try await command.run(["rev-parse"]) } == .timedOut)
    #expect(ContinuousClock.now - started < .seconds(20))
  }

  @Test func aWorkTreeElsewhereIsRefused() async throws {
    let scratch = try ScratchFolder()
    let elsewhere = try ScratchFolder()
    _ = try await scratch.commitAll()
    try await scratch.git("config", "core.worktree", elsewhere.path)
    #expect(await codeThrown { _ = try await GitRepository(at: scratch.path) } == .notARepository)
  }

  /// As one that a stranger left in a folder where everybody may write, above somebody's own.
  @Test(.enabled(if: geteuid() == 0, "it takes root to be two users"))
  func aRepositoryThatAStrangerPutAboveIsNotLookedAt() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("x", to: "own/deep/file")
    _ = try await scratch.commitAll()
    let own = scratch.path + "/own"
    #expect(try await GitRepository(at: own + "/deep").prefix == "own/deep")
    chown(scratch.path + "/.git", 61_986, 61_986)
    #expect(try await GitRepository(at: scratch.path).prefix == "")
    // Whose folder it is, that one's repository it may be: a checkout that CI made as another user.
    chown(own, 61_986, 61_986)
    #expect(try await GitRepository(at: own).prefix == "own")
    chown(own, 0, 0)
    // Git would wait for the pipe.
    let pipe = "\(scratch.path)/pipe"
    try await scratch.git("-c", "safe.directory=*", "config", "include.path", pipe)
    #expect(mkfifo("\(scratch.path)/pipe", 0o600) == 0)
    for folder in [own, own + "/deep"] {
      #expect(await codeThrown { _ = try await GitRepository(at: folder) } == .notARepository)
    }
    let bare = try ScratchFolder()
    try bare.folder("own")
    try await bare.git("init", "-q", "--bare")
    try await bare.git("config", "core.bare", "false")
    try await bare.git("config", "core.worktree", bare.path)
    #expect(try await GitRepository(at: bare.path + "/own").prefix == "own")
    chown(bare.path + "/HEAD", 61_986, 61_986)
    let code = await codeThrown { _ = try await GitRepository(at: bare.path + "/own") }
    #expect(code == .notARepository)
  }

  @Test func nothingOfTheOwnEnvironmentIsPassedOnButThePath() {
    let command = GitCommand(folder: "/", timeLimit: .seconds(1))
    let variables = command.variables
    let ours = ProcessInfo.processInfo.environment
    for (key, value) in variables where ours[key] == value {
      #expect(["PATH", "LC_ALL", "GIT_TERMINAL_PROMPT"].contains(key))
    }
    for key in ["HOME", "GIT_DIR", "GIT_INDEX_FILE", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK"] {
      #expect(variables[key] == nil)
    }
    #expect(variables["GIT_CONFIG_COUNT"] == "5")
    #expect(variables["PATH"]?.split(separator: ":").allSatisfy { $0.hasPrefix("/") } == true)
  }

  @Test func aReplacedObjectDoesNotChangeTheTree() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("1", to: "file")
    let tree = try await scratch.commitAll("one")
    let first = try await scratch.git("rev-parse", "HEAD")
    try scratch.write("2", to: "file")
    _ = try await scratch.commitAll("two")
    try await scratch.git("replace", first, "HEAD")
    let repository = try await GitRepository(at: scratch.path)
    #expect(try await repository.treeHash(of: first) == tree)
  }
}
