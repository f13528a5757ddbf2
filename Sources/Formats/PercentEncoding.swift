/// Percent-encoding of text in URLs and forms.
package struct PercentEncoding: Sendable {
  /// As web forms have it: `+` for a space, and `~` encoded.
  var isForm: Bool
  /// In the case of the digits.
  var isUppercase: Bool

  package init(isForm: Bool = false, isUppercase: Bool = true) {
    self.isForm = isForm
    self.isUppercase = isUppercase
  }

  /// - Parameter kept: characters that stand for themselves, beside the unreserved ones of RFC 3986:
  ///   letters, digits and `-._~`.
  package func text(of text: String, keeping kept: String = "") -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case _ where byte.isASCIILetterOrDigit, UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"):
        bytes.append(byte)
      case UInt8(ascii: "~") where !isForm, _ where kept.utf8.contains(byte): bytes.append(byte)
      case UInt8(ascii: " ") where isForm: bytes.append(UInt8(ascii: "+"))
      default: bytes += Array("%\(Hexadecimal.text(of: [byte], isUppercase: isUppercase))".utf8)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension String {
  /// For a part of a query: everything but RFC 3986's unreserved characters is encoded.
  package var percentEncoded: String { PercentEncoding().text(of: self) }
}
