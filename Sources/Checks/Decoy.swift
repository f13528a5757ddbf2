import Formats
import FoundationEssentials

/// Values that were never sent, in the form of those that were.
enum Decoy {
  /// A value with each real text in it replaced, also where that stands in it as Base64 or hex; nil
  /// where it holds none.
  static func replacing(_ pairs: [(real: String, decoy: String)], in value: JSONValue) -> JSONValue?
  {
    switch value {
    case .string(let text):
      return replacing(pairs, in: text).map { .string($0) }
    case .array(let items):
      let others = items.map { replacing(pairs, in: $0) }
      guard others.contains(where: { $0 != nil }) else { return nil }
      return .array(zip(items, others).map { $1 ?? $0 })
    case .object(let object):
      let others = object.members.map { ($0.key, $0.value, replacing(pairs, in: $0.value)) }
      guard others.contains(where: { $0.2 != nil }) else { return nil }
      return .object(JSONObject(others.map { ($0.0, $0.2 ?? $0.1) }))
    case .null, .bool, .int, .number: return nil
    }
  }

  private static func replacing(_ pairs: [(real: String, decoy: String)], in text: String)
    -> String?
  {
    func plain(_ text: String) -> String? {
      var other = text
      for pair in pairs where !pair.real.isEmpty {
        other = other.replacing(pair.real, with: pair.decoy)
      }
      return other == text ? nil : other
    }
    if let other = plain(text) { return other }
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    let padded = standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    if let bytes = Data(base64Encoded: padded),
      let other = plain(String(decoding: bytes, as: UTF8.self))
    {
      let encoded = Data(other.utf8).base64EncodedString()
      return text.contains("=") ? encoded : encoded.replacing("=", with: "")
    }
    if let bytes = Hexadecimal.bytes(of: text),
      let other = plain(String(decoding: bytes, as: UTF8.self))
    {
      return Hexadecimal.text(of: Array(other.utf8))
    }
    return nil
  }

  /// Another value of the same form: a number for a number, a UUID for a UUID.
  static func beside(_ value: JSONValue, named name: String) -> JSONValue? {
    switch value {
    case .int(let number):
      // An identifier of four bytes stays one.
      let (other, isTooLarge) = number.addingReportingOverflow(1_000_003)
      return .int(isTooLarge ? number - 1_000_003 : other)
    case .string(let text):
      if let number = Int64(text) {
        return beside(.int(number), named: name).map { .string("\($0)") }
      }
      if UUID(uuidString: text) != nil {
        let other = UUID().uuidString
        return .string(text.contains { $0.isUppercase } ? other : other.lowercased())
      }
      return .string(name)
    case .array(let items): return .array(items.map { beside($0, named: name) ?? $0 })
    case .null, .bool, .number, .object: return nil
    }
  }
}
