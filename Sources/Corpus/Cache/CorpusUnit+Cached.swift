import Formats

extension CorpusUnit {
  /// The unit as an entry of the cache has it.
  var cached: JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
    return [
      "script": .string(script), "function": text(function), "about": .string(about),
      "first": number(lines.lowerBound), "last": number(lines.upperBound), "hash": .string(hash),
      "cases": fingerprint.cases.map(number) ?? .null,
      "requests": .array(
        requests.map { [.string($0.description), number($0.line)] }
      ),
      "systems": .array(
        systems.map { [.string($0.kind.rawValue), .string($0.text), number($0.line)] }
      ),
      "assertions": .array(
        assertions.map {
          [
            text($0.source), .string($0.subject.description), .string($0.condition.description),
            number($0.line),
          ]
        }
      ),
      "unread": .array(unread.map { [number($0.line), .string($0.reason)] }),
    ]
  }

  /// From an entry; nil where it is none, or one of another script.
  init?(cached value: JSONValue, of script: CorpusScript) {
    func number(_ value: JSONValue?) -> Int? { value?.intValue.flatMap { Int(exactly: $0) } }
    func rows(_ name: String) -> [[JSONValue]]? {
      value[name]?.arrayValue?.compactMap(\.arrayValue)
    }
    guard value["hash"]?.stringValue == script.hash, let about = value["about"]?.stringValue,
      let first = number(value["first"]), let last = number(value["last"]), 1 <= first,
      first <= last, let requests = rows("requests"), let systems = rows("systems"),
      let assertions = rows("assertions"), let unread = rows("unread")
    else { return nil }
    var fingerprint = Fingerprint()
    fingerprint.cases = number(value["cases"])
    var notes: [Unread] = []
    for row in requests {
      guard row.count == 2, let text = row[0].stringValue, var request = CorpusRequest(text),
        let line = number(row[1])
      else { return nil }
      request.line = line
      fingerprint.requests.append(request)
    }
    for row in systems {
      guard row.count == 3, let kind = row[0].stringValue.flatMap(CorpusSystem.Kind.init),
        let text = row[1].stringValue, let line = number(row[2])
      else { return nil }
      fingerprint.systems.append(CorpusSystem(kind: kind, text: text, line: line))
    }
    for row in assertions {
      guard row.count == 4, let text = row[1].stringValue,
        let subject = CorpusAssertion.Subject(text), let words = row[2].stringValue,
        let condition = CorpusAssertion.Condition(words, of: subject), let line = number(row[3])
      else { return nil }
      fingerprint.assertions.append(
        CorpusAssertion(
          source: row[0].stringValue,
          subject: subject,
          condition: condition,
          line: line
        )
      )
    }
    for row in unread {
      guard row.count == 2, let line = number(row[0]), let reason = row[1].stringValue else {
        return nil
      }
      notes.append(Unread(line: line, reason: reason))
    }
    self = script.unit(
      value["function"]?.stringValue,
      about: about,
      lines: first...last,
      fingerprint,
      notes
    )
  }
}
