import Foundation
import Git
import Testing

/// Files of commits, found by name and read without a checkout.
@Suite struct BlobTests {
  private static func repository() async throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try scratch.write("A", to: "ci/reports/a/coverage.json")
    try scratch.write("{\"line\":\n\"feed\"}\n", to: "ci/reports/b c/coverage.json")
    try scratch.write("same", to: "ci/reports/é/coverage.json")
    try scratch.write("same", to: "ci/reports/twin/coverage.json")
    try scratch.write("", to: "ci/reports/empty/coverage.json")
    try scratch.write("deep", to: "ci/reports/a/runs/coverage.json")
    try scratch.write("flat", to: "ci/reports/coverage.json")
    try scratch.write("other", to: "ci/reports/a/coverage.json.old")
    try scratch.write("other", to: "ci/reports/a/xcoverage.json")
    try scratch.folder("ci/reports/link")
    try scratch.link("ci/reports/link/coverage.json", to: "../a/coverage.json")
    try scratch.write("top", to: "a/coverage.json")
    _ = try await scratch.commitAll()
    return scratch
  }

  @Test func onlyFilesOfThatNameOneFolderDownAreFoundAndReadInTheirOrder() async throws {
    let scratch = try await Self.repository()
    let repository = try await GitRepository(at: scratch.path)
    let blobs = try await repository.blobs(
      named: "coverage.json",
      oneBelow: "ci/reports/",
      at: "HEAD"
    )
    #expect(
      blobs.map(\.path)
        == ["a", "b c", "empty", "twin", "é"].map { "ci/reports/\($0)/coverage.json" }
    )
    #expect(try await repository.sizes(of: blobs) == [1, 17, 0, 4, 4])
    let contents = try await repository.contents(of: blobs)
    #expect(
      contents.map { String(decoding: $0, as: UTF8.self) }
        == ["A", "{\"line\":\n\"feed\"}\n", "", "same", "same"]
    )
    #expect(blobs[3].id == blobs[4].id)
    #expect(blobs[0].id == (try await scratch.git("rev-parse", "HEAD:ci/reports/a/coverage.json")))

    let top = try await repository.blobs(named: "coverage.json", oneBelow: "", at: "HEAD")
    #expect(top.map(\.path) == ["a/coverage.json"])
    #expect(try await repository.blobs(named: "x", oneBelow: "none", at: "HEAD").isEmpty)
    #expect(try await repository.contents(of: []).isEmpty)
  }

  @Test func aDetachedHeadIsReadAsAnyCommitAndTheWorkTreeHasNoSay() async throws {
    let scratch = try await Self.repository()
    try scratch.write("B", to: "ci/reports/a/coverage.json")
    _ = try await scratch.commitAll("two")
    try await scratch.git("checkout", "-q", "--detach", "HEAD~1")
    try scratch.write("C", to: "ci/reports/a/coverage.json")
    let repository = try await GitRepository(at: scratch.path)
    for (revision, text) in [("HEAD", "A"), ("main", "B")] {
      let blobs = try await repository.blobs(
        named: "coverage.json",
        oneBelow: "ci/reports",
        at: revision
      )
      let contents = try await repository.contents(of: Array(blobs.prefix(1)))
      #expect(contents == [Array(text.utf8)])
    }
  }

  @Test func aShallowCloneSaysThatItMayLackACommit() async throws {
    let scratch = try await Self.repository()
    _ = try await scratch.commitAll("two")
    let clone = try ScratchFolder()
    try await clone.git("clone", "-q", "--depth", "1", "file://\(scratch.path)", "shallow")
    let repository = try await GitRepository(at: "\(clone.path)/shallow")
    #expect(try await repository.isShallow)
    let whole = try await GitRepository(at: scratch.path)
    #expect(try await whole.isShallow == false)
    let error = await #expect(throws: GitError.self) { try await repository.resolve("HEAD~1") }
    #expect(error?.code == .unknownRevision)
    #expect(error?.message.hasSuffix("; this clone is shallow and may lack it") == true)
    let other = await #expect(throws: GitError.self) { try await whole.resolve("HEAD~9") }
    #expect(other?.message.contains("shallow") == false)
    let blobs = try await repository.blobs(
      named: "coverage.json",
      oneBelow: "ci/reports",
      at: "HEAD"
    )
    #expect(try await repository.contents(of: blobs).count == 5)
  }

  @Test func anObjectThatACloneLacksIsNamedAndNothingIsFetched() async throws {
    let scratch = try await Self.repository()
    try await scratch.git("config", "uploadpack.allowFilter", "true")
    let clone = try ScratchFolder()
    try await clone.git(
      "clone",
      "-q",
      "--no-checkout",
      "--filter=blob:none",
      "file://\(scratch.path)",
      "partial"
    )
    let repository = try await GitRepository(at: "\(clone.path)/partial")
    let blobs = try await repository.blobs(
      named: "coverage.json",
      oneBelow: "ci/reports",
      at: "HEAD"
    )
    #expect(blobs.count == 5)
    #expect(await codeThrown { _ = try await repository.sizes(of: blobs) } == .missingObject)
    let error = await #expect(throws: GitError.self) { try await repository.contents(of: blobs) }
    #expect(error?.code == .missingObject)
    #expect(error?.message.contains("ci/reports/a/coverage.json") == true)
  }

  @Test func theCommitThatTwoBranchesComeFromIsFound() async throws {
    let scratch = try await Self.repository()
    let base = try await scratch.git("rev-parse", "HEAD")
    try await scratch.git("checkout", "-q", "-b", "side")
    _ = try await scratch.commitAll("side")
    try await scratch.git("checkout", "-q", "main")
    _ = try await scratch.commitAll("main")
    try await scratch.git("checkout", "-q", "--orphan", "lone")
    _ = try await scratch.commitAll("lone")
    let repository = try await GitRepository(at: scratch.path)
    #expect(try await repository.mergeBase("main", "side") == base)
    #expect(
      await codeThrown { _ = try await repository.mergeBase("main", "lone") } == .unknownRevision
    )
  }
}
