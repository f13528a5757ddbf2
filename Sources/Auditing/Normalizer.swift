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
      // Of a merged record: `port db 5432#2` is the second run's, and called alike.
      .map { (Array($0.value.utf8), Array("{{\($0.key.prefix { $0 != "#" })}}".utf8)) }
  }

  func text(_ text: String) -> String {
    var bytes = Array(text.utf8)
    for (value, name) in replacements where bytes.count >= value.count {
      bytes = Self.replace(value, with: name, in: bytes)
    }
    var result = String(decoding: bytes, as: UTF8.self)
    // Few texts tell of a folder or a wait, and this is done for every line of every check.
    if Self.place(of: Self.scratch, in: bytes, from: 0) != nil {
      result = Self.withoutFolders(result)
    }
    return Self.place(of: Self.after, in: bytes, from: 0) == nil
      ? result : Self.withoutWaits(result)
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

  private static let scratch = Array("/tmp/parity-".utf8)
  private static let after = Array(" after ".utf8)

  private static func replace(_ value: [UInt8], with name: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    guard var found = place(of: value, in: bytes, from: 0) else { return bytes }
    var result: [UInt8] = []
    var start = 0
    while true {
      result += bytes[start..<found]
      result += name
      start = found + value.count
      guard let next = place(of: value, in: bytes, from: start) else { break }
      found = next
    }
    return result + bytes[start...]
  }

  /// Where `part`, which is not empty, begins; the standard library's search is many times slower.
  private static func place(of part: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count - start >= part.count else { return nil }
    for place in start...(bytes.count - part.count) where bytes[place] == part[0] {
      if bytes[place..<(place + part.count)].elementsEqual(part) { return place }
    }
    return nil
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
