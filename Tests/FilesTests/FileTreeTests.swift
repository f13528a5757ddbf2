import Foundation
import Glibc
import Synchronization
import TemporaryFolders
import Testing

@testable import Files

/// Nothing below a tree leads out of it.
@Suite struct FileTreeTests {
  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private func code(_ body: () throws -> Void) -> DiskPath.Failure? {
    do {
      try body()
      return nil
    } catch {
      return (error as? FileError)?.code
    }
  }

  @Test func `Files are read by paths that are relative or absolute`() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "a/b/c")
    let tree = folder.tree
    #expect(Self.text(try tree.contents("a/b/c")) == "x")
    #expect(Self.text(try tree.contents(folder.path("a/./b//c"))) == "x")
    #expect(try tree.names(in: "a") == ["b"])
    #expect(try tree.names(in: "") == ["a"])
    #expect(try tree.contentsIfThere("a/none") == nil)
    #expect(tree.kind("a") == .folder)
    #expect(tree.kind("a/b/c") == .file(isExecutable: false, size: 1))
    #expect(tree.kind("none/none") == nil)
    #expect(code { _ = try tree.contents("a/b/c", limit: 0) } == .tooLarge)
  }

  @Test func `A path that leads out is refused before anything is looked at`() throws {
    let folder = try TemporaryFolder()
    try folder.write("secret", to: "secret")
    try folder.write("x", to: "in/x")
    let tree = FileTree(folder.path("in"))
    for path in ["../secret", "x/../../secret", "/etc/passwd", folder.path("secret"), "/"] {
      #expect(code { _ = try tree.contents(path) } == .outside, "\(path)")
      #expect(code { try tree.makeFolder(path) } == .outside, "\(path)")
      #expect(tree.kind(path) == nil, "\(path)")
    }
    // A neighbour with the same beginning is not inside.
    #expect(tree.relative(folder.path("inside/x")) == nil)
  }

  @Test func `A link is an error, whichever part of a path it is, and its target stays`() throws {
    let folder = try TemporaryFolder()
    try folder.write("secret", to: "elsewhere/secret")
    try folder.write("x", to: "in/x")
    symlink(folder.path("elsewhere"), folder.path("in/folder"))
    symlink(folder.path("elsewhere/secret"), folder.path("in/file"))
    symlink("x", folder.path("in/near"))
    let tree = FileTree(folder.path("in"))
    for path in ["file", "folder/secret", "near"] {
      #expect(code { _ = try tree.contents(path) } == .link, "\(path)")
      #expect(code { close(try tree.open(path, O_WRONLY | O_CREAT)) } == .link, "\(path)")
    }
    #expect(code { _ = try tree.names(in: "folder") } != nil)
    #expect(code { try tree.makeFolder("folder/new") } != nil)
    #expect(code { try AtomicFile.write("y".utf8, to: "folder/secret", in: tree) } != nil)
    #expect(try folder.text("elsewhere/secret") == "secret")

    // A link in a file's place is replaced; a folder's link is removed, and not what it leads to.
    try AtomicFile.write("y".utf8, to: "file", in: tree)
    #expect(tree.kind("file") == .file(isExecutable: false, size: 1))
    #expect(tree.remove("folder").isEmpty)
    #expect(try folder.names("elsewhere") == ["secret"])
    #expect(try folder.text("elsewhere/secret") == "secret")
  }

  @Test func `Links that stay inside are followed where that is asked for`() throws {
    let folder = try TemporaryFolder()
    try folder.write("secret", to: "secret")
    try folder.write("x", to: "in/real/x")
    symlink("real", folder.path("in/near"))
    symlink("../secret", folder.path("in/out"))
    symlink(folder.path("in/real/x"), folder.path("in/absolute"))
    let tree = FileTree(folder.path("in"), links: .inside)
    #expect(Self.text(try tree.contents("near/x")) == "x")
    #expect(code { _ = try tree.contents("out") } == .outside)
    // Where it leads is not known to be inside by its text.
    #expect(code { _ = try tree.contents("absolute") } == .outside)
  }

  @Test(.timeLimit(.minutes(1))) func `Pipes and devices are told and not waited for`() throws {
    let folder = try TemporaryFolder()
    mkfifo(folder.path("pipe"), 0o600)
    #expect(code { _ = try folder.tree.contents("pipe") } == .notAFile)
    #expect(code { close(try folder.tree.open("pipe", O_WRONLY | O_APPEND)) } == .notAFile)
    #expect(code { _ = try FileTree("/dev").contents("null") } == .notAFile)
    #expect(code { _ = try folder.tree.contents("") } == .notAFile)
  }

  @Test func `A tree is copied whole, and not at all through links`() throws {
    let folder = try TemporaryFolder()
    try folder.write("1", to: "from/run/a")
    try folder.write("2", to: "from/run/logs/b")
    try folder.write("kept", to: "elsewhere/b")
    let (from, to) = (FileTree(folder.path("from")), FileTree(folder.path("to")))
    try to.makeFolder("")
    try from.copy("run", to: "run", in: to)
    #expect(try folder.text("to/run/logs/b") == "2")
    #expect(code { try from.copy("run", to: "run", in: to) } == .exists)

    symlink(folder.path("elsewhere"), folder.path("from/run/link"))
    #expect(code { try from.copy("run", to: "other", in: to) } == .link)
    #expect(to.remove("run").isEmpty)
    #expect(try folder.text("elsewhere/b") == "kept")
    #expect(to.kind("run") == nil)
  }

  @Test func `Whatever a folder holds is removed with it`() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "run/closed/x")
    // Bytes that are no text.
    let name = Array((folder.path("run") + "/odd").utf8CString.dropLast()) + [-1, 0]
    let file = name.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { open($0, O_WRONLY | O_CREAT, 0o600) } ?? -1
    }
    #expect(file >= 0)
    close(file)
    chmod(folder.path("run/closed"), 0)
    #expect(folder.tree.remove("run").isEmpty)
    #expect(try folder.names() == [])
  }

  /// Somebody swaps a folder for a link and back as fast as they can.
  @Test(.timeLimit(.minutes(1))) func `A folder that is swapped for a link leads nowhere`() throws {
    let folder = try TemporaryFolder()
    try folder.write("secret", to: "elsewhere/x")
    try folder.write("own", to: "in/real/x")
    let tree = FileTree(folder.path("in"))
    let isDone = Mutex(false)
    let (real, aside) = (folder.path("in/real"), folder.path("in/aside"))
    let target = folder.path("elsewhere")
    let swapping = Thread {
      while !isDone.withLock({ $0 }) {
        rename(real, aside)
        symlink(target, real)
        unlink(real)
        rename(aside, real)
      }
    }
    swapping.start()
    defer { isDone.withLock { $0 = true } }
    var seen = 0
    var refused = 0
    for number in 0..<4_000 {
      switch Result(catching: { try tree.contents("real/x") }) {
      case .success(let bytes):
        seen += 1
        #expect(Self.text(bytes) == "own")
      case .failure: refused += 1
      }
      _ = try? AtomicFile.write("\(number)".utf8, to: "real/new", in: tree)
    }
    #expect(seen > 0 && refused > 0, "\(seen) \(refused)")
    #expect(try folder.names("elsewhere") == ["x"])
  }
}
