import SeededGenerators
import Testing

@testable import Formats

struct ObjectDigestTests {
  private static let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

  @Test(
    "SHA-256 gives the values that FIPS 180-4's examples give",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (twoBlocks, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    ]
  )
  func sha256(text: String, expected: String) {
    #expect(SHA256.hexDigest(of: text) == expected)
  }

  @Test(
    "SHA-1 gives the values that FIPS 180-4's examples give",
    arguments: [
      ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
      ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      (twoBlocks, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    ]
  )
  func sha1(text: String, expected: String) {
    #expect(SHA1.hexDigest(of: text) == expected)
  }

  @Test("A million letters have the published digests")
  func million() {
    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(
      SHA256.hexDigest(of: letters)
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    )
    #expect(SHA1.hexDigest(of: letters) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
  }

  @Test("Where the bytes are cut makes no difference", arguments: 0..<130)
  func pieces(count: Int) {
    let bytes = (0..<count).map { UInt8($0) }
    var generator = SeededGenerator(seed: UInt64(count))
    var sha256 = SHA256()
    var sha1 = SHA1()
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(1 + generator.below(70)))
      rest = rest.dropFirst(piece.count)
      sha256.update(piece)
      sha1.update(piece)
      _ = sha256.finalize()
    }
    #expect(Hexadecimal.text(of: sha256.finalize()) == SHA256.hexDigest(of: bytes))
    #expect(Hexadecimal.text(of: sha1.finalize()) == SHA1.hexDigest(of: bytes))
  }

  @Test("Blobs and trees have the ids that git gives them")
  func git() {
    #expect(ObjectDigest.blobID(of: []) == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
    #expect(
      ObjectDigest.blobID(of: Array("hello\n".utf8)) == "ce013625030ba8dba906f756967f9e9ca394464a"
    )
    #expect(ObjectDigest.treeID(of: []) == "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
    let hello = "ce013625030ba8dba906f756967f9e9ca394464a"
    let folder = ObjectDigest.treeID(of: [.init(mode: .file, name: "x", id: hello)])
    let entries: [ObjectDigest.Entry] = [
      .init(mode: .directory, name: "a", id: folder ?? ""),
      .init(mode: .file, name: "a.txt", id: hello),
      .init(mode: .executable, name: "a0", id: hello),
      .init(mode: .symbolicLink, name: "b", id: hello),
    ]
    let expected = "9957df07a2d31a6ae67b9dd23e842371ddfa723b"
    #expect(ObjectDigest.treeID(of: entries) == expected)
    #expect(ObjectDigest.treeID(of: entries.reversed()) == expected)
  }

  @Test(
    "A tree with an entry that git could not have has no id",
    arguments: [("", 40), ("a/b", 40), ("a\0", 40), ("a", 39), ("a", 42)]
  )
  func invalid(name: String, digits: Int) {
    let id = String(repeating: "0", count: digits)
    #expect(ObjectDigest.treeID(of: [.init(mode: .file, name: name, id: id)]) == nil)
  }

  @Test("A tree with a name twice has no id")
  func twice() {
    let entry = ObjectDigest.Entry(mode: .file, name: "a", id: String(repeating: "0", count: 40))
    #expect(ObjectDigest.treeID(of: [entry, entry]) == nil)
  }
}
