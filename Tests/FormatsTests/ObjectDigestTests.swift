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
    #expect(Digest.sha256.text(of: text) == expected)
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
    #expect(Digest.sha1.text(of: text) == expected)
  }

  @Test("A million letters have the published digests")
  func million() {
    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(
      Digest.sha256.text(of: letters)
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    )
    #expect(Digest.sha1.text(of: letters) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
  }

  @Test("Blobs have the ids that git gives them")
  func git() {
    #expect(ObjectDigest.blobID(of: []) == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
    #expect(
      ObjectDigest.blobID(of: Array("hello\n".utf8)) == "ce013625030ba8dba906f756967f9e9ca394464a"
    )
  }
}

struct KeyedDigestTests {
  /// The second test case of RFC 2202 and RFC 4231.
  @Test(arguments: [
    (KeyedDigest.sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    (.sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (
      .sha512,
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
    ),
  ])
  func theVectorsOfTheRFCs(_ digest: KeyedDigest, _ text: String) {
    let bytes = digest.bytes(
      of: Array("what do ya want for nothing?".utf8),
      key: Array("Jefe".utf8)
    )
    #expect(Hexadecimal.text(of: bytes) == text)
  }

  @Test func anEmptyKeyIsNotTheLastOne() {
    let text = Array("x".utf8)
    _ = KeyedDigest.sha256.bytes(of: text, key: Array("Jefe".utf8))
    #expect(
      Hexadecimal.text(of: KeyedDigest.sha256.bytes(of: text, key: []))
        == "4cbc96099a6467ce002461f10549b4898265ebe6188b45efacc44293516e62c4"
    )
  }
}
