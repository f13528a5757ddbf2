import TemporaryFolders
import Testing

@testable import Files

@Suite struct AtomicFileTests {
  @Test func `A file is replaced and nothing stands beside it`() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write("one".utf8, to: folder.path("a"), in: folder.tree)
    try AtomicFile.write("two".utf8, to: folder.path("a"), in: folder.tree)
    #expect(try folder.text("a") == "two")
    #expect(try folder.names() == ["a"])
  }

  @Test func `A file that is not committed leaves the old one`() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write("old".utf8, to: folder.path("a"), in: folder.tree)
    do {
      let file = try AtomicFile(folder.path("a"), in: folder.tree)
      try file.write("new".utf8)
      try file.flush()
      // Without a name, nothing of it is left when the process is killed here.
      #expect(try folder.names() == ["a"])
    }
    #expect(try folder.text("a") == "old")
    #expect(try folder.names() == ["a"])
  }

  @Test func `Files that wait are put in their places one by one`() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write("old".utf8, to: folder.path("b"), in: folder.tree)
    let first = try AtomicFile.prepared("one".utf8, at: folder.path("a"), in: folder.tree)
    let second = try AtomicFile.prepared("two".utf8, at: folder.path("b"), in: folder.tree)
    #expect(try folder.text("b") == "old")
    try first.commit()
    try second.commit()
    #expect(try folder.text("a") == "one")
    #expect(try folder.text("b") == "two")
    #expect(try folder.names().sorted() == ["a", "b"])
  }

  @Test func `Where files cannot be nameless they have a name of their own until then`() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write("old".utf8, to: folder.path("a"), in: folder.tree)
    do {
      let file = try AtomicFile(folder.path("a"), in: folder.tree, mayBeNameless: false)
      try file.write("lost".utf8)
      #expect(try folder.names().count == 2)
    }
    #expect(try folder.names() == ["a"])
    let file = try AtomicFile(folder.path("a"), in: folder.tree, mayBeNameless: false)
    try file.write("new".utf8)
    try file.commit()
    #expect(try folder.text("a") == "new")
    #expect(try folder.names() == ["a"])
  }

  @Test func `A folder that is not there is an error with the file's name`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("no/such/file")
    let error = #expect(throws: FileError.self) {
      try AtomicFile.write("x".utf8, to: path, in: folder.tree)
    }
    #expect(error?.path == path)
    #expect(error?.description == "\(path): cannot be written: does not exist")
  }

  @Test func `A file that cannot take its place leaves no rest`() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "a/b")
    #expect(throws: FileError.self) {
      try AtomicFile.write("x".utf8, to: folder.path("a"), in: folder.tree)
    }
    #expect(try folder.names() == ["a"])
  }
}
