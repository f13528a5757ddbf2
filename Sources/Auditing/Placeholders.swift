import Evidence
import Formats

/// Values that differ between two equal runs, by their names. The names are put in their place in
/// what came from outside; what the suite wrote is left as it is.
struct Placeholders {
  private struct Entry {
    var value: [UInt8]
    var name: [UInt8]
    /// A port: it is no part of a longer number.
    var isNumber: Bool
  }

  /// Longest value first, so that a value inside another does not break it.
  private let entries: [Entry]

  /// - Parameter fresh: What was made for the check that it is about.
  init(_ record: RunRecord, fresh: [String: String] = [:]) {
    var values = record.values.merging(fresh) { $1 }
    if let marker = fresh["marker"].map(Marker.init(text:)) {
      for name in Marker.names { values[name] = marker.value(of: name) }
    }
    values["run"] = record.header.id
    for operation in record.stages.flatMap(\.operations) {
      if let id = operation.facts["id"] { values["snapshot"] = id }
    }
    entries = values.filter { $0.value.utf8.count > 2 }
      .sorted { ($1.value.utf8.count, $0.key) < ($0.value.utf8.count, $1.key) }
      .map { name, value in
        // Of a merged record: `port.db.5432#2` is the second run's, and called alike.
        Entry(
          value: Array(value.utf8),
          name: Array("{{\(name.prefix { $0 != "#" })}}".utf8),
          isNumber: value.utf8.allSatisfy(Self.isDigit)
        )
      }
  }

  // MARK: What came from outside

  /// As coverage holds it: the log of a service that died is the run's own.
  func apply(to reason: Reason) -> Reason {
    reason.mapOutside(text: apply, assertion: apply) { note in
      if case .died(let service, let ending, _) = note {
        return .died(service: service, ending: ending, log: "")
      }
      return note.mapTexts(apply)
    }
  }

  func apply(to outcome: Outcome) -> Outcome { outcome.mapReason(apply) }

  func apply(to result: ControlRecord.Result) -> ControlRecord.Result {
    switch result {
    case .failed, .passed: result
    case .broken(let reason): .broken(reason: apply(to: reason))
    case .notPossible(let reason): .notPossible(reason: apply(to: reason))
    }
  }

  /// As coverage holds it: what was there is told only of what does not hold, and never how long
  /// something took.
  func apply(to assertion: Assertion) -> Assertion {
    if assertion.holds { return assertion.asserted }
    var copy = assertion
    copy.filled = nil
    switch assertion.actual {
    case _ where assertion.subject == .duration: copy.actual = .absent
    case .value(let value): copy.actual = .value(apply(to: value))
    case .excerpt, .unreadable, .absent: copy.actual = assertion.actual.mapTexts(apply)
    }
    return copy
  }

  /// Texts, keys and whole numbers at every depth.
  func apply(to value: JSONValue) -> JSONValue {
    switch value {
    case .null, .bool, .number: value
    case .int(let number):
      entries.first { $0.value.elementsEqual(String(number).utf8) }
        .map { .string(String(decoding: $0.name, as: UTF8.self)) } ?? value
    case .string(let text): .string(apply(to: text))
    case .array(let elements): .array(elements.map(apply))
    case .object(let object):
      .object(JSONObject(object.members.map { (apply(to: $0.key), apply(to: $0.value)) }))
    }
  }

  func apply(to text: String) -> String {
    var bytes = Array(text.utf8)
    for entry in entries where bytes.count >= entry.value.count {
      bytes = Self.replacing(entry, in: bytes)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: Bytes

  private static func replacing(_ entry: Entry, in bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var start = 0
    while let found = place(of: entry, in: bytes, from: start) {
      result += bytes[start..<found]
      result += entry.name
      start = found + entry.value.count
    }
    return start == 0 ? bytes : result + bytes[start...]
  }

  /// Where a value, which is not empty, begins; the standard library's search is many times slower.
  private static func place(of entry: Entry, in bytes: [UInt8], from start: Int) -> Int? {
    let value = entry.value
    guard bytes.count - start >= value.count else { return nil }
    return (start...(bytes.count - value.count)).first { place in
      let end = place + value.count
      guard bytes[place] == value[0], bytes[place..<end].elementsEqual(value) else { return false }
      guard entry.isNumber else { return true }
      return !(place > 0 && isDigit(bytes[place - 1]) || end < bytes.count && isDigit(bytes[end]))
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
