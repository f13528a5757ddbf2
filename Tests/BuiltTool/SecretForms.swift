package import Foundation

/// The forms in which a secret may have been written somewhere.
package struct SecretForms: Sendable {
  private let forms: [Data]

  package init(of value: String) {
    let urls = ["%02X", "%02x"].map { format in
      value.utf8.map { byte in
        let scalar = UnicodeScalar(byte)
        return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          ? String(scalar) : "%" + String(format: format, Int(byte))
      }.joined()
    }
    let json = value.replacingOccurrences(of: "/", with: "\\/")
    let xml = value.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
    // What base64 makes of it depends on what stands before it, by three positions.
    let base64 = (0..<3).map { shift -> String in
      let bytes = Array(repeating: UInt8(0x78), count: shift) + Array(value.utf8)
      let text = Data(bytes).base64EncodedString().replacingOccurrences(of: "=", with: "")
      return String(text.dropFirst(shift == 0 ? 0 : shift + 1).dropLast(2))
    }
    // Half of it, as what cuts a text before it is known for secret leaves it.
    let length = 9
    let pieces =
      value.count < 2 * length
      ? []
      : value.indices.dropLast(length - 1).map {
        String(value[$0...].prefix(length))
      }
    forms = ([value, json, xml] + urls + base64 + pieces).map { Data($0.utf8) }
  }

  /// The form that the data hold; nil where they hold none.
  package func found(in data: Data) -> String? {
    forms.first { data.range(of: $0) != nil }.map { String(decoding: $0, as: UTF8.self) }
  }

  package func found(in text: String) -> String? { found(in: Data(text.utf8)) }
}
