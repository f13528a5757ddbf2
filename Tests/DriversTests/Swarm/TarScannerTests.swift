import Deployments
import Formats
import Glibc
import Programs
import Testing

@testable import SwarmDeployments

@Suite struct TarScannerTests {
  private func scan(_ bytes: [UInt8], pieces: Int = .max) throws -> TarScanner {
    var scanner = TarScanner()
    var rest = bytes[...]
    while !rest.isEmpty {
      try scanner.feed(Array(rest.prefix(pieces)))
      rest = rest.dropFirst(pieces)
    }
    return scanner
  }

  @Test(arguments: [1, 7, 511, 512, 513, 100_000])
  func `Entries and where their content lies are the same however the bytes come`(pieces: Int)
    throws
  {
    var writer = TarWriter()
    writer.add(folder: "data")
    writer.add(file: "data/a.sql", Array("hello".utf8))
    writer.add(file: "data/empty", [])
    writer.add(file: "data/big", [UInt8](repeating: 7, count: 1025))
    let bytes = writer.finished()
    let scanner = try scan(bytes, pieces: pieces)
    #expect(scanner.isComplete)
    #expect(scanner.entries.map(\.path) == ["data", "data/a.sql", "data/empty", "data/big"])
    #expect(scanner.entries.map(\.kind) == [.folder, .file, .file, .file])
    #expect(scanner.entries.map(\.size) == [0, 5, 0, 1025])
    let first = scanner.entries[1]
    #expect(Array(bytes[first.offset..<(first.offset + first.size)]) == Array("hello".utf8))
    let big = scanner.entries[3]
    #expect(bytes[big.offset..<(big.offset + big.size)].allSatisfy { $0 == 7 })
  }

  @Test func `A name that ustar has no room for comes back whole`() throws {
    let long = "data/" + String(repeating: "x", count: 300) + "é.sql"
    var writer = TarWriter()
    writer.add(file: long, [1, 2, 3])
    writer.add(file: "short", [4])
    let scanner = try scan(writer.finished())
    #expect(scanner.entries.map(\.path) == [long, "short"])
    #expect(scanner.entries.map(\.size) == [3, 1])
  }

  @Test func `An archive that was cut has no end`() throws {
    var writer = TarWriter()
    writer.add(file: "a", [UInt8](repeating: 1, count: 2000))
    let whole = writer.finished()
    for count in [100, 512, 700, 2000, whole.count - 1024] {
      #expect(!(try scan(Array(whole.prefix(count))).isComplete))
    }
    #expect(try scan(whole).isComplete)
  }

  /// Each of them once ended the process.
  @Test(arguments: ["99999999999", "7x777777777", "           "])
  func `A size that is none is refused, or none at all`(size: String) throws {
    var writer = TarWriter()
    writer.add(file: "a", [])
    var bytes = writer.finished()
    bytes.replaceSubrange(124..<135, with: Array(size.utf8))
    bytes.replaceSubrange(148..<156, with: Array("        ".utf8))
    let sum = bytes[..<512].reduce(0) { $0 + Int($1) }
    bytes.replaceSubrange(
      148..<155,
      with: Array((String(sum, radix: 8) + "\0\0\0\0\0\0\0").utf8.prefix(7))
    )
    let scanner = try? scan(bytes)
    #expect(scanner?.entries.allSatisfy { $0.size >= 0 } ?? true)
  }

  @Test(arguments: ["-1", "9223372036854775807"])
  func `A size in a pax record that is none is refused`(size: String) throws {
    let record = "size=\(size)\n"
    let text = "\(record.utf8.count + 4) \(record)"
    let length = text.utf8.count
    let body = "\(length) \(record)"
    var pax = TarWriter()
    pax.add(file: "pax", Array(body.utf8))
    var bytes = pax.bytes
    bytes[156] = UInt8(ascii: "x")
    bytes.replaceSubrange(148..<156, with: Array("        ".utf8))
    let sum = bytes[..<512].reduce(0) { $0 + Int($1) }
    bytes.replaceSubrange(
      148..<155,
      with: Array((String(sum, radix: 8) + "\0\0\0\0\0\0\0").utf8.prefix(7))
    )
    var writer = TarWriter()
    writer.add(file: "a", [])
    let archive = bytes + writer.finished()
    #expect(throws: EngineError.self) { try scan(archive) }
  }

  @Test func `What is no archive is refused`() {
    #expect(throws: EngineError.self) { try scan([UInt8](repeating: 65, count: 512)) }
  }

  /// GNU tar and the engine write pax and GNU headers of their own.
  @Test(arguments: ["gnu", "pax", "ustar"])
  func `tar's own formats are read`(format: String) async throws {
    let folder = try RunFixture()
    let name = String(repeating: "n", count: 90)
    let root = folder.root + "/tree"
    let script = """
      mkdir -p "$1/\(name)" && cd "$1" && printf abc >"\(name)/file-with-a-long-name-0123456789" \
      && ln -s x link && touch -d @1000000000 "\(name)/file-with-a-long-name-0123456789" \
      && tar --format=\(format) -cf - .
      """
    let output = try await Program(path: "/bin/sh").run(
      Command(
        argv: ["sh", "-c", script, "sh", root],
        environment: ["PATH": "/usr/bin:/bin"],
        folder: "/"
      )
    )
    try #require(output.succeeded, "\(output.lastLine)")
    let entries = try scan(output.stdout).entries
    let file = try #require(entries.first { $0.kind == .file })
    #expect(file.path == "./\(name)/file-with-a-long-name-0123456789")
    #expect(file.size == 3)
    #expect(file.modified == 1_000_000_000)
    #expect(Array(output.stdout[file.offset..<(file.offset + 3)]) == Array("abc".utf8))
    #expect(entries.contains { $0.path == "./link" && $0.kind == .link })
  }

  /// What an inventory needs, out of archives as the engine writes them.
  @Test(arguments: ["gnu", "pax"])
  func `Contents, modes, links and empty folders are told`(format: String) async throws {
    let folder = try RunFixture()
    let target = String(repeating: "t/", count: 80) + "end"
    let script = """
      mkdir -p "$1/empty" && cd "$1" && printf abc >one && ln one two && ln -s "$2" link \
      && : >none && chmod 600 one && mkfifo pipe && chmod 3755 empty && head -c 5000 /dev/zero >zeros \
      && tar --format=\(format) --sort=name -cf - .
      """
    let output = try await Program(path: "/bin/sh").run(
      Command(
        argv: ["sh", "-c", script, "sh", folder.root + "/tree", target],
        environment: ["PATH": "/usr/bin:/bin"],
        folder: "/"
      )
    )
    try #require(output.succeeded, "\(output.lastLine)")
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    for pieces in [Int.max, 700, 13] {
      var scanner = TarScanner(hashing: 5_003)
      var rest = output.stdout[...]
      while !rest.isEmpty {
        try scanner.feed(Array(rest.prefix(pieces)))
        rest = rest.dropFirst(pieces)
      }
      let paths = SwarmContents.paths(scanner.entries)
      let found = Dictionary(uniqueKeysWithValues: paths.map { ($0.path, $0) })
      #expect(paths.map(\.path) == [".", "empty", "link", "none", "one", "pipe", "two", "zeros"])
      #expect(found["one"]?.hash == abc && found["one"]?.mode == 0o600)
      #expect(found["two"]?.kind == .file && found["two"]?.hash == abc && found["two"]?.size == 3)
      #expect(found["link"]?.kind == .link && found["link"]?.target == target)
      #expect(found["empty"]?.kind == .folder && found["empty"]?.mode == 0o3755)
      #expect(found["none"]?.hash == Digest.sha256.text(of: ""))
      #expect(found["pipe"]?.kind == .pipe)
      #expect(found["zeros"]?.hash == Digest.sha256.text(of: [UInt8](repeating: 0, count: 5_000)))
      #expect(found["one"]?.owner == Int(getuid()))
    }
    var limited = TarScanner(hashing: 2)
    try limited.feed(output.stdout)
    #expect(limited.entries.allSatisfy { $0.hash == nil || $0.size == 0 })
  }
}
