import Foundation
import Git
import Testing

@Suite struct WorkTreeTests {
  private func bytes(_ names: [String]) -> [[UInt8]] { names.map { Array($0.utf8) } }

  @Test func `What git has is told from what it has not`() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("a", to: "recipe/compose.yml")
    try scratch.write(".env\n", to: "recipe/.gitignore")
    try scratch.write("x", to: "elsewhere")
    _ = try await scratch.commitAll()
    let tree = try FolderTree.hash(of: scratch.path + "/recipe")
    try scratch.write("secret", to: "recipe/.env")
    try scratch.write("new", to: "recipe/new")
    try scratch.write("b", to: "recipe/build/out/file")
    let repository = try await GitRepository(at: scratch.path + "/recipe")
    let tracked = try await repository.trackedFiles()
    #expect(tracked == Set(bytes(["compose.yml", ".gitignore"])))
    #expect(try await repository.otherFiles() == bytes([".env", "build/", "new"]))
    #expect(try FolderTree.hash(of: scratch.path + "/recipe", only: tracked) == tree)
    #expect(try FolderTree.hash(of: scratch.path + "/recipe") != tree)
    #expect(
      try await GitRepository(at: scratch.path).otherFiles().first == Array("recipe/.env".utf8)
    )
  }
}
