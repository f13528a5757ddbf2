import Evidence

/// Takes out of a text what differs between two equal runs.
struct Normalizer {
  /// Longest first, so that a value inside another does not break it.
  private let replacements: [(value: [UInt8], name: [UInt8])]

  init(record: RunRecord, fresh: [String: String] = [:]) {
    var values = record.values.merging(fresh) { $1 }
    values["run"] = record.header.id
    for operation in record.stages.flatMap(\.operations) {
      if let id = operation.facts["id"] { values["snapshot"] = id }
    }
    replacements = values.filter { $0.value.utf8.count > 2 }
      .sorted {
        ($1.value.utf8.count, $0.key) < ($0.value.utf8.count, $1.key)
      }
      .map { (Array($0.value.utf8), Array("{{\($0.key)}}".utf8)) }
  }

  func text(_ text: String) -> String {
    var bytes = Array(text.utf8)
    for (value, name) in replacements where bytes.count >= value.count {
      bytes = Self.replace(value, with: name, in: bytes)
    }
    return Self.withoutWaits(Self.withoutFolders(String(decoding: bytes, as: UTF8.self)))
  }

  /// A run's scratch folder, `/tmp/parity-` and eight characters that the driver draws.
  private static func withoutFolders(_ text: String) -> String {
    let beginning = "/tmp/parity-"
    var result = ""
    var rest = text[...]
    while let found = rest.firstRange(of: beginning) {
      result += rest[..<found.lowerBound]
      let name = rest[found.upperBound...].prefix(8)
      let isFolder = name.utf8.count == 8 && name.allSatisfy { $0.isLowercase || $0.isNumber }
      result += isFolder ? "{{folder}}" : beginning
      rest = rest[(isFolder ? name.endIndex : found.upperBound)...]
    }
    return result + rest
  }

  private static func replace(_ value: [UInt8], with name: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = bytes[...]
    while let found = rest.firstRange(of: value) {
      result += rest[..<found.lowerBound]
      result += name
      rest = rest[found.upperBound...]
    }
    return result.isEmpty && rest.count == bytes.count ? bytes : result + rest
  }

  /// `… after 12 tries in 3.2 s: …` and `… after 300.2 s of 300 s: …` lose their numbers.
  private static func withoutWaits(_ text: String) -> String {
    var result = text
    while let start = result.firstRange(of: " after ") {
      let tail = result[start.upperBound...]
      let phrase = tail.prefix { !":;,".contains($0) }
      guard let first = phrase.first, first.isNumber else {
        return result[..<start.upperBound] + withoutWaits(String(tail))
      }
      result.removeSubrange(start.lowerBound..<phrase.endIndex)
    }
    return result
  }
}
