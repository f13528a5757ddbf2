import Files
import Formats
import Foundation
import Git
import Glibc
import Testing

@Suite struct FolderTreeTests {
  @Test(arguments: [
    ("", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
    ("hello world\n", "3b18e512dba79e4c8300dd08aeb37f8e728b8dad"),
  ])
  func theIDOfContentsIsTheOneThatGitGives(contents: String, id: String) {
    #expect(ObjectDigest.blobID(of: Array(contents.utf8)) == id)
  }

  /// Every length around the edges of SHA-1's blocks.
  @Test func idsAreGitsForEveryLengthUpToThreeBlocks() async throws {
    let scratch = try ScratchFolder()
    try await scratch.git("init", "-q")
    var paths: [String] = []
    for length in 0...200 {
      try scratch.write(String(repeating: "x", count: length), to: "\(length)")
      paths.append("\(length)")
    }
    let ids = try await scratch.git(
      "hash-object",
      "--stdin-paths",
      input: paths.map { "\(scratch.path)/\($0)\n" }.joined()
    ).split(separator: "\n").map(String.init)
    let ours = (0...200).map { ObjectDigest.blobID(of: [UInt8](repeating: 0x78, count: $0)) }
    #expect(ours == ids)
  }

  @Test func theTreeOfAFolderIsTheOneThatGitWrites() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("a", to: "plain")
    try scratch.write("b", to: "run.sh", isExecutable: true)
    try scratch.link("alias", to: "../nowhere/at all")
    try scratch.folder("empty/deeper")
    // Git sorts a folder `a` as `a/`: after `a-b` and `a.b`, before `a0`.
    try scratch.write("c", to: "a/file")
    try scratch.write("d", to: "a-b")
    try scratch.write("e", to: "a.b")
    try scratch.write("f", to: "a0")
    try scratch.write("g", to: "Zebra/é/e\u{301}/x")
    try scratch.write("h", to: "zz\nline")
    let name = Array("\(scratch.path)/caf".utf8) + [0xE9]
    try #require(Self.create(name + [0x2E, 0x74]))
    #expect(mkfifo("\(scratch.path)/pipe", 0o600) == 0)
    let tree = try await scratch.commitAll()
    #expect(try FolderTree.hash(of: scratch.path, ignoring: []) == tree)
    #expect(try FolderTree.hash(of: scratch.path) == tree)
  }

  @Test func oneChangedBitChangesTheHash() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("a", to: "x/y")
    let before = try FolderTree.hash(of: scratch.path)
    try scratch.write("a", to: "x/y", isExecutable: true)
    let executable = try FolderTree.hash(of: scratch.path)
    try scratch.write("b", to: "x/y", isExecutable: true)
    let changed = try FolderTree.hash(of: scratch.path)
    #expect(Set([before, executable, changed]).count == 3)
  }

  @Test func theGeneratedPageOfASuiteDoesNotChangeItsHashAndAnotherOneDoes() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("a", to: "recipe.yml")
    let bare = try FolderTree.hash(of: scratch.path, ignoring: FolderTree.generated)
    try scratch.write("page", to: "PARITY.md")
    try scratch.write("cache", to: "functional/__pycache__/x.pyc")
    try scratch.write("cache", to: "x.pyc")
    #expect(try FolderTree.hash(of: scratch.path, ignoring: FolderTree.generated) == bare)
    try scratch.write("page", to: "functional/PARITY.md")
    #expect(try FolderTree.hash(of: scratch.path, ignoring: FolderTree.generated) != bare)
  }

  @Test func anEmptyFolderIsTheEmptyTreeAndAMissingOneAnError() async throws {
    let scratch = try ScratchFolder()
    let empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    #expect(try FolderTree.hash(of: scratch.path) == empty)
    try scratch.write("x", to: "file")
    let missing = await codeThrown { _ = try FolderTree.hash(of: "\(scratch.path)/none") }
    let file = await codeThrown { _ = try FolderTree.hash(of: "\(scratch.path)/file") }
    #expect(missing == .unreadable(.absent))
    #expect(file == .unreadable(.notAFolder))
  }

  private static func create(_ path: [UInt8]) -> Bool {
    let descriptor = (path + [0]).withUnsafeBytes { raw in
      raw.withMemoryRebound(to: CChar.self) { field in
        field.baseAddress.map { open($0, O_WRONLY | O_CREAT, 0o644) } ?? -1
      }
    }
    return descriptor >= 0 && close(descriptor) == 0
  }
}

@Suite struct DiskPathTests {
  @Test(arguments: [
    (Array("plain é.py".utf8), "plain é.py"),
    ([0x63, 0xE9, 0x2E], "c\\xE9."),
    (Array("a\u{1B}[31m\n".utf8), "a\\x1B[31m\\x0A"),
    (Array("\\xE9".utf8), "\\x5CxE9"),
    ([0xC2, 0x9B], "\\xC2\\x9B"),
    ([0xE2, 0x82], "\\xE2\\x82"),
    ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"),
  ])
  func bytesThatAreNoTextAreShownAsHexadecimal(bytes: [UInt8], shown: String) {
    #expect(DiskPath.shown(bytes) == shown)
  }

  @Test func aPipeIsRefusedAndNotWaitedFor() throws {
    let scratch = try ScratchFolder()
    #expect(mkfifo("\(scratch.path)/pipe", 0o600) == 0)
    #expect(throws: DiskPath.Failure.notAFile) {
      try DiskPath("\(scratch.path)/pipe").contents()
    }
  }

  @Test func aLinkIsNotReadUnlessItIsToBeFollowed() throws {
    let scratch = try ScratchFolder()
    try scratch.write("x", to: "file")
    try scratch.link("alias", to: "file")
    let alias = DiskPath("\(scratch.path)/alias")
    #expect(throws: DiskPath.Failure.linkLoop) { try alias.contents() }
    #expect(try alias.contents(followingLinks: true) == [0x78])
  }

  @Test func aFileOverTheLimitIsTooLarge() throws {
    let scratch = try ScratchFolder()
    try scratch.write("1234", to: "file")
    let file = DiskPath("\(scratch.path)/file")
    #expect(try file.contents(limit: 4).count == 4)
    #expect(throws: DiskPath.Failure.tooLarge) { try file.contents(limit: 3) }
  }
}
