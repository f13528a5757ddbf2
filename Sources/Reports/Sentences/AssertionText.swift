package import Evidence
import Formats

/// What an assertion says: what is looked at, what is expected there, and what was there.
extension Assertion {
  /// `rows: expected ≥ 1, got 0`.
  ///
  /// - Parameter isFilled: With its values in place of their names in braces, where it has them.
  package func sentence(isFilled: Bool = false) -> String {
    let predicate = isFilled ? filled ?? self.predicate : self.predicate
    if let own = ownSentence { return own }
    let never = isNever ? "never " : ""
    return "\(name): expected \(never)\(predicate.phrase(of: subject)), got \(seen)"
  }

  /// `rows: ≥ 1`; one line for each value inside an object that must be there.
  var expectations: [String] {
    if case .written(let text) = subject { return [text] }
    guard case .subset(.object(let members)) = predicate, !members.isEmpty else {
      return [(isNever ? "never " : "") + "\(name): \(predicate.phrase(of: subject))"]
    }
    return Self.leaves(of: members, below: subject == .row ? "row" : name)
  }

  /// In the order in which files keep members, so that what is told at once and what is read back
  /// later read alike.
  private static func leaves(of members: [TemplateTree.Member], below owner: String) -> [String] {
    members.sorted { UTF8Order.precedes($0.key, $1.key) }.flatMap { member in
      let name = "\(owner).\(member.key)"
      if case .object(let inner) = member.value, !inner.isEmpty {
        return leaves(of: inner, below: name)
      }
      return ["\(name): \(member.value.written)"]
    }
  }

  /// What is looked at, as a person names it.
  package var name: String {
    switch subject {
    case .exit: "exit code"
    case .size: "file size"
    case .content: "file"
    case .path(.mode): "permissions"
    case .path(.target): "link target"
    case .duration: "milliseconds"
    case .error: "SQL error"
    case .gate: "app"
    case .runningVersion: "running version"
    case .contradiction: "contradictions"
    case .snapshotID: "snapshot"
    case .snapshotFiles: "files in the snapshot"
    case .snapshotBytes(let path): "bytes under \(path) in the snapshot"
    case .backedUp(let service): "data of \(service) in the backup"
    case .inventory(let part): part
    case .leftovers: "left behind"
    case .status, .header, .body, .jsonpath, .xpath, .css, .regex, .rows, .row, .cell, .column,
      .stdout,
      .stderr, .path(.type), .services, .service, .versionProof, .declaredPaths, .rowCount,
      .dependency, .deployments, .written:
      subject.description
    }
  }

  /// Of what is looked at where only one thing is ever expected.
  private var ownSentence: String? {
    guard !holds else { return nil }
    switch subject {
    case .error: return "SQL error \(seen)"
    case .contradiction: return "wrong version: \(seen)"
    case .leftovers: return "left behind: \(seen)"
    case .backedUp(let service): return "\(service) is not backed up: \(seen)"
    case .snapshotBytes(let path): return "the snapshot has no file with content under \(path)"
    case .service(let name): return "\(name) is not running: \(seen)"
    case .dependency(let name): return "dependency \(name) was not up: \(seen)"
    case .inventory(let part):
      switch predicate {
      case .exists(true): return "\(part) is lost"
      case .exists(false): return "\(part) is left over from after the backup"
      case .isWell: return "\(part) differ from what was backed up"
      default: return nil
      }
    case .written(let text): return text
    case .status, .header, .body, .jsonpath, .xpath, .css, .regex, .rows, .row, .cell, .column,
      .stdout,
      .stderr, .exit, .size, .content, .path, .duration, .gate, .services, .runningVersion,
      .versionProof, .snapshotID, .snapshotFiles, .declaredPaths, .rowCount, .deployments:
      return nil
    }
  }

  /// What was there: a value as JSON, of what the tool itself looks at as a bare text.
  var seen: String {
    switch actual {
    case .value(.string(let text)) where subject.isOfTool: text
    case .value(.array(let items)) where subject.isOfTool:
      items.map { $0.stringValue ?? $0.description }.joined(separator: ", ")
    case .value(let value): value.description
    case .excerpt(let text, let rest):
      JSONValue.string(text).description + "… (\(Words.count(rest, "more byte")))"
    case .absent: "none"
    case .unreadable(.told(let text)): "unreadable (\(text))"
    case .unreadable(let why): why.sentence
    }
  }
}

extension Subject {
  /// Whether suites never name it.
  fileprivate var isOfTool: Bool {
    switch self {
    case .error, .gate, .services, .service, .runningVersion, .versionProof, .contradiction,
      .snapshotID, .snapshotFiles, .declaredPaths, .snapshotBytes, .backedUp, .rowCount, .inventory,
      .leftovers, .dependency, .deployments, .written:
      true
    case .status, .header, .body, .jsonpath, .xpath, .css, .regex, .rows, .row, .cell, .column,
      .stdout,
      .stderr, .exit, .size, .content, .path, .duration:
      false
    }
  }
}

extension Predicate {
  /// What is expected, to be read after "expected" or a colon: `202`, `≥ 1`, `containing "x"`.
  package func phrase(of subject: Subject) -> String {
    switch self {
    // What is compared with is known to the run alone.
    case .equals(.template(let text)) where text.names == ["before"]: "as many as before"
    case .equals(.template(let text)) where text.names == ["target"]: "the target version"
    case .equals(.template(let text)) where subject.isOfTool: text.source
    case .equals(let tree): "\(tree.written)"
    case .greater(let tree): "> \(tree.written)"
    case .greaterOrEqual(.template(let text)) where text.names == ["before"]:
      "at least as many as before"
    case .greaterOrEqual(let tree): "≥ \(tree.written)"
    case .less(let tree): "< \(tree.written)"
    case .lessOrEqual(let tree): "≤ \(tree.written)"
    case .contains(let tree): "containing \(tree.written)"
    case .startsWith(let text): "starting with \(JSONValue.string(text.source))"
    case .endsWith(let text): "ending with \(JSONValue.string(text.source))"
    case .matches(let regex): "matching /\(regex.text)/"
    case .exists(let wanted): wanted ? "any value" : "none"
    case .count(let inner):
      "count \(inner.map { $0.phrase(of: subject) }.joined(separator: " and "))"
    case .kind(.list): "a list"
    case .kind(.boolean): "true or false"
    case .kind(.string): "a text"
    case .kind(let kind): kind.article + " \(kind.rawValue)"
    case .isEmpty: "empty"
    case .subset(let tree): "containing \(tree.written)"
    case .oneOf(let trees): "one of \(trees.map { "\($0.written)" }.joined(separator: ", "))"
    case .hasBytes(.file(let path)): "the bytes of \(path.source)"
    case .hasBytes(.fresh(let bytes)): "the \(bytes.size) bytes of \(bytes.seed.source)"
    case .hasBytes(.sha256(let digest)): "SHA-256 \(digest.source)"
    case .not(.isWell): "changed"
    case .not(let inner): "not \(inner.phrase(of: subject))"
    case .captured(let name): "a value for {{\(name)}}"
    case .isWell where subject == .gate: "ready"
    case .isWell: if case .inventory = subject { "as it was backed up" } else { "running" }
    }
  }
}

extension Predicate.Kind {
  fileprivate var article: String {
    switch self {
    case .integer, .object: "an"
    case .number, .string, .boolean, .list, .date, .uuid: "a"
    }
  }
}

extension EvidenceStep {
  /// `POST /api/event → status: 202; rows: ≥ 1`: what it does and what must be there.
  var expectations: String {
    assertions.flatMap(\.expectations).joined(separator: "; ")
  }
}

extension [EvidenceStep] {
  /// What is looked at and what must be there: `GET / → status: 200; POST /login → status: 302`. Nil
  /// where nothing is.
  var derivedSentence: String? {
    let looks = filter { !$0.assertions.isEmpty }
    guard !looks.isEmpty else { return nil }
    let shown = looks.suffix(3).map { "\(ReportText.cut($0.shortAct, 60)) → \($0.expectations)" }
    return (looks.count > 3 ? "…, " : "") + ReportText.cut(shown.joined(separator: ", then "), 400)
  }
}

extension EvidenceStep {
  /// Of a statement who is asked: `clickhouse events_db`.
  fileprivate var shortAct: String {
    let words = ["postgres ", "mysql ", "clickhouse ", "sqlite "]
    let isStatement = words.contains(where: act.hasPrefix)
    return isStatement ? String(act.prefix { $0 != ":" }) : act
  }
}

extension StepRecord {
  /// Where the first expectation that is not met is written; of a step without one its own place.
  var placeOfFailure: SourcePlace? { assertions.first { !$0.holds }?.place ?? place }
}
