import Files
import Foundation
import Git
import Testing

@Suite struct ExportTests {
  @Test func whatIsWrittenHasTheTreeOfTheRevision() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("one", to: "recipe/compose.yml")
    try scratch.write("#!/bin/sh\n", to: "recipe/hooks/run.sh", isExecutable: true)
    try scratch.link("recipe/hooks/alias", to: "../compose.yml")
    try scratch.link("recipe/dangling", to: "none")
    try scratch.write("", to: "recipe/empty")
    try scratch.write(String(repeating: "0123456789abcdef\n", count: 200_000), to: "recipe/big")
    try scratch.write("secret export-ignore\n* text eol=crlf\n", to: "recipe/.gitattributes")
    try scratch.write("kept\n", to: "recipe/secret")
    try scratch.write("other", to: "elsewhere")
    _ = try await scratch.commitAll()
    try scratch.write("two, not committed", to: "recipe/compose.yml")
    let repository = try await GitRepository(at: scratch.path)
    let before = try await scratch.git("status", "--porcelain")
    let target = try ScratchFolder()
    try await repository.export("HEAD", path: "recipe", to: "\(target.path)/new/folder")
    let written = try FolderTree.hash(of: "\(target.path)/new/folder", ignoring: [])
    #expect(try await repository.treeHash(of: "HEAD", path: "recipe") == written)
    #expect(target.text("new/folder/compose.yml") == "one")
    #expect(target.text("new/folder/secret") == "kept\n")
    #expect(try await scratch.git("status", "--porcelain") == before)
    #expect(scratch.text("recipe/compose.yml") == "two, not committed")
  }

  @Test func aFolderThatHoldsSomethingIsNotWrittenTo() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("1", to: "file")
    _ = try await scratch.commitAll()
    let repository = try await GitRepository(at: scratch.path)
    let target = try ScratchFolder()
    try target.write("mine", to: "other")
    let code = await codeThrown { try await repository.export("HEAD", to: target.path) }
    #expect(code == .unreadable(.exists))
    #expect(!target.exists("file"))
  }

  @Test(arguments: [
    ["l": "/etc/passwd"], ["l": "../x"], ["a/l": "../../x"], ["a/l": "b/../../../x"],
    // Out only by way of another link: `s/up` is the top, and `s/up/..` above it.
    ["s/up": "..", "l": "s/up/../x"],
    ["one": "two", "two": "one"],
  ])
  func aLinkThatLeadsOutIsRefusedBeforeAnythingIsWritten(links: [String: String]) async throws {
    let scratch = try ScratchFolder()
    for folder in ["a/b", "s"] { try scratch.write("1", to: "\(folder)/file") }
    for (path, target) in links { try scratch.link(path, to: target) }
    _ = try await scratch.commitAll()
    let repository = try await GitRepository(at: scratch.path)
    let target = try ScratchFolder()
    let code = await codeThrown { try await repository.export("HEAD", to: target.path) }
    #expect(code == .unsafeTree)
    #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == [])
  }

  @Test(arguments: ["..", ".git", ".GIT", "."])
  func aPathThatLeadsOutIsRefused(name: String) async throws {
    let scratch = try ScratchFolder()
    try scratch.write("1", to: "file")
    let inner = try await scratch.commitAll()
    let tree = try await scratch.git("mktree", input: "040000 tree \(inner)\t\(name)\n")
    let commit = try await scratch.git("commit-tree", "-m", "x", tree)
    let repository = try await GitRepository(at: scratch.path)
    let target = try ScratchFolder()
    let code = await codeThrown {
      try await repository.export(commit, to: "\(target.path)/deep")
    }
    #expect(code == .unsafeTree)
    #expect(!target.exists("file"))
  }

  @Test func aSubmoduleIsRefusedByName() async throws {
    let scratch = try ScratchFolder()
    _ = try await scratch.commitAll()
    let head = try await scratch.git("rev-parse", "HEAD")
    try await scratch.git("update-index", "--add", "--cacheinfo", "160000,\(head),vendored")
    try await scratch.git("commit", "-q", "-m", "x")
    let repository = try await GitRepository(at: scratch.path)
    let target = try ScratchFolder()
    do {
      try await repository.export("HEAD", to: target.path)
      Issue.record("exported")
    } catch {
      #expect(error.code == .unsupported)
      #expect(error.message.hasPrefix("vendored is a submodule"))
    }
  }

  @Test func moreThanTheLimitIsRefused() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("12345", to: "file")
    _ = try await scratch.commitAll()
    let repository = try await GitRepository(at: scratch.path)
    let target = try ScratchFolder()
    let code = await codeThrown { try await repository.export("HEAD", to: target.path, limit: 4) }
    #expect(code == .tooLarge)
  }
}
