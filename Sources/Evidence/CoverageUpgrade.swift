import Formats

/// Brings what older versions of this tool wrote into the form that `CoverageModel` decodes.
///
/// The number of the schema stays, since it says what the file cannot know. Files before schema 3
/// hold sentences: those of reasons are kept as they are, and assertions are read back by
/// `WrittenAssertion`.
enum CoverageUpgrade {
  static func upgraded(_ value: JSONValue) -> JSONValue {
    guard let schema = value["schema"]?.intValue, case .object(var model) = value else {
      return value
    }
    model.change("stores") { store in
      // A tool that took nothing away says nothing of it.
      if store["recovered"] == nil { store["recovered"] = notRecovered }
    }
    guard schema < 3 else { return .object(model) }
    model["policy"] = policy(model["claims"])
    model.change("claims", claim)
    model.change("checks", check)
    model.change("rungs", withReason)
    model.change("stores") { store in
      for name in ["upgrade", "dropped", "restored", "result"] {
        store.change(name, withReason)
      }
    }
    model.change("gate", gate)
    model.change("corpus") { corpus in
      corpus.change("units") { unit in
        unit.change("weaker", texts: gap)
        unit.change("unread", texts: gap)
      }
    }
    return .object(model)
  }

  private static let notRecovered: JSONValue = [
    "verdict": "unproven", "reason": ["code": ["stageDidNotRun": [:]], "notes": []],
  ]

  /// The number of the floor's statement: `At least 2 functional checks read back what they did.`
  private static func policy(_ claims: JSONValue?) -> JSONValue {
    let floor = claims?.arrayValue?.first { $0["id"]?.stringValue == "P3" }
    let digits = floor?["statement"]?.stringValue?.drop { !$0.isNumber }.prefix { $0.isNumber }
    return .object(["functionalChecks": .int(digits.flatMap { Int64($0) } ?? 2)])
  }

  private static func claim(_ claim: inout JSONObject) {
    let id = claim["id"]?.stringValue ?? ""
    let isOwnWord = id.hasPrefix("P2/") || id.hasPrefix("P3/")
    claim["about"] = isOwnWord ? claim["statement"] ?? .string("") : .string("")
    claim["statement"] = nil
    claim.change("verdict", withReason)
  }

  private static func check(_ check: inout JSONObject) {
    check["failsWhen"] = nil
    check.change("outcome", withReason)
    check.change("control") { $0.change("result", withReason) }
    check.change("evidence") { step in
      let violated = step["violated"]?.arrayValue?.compactMap(\.stringValue) ?? []
      let asserted = step["asserted"]?.arrayValue?.compactMap(\.stringValue) ?? []
      step["assertions"] = .array(asserted.map { WrittenAssertion($0, violated: violated).json })
      step["asserted"] = nil
      step["violated"] = nil
      if let act = step["act"]?.stringValue { step["act"] = .string(WrittenAssertion.act(act)) }
    }
  }

  private static func withReason(_ object: inout JSONObject) {
    guard let text = object["reason"]?.stringValue else { return }
    object["reason"] = .object([
      "code": .object(["told": .object(["text": .string(text)])]), "notes": .array([]),
    ])
  }

  private static func gap(_ text: String) -> JSONValue {
    .object([
      "kind": .string(PortGap.Kind.told.rawValue), "source": .string(text), "wanted": .string(""),
      "own": .array([]),
    ])
  }

  /// `TCP db:5432, GET /api/health`, `200, 302 with clickhouse = ok, postgres = ok`.
  private static func gate(_ gate: inout JSONObject) {
    let asked = gate["asked"]?.stringValue ?? ""
    for part in asked.split(separator: ", ") {
      if part.hasPrefix("TCP ") { gate["port"] = .string(String(part.dropFirst(4))) }
      if part.hasPrefix("GET ") { gate["path"] = .string(String(part.dropFirst(4))) }
    }
    let parts = (gate["accepts"]?.stringValue ?? "").split(separator: " with ", maxSplits: 1)
    let codes = parts.first?.split(separator: ", ").compactMap { Int64($0) } ?? []
    let keys = parts.count < 2 ? [] : parts[1].split(separator: ", ")
    gate["asked"] = nil
    gate["accepts"] = .array(codes.map { .int($0) })
    gate["requires"] = .array(
      keys.map { key in
        let sides = key.split(separator: " = ", maxSplits: 1).map { JSONValue.string(String($0)) }
        return .object(["key": sides[0], "value": sides.count > 1 ? sides[1] : .string("")])
      }
    )
  }
}

/// An assertion as files before schema 3 hold it: `header content-type == "text/html"`.
struct WrittenAssertion {
  let json: JSONValue

  /// - Parameter violated: what did not hold: `status == 202, was 500`.
  init(_ text: String, violated: [String]) {
    var object = Self.parsed(text)
    for line in violated where line.hasPrefix("\(text), ") {
      let seen = String(line.dropFirst(text.count + 2))
      guard seen.hasPrefix("was ") || seen == "there was none" else { continue }
      object["fails"] = .bool(true)
      Self.add(seen: seen, to: &object)
      break
    }
    json = .object(object)
  }

  /// Adds what was there: `was 500`, `was "<html>… [90 bytes cut]`, `there was none`.
  private static func add(seen: String, to object: inout JSONObject) {
    guard seen.hasPrefix("was ") else { return }
    let text = String(seen.dropFirst(4))
    let cut = "… ["
    if text.hasSuffix(" bytes cut]"), let mark = text.ranges(of: cut).last,
      let rest = Int64(text[mark.upperBound...].prefix { $0.isNumber })
    {
      object["excerpt"] = .string(String(text[..<mark.lowerBound]))
      object["rest"] = .int(rest)
    } else {
      object["actual"] = (try? JSONParser().parse(text)) ?? .string(text)
    }
  }

  /// What the tool's own looks were called.
  static func act(_ text: String) -> String {
    let names = [
      "look whether the services run": "services", "ask what runs": "running version",
      "look at the snapshot": "snapshot", "look for what is left": "what is left",
      "look for every declared path in the snapshot": "declared paths",
    ]
    let rows = "count the "
    return names[text] ?? (text.hasPrefix(rows) ? String(text.dropFirst(rows.count)) : text)
  }

  private static func parsed(_ text: String) -> JSONObject {
    if text.hasPrefix("never ") {
      var object = parsed(String(text.dropFirst(6)))
      object["never"] = .bool(true)
      return object
    }
    if let own = ownLook(text) { return own }
    for place in text.indices where text[place] == " " {
      let rest = text[text.index(after: place)...]
      guard let predicate = predicate(rest), let subject = subject(text[..<place]) else { continue }
      return ["subject": subject, "predicate": predicate]
    }
    return ["subject": .object(["written": .string(text)]), "predicate": ["exists": true]]
  }

  // MARK: The tool's own looks

  private static func ownLook(_ text: String) -> JSONObject? {
    func made(_ subject: JSONValue, _ predicate: JSONValue) -> JSONObject {
      ["subject": subject, "predicate": predicate]
    }
    func middle(_ start: String, _ end: String) -> JSONValue? {
      guard text.hasPrefix(start), text.hasSuffix(end), text.count > start.count + end.count else {
        return nil
      }
      return .string(String(text.dropFirst(start.count).dropLast(end.count)))
    }
    if text.hasPrefix("answer ") { return made("gate", ["isWell": true]) }
    if text == "services >= 1" || text == "files >= 1" || text == "declared paths >= 1" {
      let names = ["s": "services", "f": "snapshotFiles", "d": "declaredPaths"]
      return made(.string(names[String(text.prefix(1))] ?? ""), [">=": 1])
    }
    if text.hasPrefix("version that runs == ") {
      return made("runningVersion", ["==": "{{target}}"])
    }
    if text == "left == []" { return made("leftovers", ["isEmpty": true]) }
    if text == "id is told" { return made("snapshotID", ["exists": true]) }
    if let service = middle("service ", " runs") {
      return made(["service": service], ["isWell": true])
    }
    if let service = middle("service ", " has its data in the backup") {
      return made(["backedUp": service], ["exists": true])
    }
    if let path = middle("", " has a file that is not empty") {
      return made(["snapshotBytes": path], [">=": 1])
    }
    if let table = middle("rows of ", " as many as before") {
      return made(["rowCount": table], ["==": "{{before}}"])
    }
    if let proof = middle("", " is told") { return made(["versionProof": proof], ["exists": true]) }
    return nil
  }

  // MARK: What suites wrote

  private static func subject(_ text: Substring) -> JSONValue? {
    let plain: Set<Substring> = [
      "status", "body", "rows", "row", "stdout", "stderr", "exit", "size", "content", "duration",
      "error", "contradiction",
    ]
    if plain.contains(text) { return .string(String(text)) }
    if text.hasPrefix("$") {
      return (try? JSONPath(String(text))).map { ["jsonpath": .string($0.text)] }
    }
    for (start, word) in [
      ("header ", "header"), ("xpath ", "xpath"), ("row.", "cell"), ("column ", "column"),
    ] where text.hasPrefix(start) {
      return .object([word: .string(String(text.dropFirst(start.count)))])
    }
    if text.hasPrefix("regex /"), text.hasSuffix("/") {
      return pattern(text.dropFirst(7).dropLast()).map { ["regex": $0] }
    }
    return nil
  }

  private static func predicate(_ text: Substring) -> JSONValue? {
    let kinds = [
      "an integer": "integer", "a number": "number", "a text": "string",
      "true or false": "boolean", "a list": "list", "an object": "object", "a date": "date",
      "a UUID": "UUID",
    ]
    switch text {
    case "exists": return ["exists": true]
    case "does not exist": return ["exists": false]
    case "is empty": return ["isEmpty": true]
    default: break
    }
    if text.hasPrefix("is one of ") {
      return (try? JSONParser().parse("[\(text.dropFirst(10))]")).map { ["oneOf": $0] }
    }
    if text.hasPrefix("is "), let kind = kinds[String(text.dropFirst(3))] {
      return ["kind": .string(kind)]
    }
    if text.hasPrefix("not ("), text.hasSuffix(")") {
      return predicate(text.dropFirst(5).dropLast()).map { ["not": $0] }
    }
    if text.hasPrefix("count ") {
      return predicates(text.dropFirst(6)).map { ["count": .array($0)] }
    }
    if text.hasPrefix("matches /"), text.hasSuffix("/") {
      return pattern(text.dropFirst(9).dropLast()).map { ["matches": $0] }
    }
    let captured = "exists and is not empty, for {{"
    if text.hasPrefix(captured), text.hasSuffix("}}") {
      return ["captured": .string(String(text.dropFirst(captured.count).dropLast(2)))]
    }
    let operators = [
      "== ": "==", ">= ": ">=", "<= ": "<=", "> ": ">", "< ": "<", "contains ": "contains",
      "starts with ": "startsWith", "ends with ": "endsWith", "has ": "subset",
    ]
    for (start, word) in operators where text.hasPrefix(start) {
      guard let operand = try? JSONParser().parse(String(text.dropFirst(start.count))) else {
        return nil
      }
      return .object([word: operand])
    }
    return nil
  }

  /// `>= 1 and < 3`.
  private static func predicates(_ text: Substring) -> [JSONValue]? {
    if let one = predicate(text) { return [one] }
    for join in text.ranges(of: " and ") {
      guard let first = predicate(text[..<join.lowerBound]) else { continue }
      if let rest = predicates(text[join.upperBound...]) { return [first] + rest }
    }
    return nil
  }

  /// Nil where it is none: the reader of this value would refuse the whole file for it.
  private static func pattern(_ text: Substring) -> JSONValue? {
    (try? Pattern(String(text))).map { .string($0.text) }
  }
}

extension JSONObject {
  /// Changes the object, or each object of the list, that stands under a key.
  fileprivate mutating func change(_ key: String, _ change: (inout JSONObject) -> Void) {
    switch self[key] {
    case .object(var object)?:
      change(&object)
      self[key] = .object(object)
    case .array(let items)?:
      self[key] = .array(
        items.map { item in
          guard case .object(var object) = item else { return item }
          change(&object)
          return .object(object)
        }
      )
    default: break
    }
  }

  fileprivate mutating func change(_ key: String, texts change: (String) -> JSONValue) {
    guard let items = self[key]?.arrayValue else { return }
    self[key] = .array(items.compactMap { $0.stringValue.map(change) })
  }
}
