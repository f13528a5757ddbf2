import Git
import Testing

@Suite struct HistoryTests {
  private func commit(_ scratch: ScratchFolder, _ path: String, _ text: String) async throws {
    try scratch.write(text, to: path)
    _ = try await scratch.commitAll(path)
  }

  @Test func `A file's changes are told newest first, through its renames and removals`()
    async throws
  {
    let scratch = try ScratchFolder()
    try await commit(scratch, "a/c.json", "one\n")
    try await commit(scratch, "a/other", "x\n")
    try await commit(scratch, "a/c.json", "two\n")
    _ = try await scratch.git("mv", "a", "b")
    _ = try await scratch.git("commit", "--quiet", "--message", "rename")
    _ = try await scratch.git("rm", "--quiet", "b/c.json")
    _ = try await scratch.git("commit", "--quiet", "--message", "remove")
    try await commit(scratch, "b/c.json", "three\n")

    let repository = try await GitRepository(at: scratch.path)
    let changes = try await repository.history(of: "b/c.json", limit: 10)
    #expect(
      changes.map(\.blob?.path) == ["b/c.json", nil, "b/c.json", "a/c.json", "a/c.json"]
    )
    let contents = try await repository.contents(of: changes.compactMap(\.blob))
    #expect(
      contents.map { String(decoding: $0, as: UTF8.self) }
        == ["three\n", "two\n", "two\n", "one\n"]
    )
    #expect(changes.allSatisfy { $0.commit.count == 40 && $0.day.count == 10 })
    #expect(try await repository.history(of: "b/c.json", limit: 2).count == 2)
    #expect(try await repository.history(of: "b/none.json", limit: 2).isEmpty)
  }
}
