/// Removes secret values from text, whatever form they were written in.
///
/// In place of a secret stands `[secret:NAME]`. A secret is found as it is, percent-encoded (both
/// cases of digits, `+` for a space), escaped as in JSON and in the reprs of common languages
/// (`\"`, `\/`, `\n`, `\u00e9`, `\x22`), as XML or HTML references (`&amp;`, `&#38;`, `&#x26;`), and
/// inside base64 of either alphabet. The forms may be mixed, character by character. In base64 the
/// characters that the secret alone determines are replaced; one on either side may remain, which
/// tells at most four bits of the first and the last byte. Not found are base64 broken into lines,
/// a form inside another form (percent-encoded twice), and a secret printed in pieces.
///
/// Of a secret of several lines each long line is one too.
///
/// Where secrets begin at the same place the longest counts. Of overlapping secrets nothing remains:
/// their masks stand one after the other.
package struct Redactor: Sendable {
  /// Shorter secrets, in Unicode scalars, would mask what is none.
  static let leastLength = 8

  /// The secrets that `redact` does not look for, in the order of their names. Mask them where they
  /// are known to stand, and report them.
  package let maskedOnlyInPlace: [Exemption]

  let table: RedactionTable

  /// Takes secrets in any order.
  ///
  /// - Parameter reserved: Names of services, stores and users; a secret equal to one of them, byte
  ///   by byte, is not looked for.
  /// - Throws: `blankSecret` for a value of nothing but white space, `invalidName` for a name that is
  ///   not made of ASCII letters, digits and `_ - . /`.
  package init(secrets: [Secret], reserved: Set<String> = []) throws(RedactorError) {
    var exempt: [Exemption] = []
    var sought: [Secret] = []
    for secret in secrets.sorted(by: Secret.precedes) {
      guard Secret.isValid(name: secret.name) else { throw .invalidName(secret.name) }
      guard !secret.content.isEmpty else { throw .blankSecret(secret.name) }
      if reserved.contains(where: { UTF8Order.areEqual($0, secret.content) }) {
        exempt.append(Exemption(name: secret.name, reason: .reserved))
      } else if secret.content.unicodeScalars.count < Self.leastLength {
        exempt.append(Exemption(name: secret.name, reason: .short))
      } else {
        sought.append(secret)
      }
    }
    maskedOnlyInPlace = exempt
    table = RedactionTable(sought + sought.flatMap(\.lines))
  }

  /// What stands in place of the secret called `name`.
  static func mask(for name: String) -> String { "[secret:\(name)]" }

  /// The bytes without secrets; as many bytes again are needed for the result.
  package func redact(_ bytes: [UInt8]) -> [UInt8] {
    var stream = stream()
    var output = stream.feed(bytes)
    output += stream.finish()
    return output
  }

  /// The text without secrets.
  package func redact(_ text: String) -> String {
    String(decoding: redact(Array(text.utf8)), as: UTF8.self)
  }

  /// A new stream; the redactor itself does not change and may serve many.
  package func stream() -> Stream {
    Stream(table: table)
  }
}

extension Redactor {
  /// A value to keep out of everything written. It never describes its value.
  package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }

    /// A value that turned up under any name: what no name can hold becomes `_`, since a secret
    /// that is not looked for because of its name would be written.
    package init(learned name: String, value: String) {
      let letters = name.unicodeScalars.map { scalar in
        Self.isValid(name: String(scalar)) ? Character(scalar) : "_"
      }
      self.init(name: letters.isEmpty ? "captured" : String(letters), value: value)
    }

    package var description: String { Redactor.mask(for: name) }
    package var customMirror: Mirror { Mirror(self, children: ["name": name]) }

    /// The value without white space at its ends, which files and shells add and drop.
    var content: String {
      func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
      let bytes = Array(value.utf8)
      guard let first = bytes.firstIndex(where: { !isSpace($0) }),
        let last = bytes.lastIndex(where: { !isSpace($0) })
      else { return "" }
      return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// Lines that are secret by themselves, of a secret of several: what prints a text line by line, or says
    /// its last one, has the others cut off.
    var lines: [Secret] {
      let lines = content.split(whereSeparator: \.isNewline)
      guard lines.count > 1 else { return [] }
      // The frame of a key is no secret, nor is a bracket.
      return lines.filter { $0.utf8.count >= 16 && !$0.hasPrefix("-----") }
        .map { Secret(name: name, value: String($0)) }
    }

    static func precedes(_ lhs: Secret, _ rhs: Secret) -> Bool {
      let order = UTF8Order.compare(lhs.name, rhs.name)
      return order == 0 ? UTF8Order.precedes(lhs.value, rhs.value) : order < 0
    }

    static func isValid(name: String) -> Bool {
      !name.isEmpty
        && name.utf8.allSatisfy {
          let character = Character(Unicode.Scalar($0))
          return $0 < 0x80 && (character.isLetter || character.isNumber)
            || "_-./".utf8.contains($0)
        }
    }
  }

  /// A secret that is masked in its own place only, and why.
  package struct Exemption: Sendable, Hashable {
    package enum Reason: Sendable, CaseIterable {
      /// Under `Redactor.leastLength`.
      case short
      /// Equal to a reserved name.
      case reserved
    }

    package let name: String
    let reason: Reason
  }
}

/// Why secrets cannot be looked for. It never holds a value.
package enum RedactorError: Error, Hashable, CustomStringConvertible {
  case blankSecret(String)
  case invalidName(String)

  package var description: String {
    switch self {
    case .blankSecret(let name): "secret \(name) is empty or white space"
    case .invalidName(let name):
      "secret name \(JSONValue.string(name)) has other characters than letters, digits and _ - . /"
    }
  }
}
