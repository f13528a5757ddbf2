import Files
import Foundation
import Git
import Glibc
import Testing

@Suite struct GitRepositoryTests {
  @Test func aFolderFindsItsRepositoryAndItsPlaceInIt() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("x", to: "suites/plausible/recipe.yml")
    _ = try await scratch.commitAll()
    let repository = try await GitRepository(at: "\(scratch.path)/suites/plausible")
    #expect(repository.topLevel == (try DiskPath(scratch.path).resolved().description))
    #expect(repository.prefix == "suites/plausible")
    #expect(try await GitRepository(at: scratch.path).prefix == "")
    let head = try await scratch.git("rev-parse", "HEAD")
    #expect(try await repository.head == head)
  }

  @Test func aFolderWithoutRepositoryIsToldApartFromOneThatIsNotThere() async throws {
    let scratch = try ScratchFolder()
    #expect(await codeThrown { _ = try await GitRepository(at: scratch.path) } == .notARepository)
    let missing = await codeThrown { _ = try await GitRepository(at: "\(scratch.path)/none") }
    #expect(missing == .noSuchFolder)
    try await scratch.git("init", "-q", "--bare", "bare.git")
    let bare = await codeThrown { _ = try await GitRepository(at: "\(scratch.path)/bare.git") }
    #expect(bare == .notARepository)
    try await scratch.git("init", "-q")
    let inside = await codeThrown { _ = try await GitRepository(at: "\(scratch.path)/.git") }
    #expect(inside == .notARepository)
  }

  @Test func aBrokenConfigurationIsAFailureAndNotAMissingRepository() async throws {
    let scratch = try ScratchFolder()
    try await scratch.git("init", "-q")
    try scratch.write("[core\n", to: ".git/config")
    #expect(
      await codeThrown { _ = try await GitRepository(at: scratch.path) } == .failed(status: 128)
    )
  }

  @Test func aRepositoryWithoutCommitHasNoHead() async throws {
    let scratch = try ScratchFolder()
    try await scratch.git("init", "-q")
    let repository = try await GitRepository(at: scratch.path)
    #expect(await codeThrown { _ = try await repository.head } == .unknownRevision)
  }

  @Test(arguments: [
    "", "--output=/tmp/x", "-h", "HEAD..main", "HEAD:file", ":/text", "^HEAD", "a b", "HEAD\n",
    "main;id", "refs/*",
  ])
  func aRevisionThatIsNoNameIsNeverPassedOn(revision: String) async throws {
    let scratch = try ScratchFolder()
    _ = try await scratch.commitAll()
    let repository = try await GitRepository(at: scratch.path)
    #expect(await codeThrown { _ = try await repository.resolve(revision) } == .malformed)
    #expect(await codeThrown { _ = try await repository.treeHash(of: revision) } == .malformed)
  }

  @Test func revisionsResolveToCommits() async throws {
    let scratch = try ScratchFolder()
    _ = try await scratch.commitAll("one")
    let first = try await scratch.git("rev-parse", "HEAD")
    try await scratch.git("tag", "-a", "-m", "v", "3.0.1+v2.0.0")
    _ = try await scratch.commitAll("two")
    let repository = try await GitRepository(at: scratch.path)
    for revision in ["3.0.1+v2.0.0", "HEAD~1", "main^", String(first.prefix(10)), first] {
      #expect(try await repository.resolve(revision) == first)
    }
    #expect(await codeThrown { _ = try await repository.resolve("9.9.9") } == .unknownRevision)
  }

  @Test func tagsAreThoseThatLeadToCommits() async throws {
    let scratch = try ScratchFolder()
    _ = try await scratch.commitAll("one")
    try await scratch.git("tag", "3.0.0+v2.0.0")
    try await scratch.git("tag", "-a", "-m", "v", "3.0.1+v2.0.0")
    try await scratch.git("tag", "-a", "-m", "v", "4.0.0+v3.0.0", "3.0.1+v2.0.0")
    try await scratch.git("tag", "a-tree", "HEAD^{tree}")
    let repository = try await GitRepository(at: scratch.path)
    #expect(try await repository.tags() == ["3.0.0+v2.0.0", "3.0.1+v2.0.0", "4.0.0+v3.0.0"])
  }

  @Test func aTreeHashIsTheOneOfThatFolderAtThatCommit() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("x", to: "suites/plausible/recipe.yml")
    try scratch.write("y", to: ":(top)odd*/recipe.yml")
    let tree = try await scratch.commitAll()
    let repository = try await GitRepository(at: scratch.path)
    #expect(try await repository.treeHash(of: "HEAD") == tree)
    let expected = try FolderTree.hash(of: "\(scratch.path)/suites/plausible")
    #expect(try await repository.treeHash(of: "HEAD", path: "suites/plausible") == expected)
    #expect(try await repository.treeHash(of: "HEAD", path: "./suites//plausible/") == expected)
    let odd = try FolderTree.hash(of: "\(scratch.path)/:(top)odd*")
    #expect(try await repository.treeHash(of: "HEAD", path: ":(top)odd*") == odd)
    for path in ["none", "suites/plausible/recipe.yml", "suites/plaus*"] {
      let code = await codeThrown { _ = try await repository.treeHash(of: "HEAD", path: path) }
      #expect(code == .noSuchPath)
    }
    for path in ["/etc", "../x", "a/../../b"] {
      let code = await codeThrown { _ = try await repository.treeHash(of: "HEAD", path: path) }
      #expect(code == .malformed)
    }
  }

  @Test func aFileIsReadAsItWasAtTheCommit() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("old", to: "a/coverage.json")
    try scratch.write("", to: "empty")
    try scratch.link("alias", to: "a/coverage.json")
    _ = try await scratch.commitAll()
    try scratch.write("new", to: "a/coverage.json")
    let repository = try await GitRepository(at: scratch.path)
    #expect(try await repository.read("a/coverage.json", at: "HEAD") == Array("old".utf8))
    #expect(try await repository.read("empty", at: "HEAD") == [])
    for path in ["a/none", "a", "alias", ""] {
      #expect(try await repository.read(path, at: "HEAD") == nil)
    }
    let code = await codeThrown {
      _ = try await repository.read("a/coverage.json", at: "HEAD", limit: 2)
    }
    #expect(code == .tooLarge)
  }
}
