import Testing

@testable import SwarmDeployments

@Suite struct PlainArchiveTests {
  @Test func `A file and folders are packed as they are to be unpacked`() async throws {
    var scanner = TarScanner()
    try scanner.feed(try await PlainArchive.file("-a b", Array("hello".utf8)))
    #expect(scanner.isComplete)
    #expect(scanner.entries.map(\.path) == ["-a b"])
    #expect(scanner.entries.map(\.size) == [5])
    var folders = TarScanner()
    try folders.feed(try await PlainArchive.folders(["a", "a/b"]))
    #expect(folders.entries.map(\.path) == ["a", "a/b"])
    #expect(folders.entries.map(\.kind) == [.folder, .folder])
  }
}
