package import Evidence
package import Formats
import FoundationEssentials

/// How a value is made of others.
package struct ValueFunction: Sendable {
  package enum Kind: Sendable {
    case base64
    case sha256
    case hmac(KeyedDigest, key: Template)
  }

  package enum Form: String, Sendable, CaseIterable { case hex, base64, base64url }

  package var kind: Kind
  package var text: Template
  package var form: Form

  /// All that it is made of, for the names in it.
  var inputs: Template {
    guard case .hmac(_, let key) = kind else { return text }
    return Template(parts: key.parts + text.parts, place: text.place ?? key.place)
  }

  /// - Parameter fill: gives a template with its values.
  package func value<Failure: Error>(
    _ fill: (Template) throws(Failure) -> String
  ) throws(Failure) -> String {
    let text = Array(try fill(text).utf8)
    let bytes: [UInt8] =
      switch kind {
      case .base64: text
      case .sha256: Digest.sha256.bytes(of: text)
      case .hmac(let digest, let key): digest.bytes(of: text, key: Array(try fill(key).utf8))
      }
    switch form {
    case .hex: return Hexadecimal.text(of: bytes)
    case .base64: return Data(bytes).base64EncodedString()
    case .base64url:
      return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        .replacing("=", with: "")
    }
  }
}
