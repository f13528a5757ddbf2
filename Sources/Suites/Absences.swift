import Evidence
import Formats

/// What a check says of things that are not there: it shows something only where the same check saw
/// them there before.
struct Absences {
  /// The steps with only those expectations left that can show something.
  private(set) var grounded: [Step] = []
  /// Whether something that the check is about is said to be gone, and was never seen there.
  private(set) var hasUnseen = false

  /// `unique`, `marker`, what holds one of them, and what an answer of the check gave.
  private var own: Set<String>
  /// What was done before the step that is looked at, without groups.
  private var earlier: [Step] = []

  /// - Parameter fresh: names of values that were made for the check.
  init(_ steps: [Step], fresh: Set<String>) {
    own = fresh
    grounded = steps.map { ground($0) }
  }

  private mutating func ground(_ step: Step) -> Step {
    var step = step
    if case .group(let inner) = step.action {
      step.action = .group(inner.map { ground($0) })
      return step
    }
    if step.never == nil {
      step.expect = step.expect.compactMap { expectation in
        var expectation = expectation
        // One that could not be read has none, and counts as there.
        if expectation.predicates.isEmpty { return expectation }
        expectation.predicates.removeAll { isUngrounded($0, expectation.subject, step) }
        return expectation.predicates.isEmpty ? nil : expectation
      }
    }
    earlier.append(step)
    own.formUnion(step.capture.map(\.name))
    return step
  }

  private mutating func isUngrounded(
    _ predicate: Predicate,
    _ subject: Subject,
    _ step: Step
  ) -> Bool {
    let isGone = predicate.isGone(subject)
    guard isGone || predicate.isAbsence(of: subject, in: step) else { return false }
    let isNegation = !predicate.denied.isEmpty
    // What is not in the answer to an act is no claim about what the act was to take away.
    let asked = step.isLook && (isGone || subject.isContent) ? step.action.templates : []
    let isAboutOwn = mentionsOwn(predicate.templates + (isNegation ? [] : asked))
    let isRemoved = earlier.contains(where: \.removes)
    // A status says nothing of absence where nothing was taken away.
    if isGone, !isRemoved || !isAboutOwn { return false }
    if wasSeen(predicate, subject, step) { return false }
    if isAboutOwn || isRemoved && mentionsOwn(asked) { hasUnseen = true }
    return !isGone
  }

  private func mentionsOwn(_ templates: [Template]) -> Bool {
    templates.contains { $0.names.contains(where: own.contains) }
  }

  /// Whether an earlier step saw it there: the same words, or the same look with something in it.
  private func wasSeen(_ predicate: Predicate, _ subject: Subject, _ step: Step) -> Bool {
    let denied = predicate.denied
    return earlier.contains { look in
      guard look.never == nil, look.when == nil else { return false }
      let isAlike = look.form == step.form
      if predicate.isGone(subject) {
        return isAlike && !look.expect.isEmpty
          && !look.expect.contains { $0.predicates.contains { $0.isGone(.status) } }
      }
      return look.expect.contains { expectation in
        guard !expectation.subject.isAcknowledgement else { return false }
        return expectation.predicates.contains { seen in
          guard !seen.isAbsence(of: expectation.subject, in: look) else { return false }
          if isAlike, expectation.subject.isOfKind(subject) { return true }
          return seen.templates.contains { text in denied.contains { text.tells($0) } }
        }
      }
    }
  }
}

extension Step {
  /// What it asks, of whom, with `{}` for each value: equal for two that look at the same.
  fileprivate var form: String {
    switch action {
    case .http(let action):
      ([likeness] + action.query.map { "\($0.name)=\($0.value.shape)" }.sorted()).joined(
        separator: " "
      )
    case .exec(let action): "\(likeness) \(action.argv.map(\.shape))"
    case .file(let action): "\(likeness) \(action.path.shape)"
    case .query(let action):
      action.tables.isEmpty ? likeness : "sql \(action.service) \(action.tables)"
    case .script, .group: likeness
    }
  }

  /// Takes something away, as far as can be told from its form.
  fileprivate var removes: Bool {
    func says(_ text: String, _ words: Set<String>) -> Bool {
      text.lowercased().split { !$0.isLetter }.contains { words.contains(String($0)) }
    }
    let words: Set = [
      "delete", "remove", "destroy", "purge", "trash", "unlink", "drop", "truncate",
    ]
    switch action {
    case .http(let action):
      return action.method == "DELETE" || !isReading && says(action.target.source, words)
    case .query(let action):
      return !isReading && says(action.statement, words.union(["del", "unlink"]))
    case .exec(let action):
      return says(action.argv.map(\.source).joined(separator: " "), words.union(["rm", "del"]))
    case .file(let action): return action.write?.source.isEmpty ?? false
    case .script, .group: return false
    }
  }

  private var isReading: Bool { action.isReading }

  /// Asks for something; a command may.
  fileprivate var isLook: Bool {
    if case .exec = action { true } else { isReading }
  }
}

extension QueryAction {
  /// Names behind FROM and JOIN, sorted.
  fileprivate var tables: [String] {
    let words = statement.lowercased().split { $0.isWhitespace || "(),;".contains($0) }
    return zip(words, words.dropFirst())
      .filter { $0.0 == "from" || $0.0 == "join" }.map { String($0.1) }.sorted()
  }

  /// Whether a column of the answer is a number of rows: `count(*) AS n`.
  func counts(_ column: String) -> Bool {
    if database == .redis { return RedisCommand.counting.contains(statement) }
    let words = statement.lowercased().split { $0.isWhitespace || "(),;\"`".contains($0) }
    let column = column.lowercased()
    return words.indices.contains { index in
      guard words[index] == "count" || words[index] == "uniq" else { return false }
      let rest = words[(index + 1)...].prefix(4)
      if let name = rest.firstIndex(of: "as") {
        return name + 1 < words.endIndex && words[name + 1] == column
      }
      return column == "count" || rest.contains { $0 == column }
    }
  }
}

extension Template {
  /// Its own text, with `{}` for each value.
  var shape: String {
    parts.map { if case .text(let text) = $0 { text } else { "{}" } }.joined()
  }

  /// Whether what it holds says that another text is there: one in the other, or one value in both.
  fileprivate func tells(_ other: Template) -> Bool {
    if names.contains(where: other.names.contains) { return true }
    let (own, others) = (source.utf8, other.source.utf8)
    guard !own.isEmpty, !others.isEmpty else { return false }
    return own.firstRange(of: others) != nil || others.firstRange(of: own) != nil
  }
}

extension Subject {
  /// Whether one of the kind was there says that the other could have been.
  fileprivate func isOfKind(_ other: Subject) -> Bool {
    self == other || isContent && other.isContent
  }
}

extension Predicate {
  /// Holds where something is not there.
  func isAbsence(of subject: Subject, in step: Step) -> Bool {
    if subject.isAcknowledgement { return false }
    switch self {
    case .exists(let wanted): return !wanted
    case .not(.exists(let wanted)): return wanted
    case .isEmpty: return true
    case .equals(.list(let items)): return items.isEmpty
    case .equals(.template(let text)) where text.parts.isEmpty: return true
    case .count(let inner): return inner.contains { ($0.limits(whole: true)?.upper ?? 1) < 1 }
    case .not: return !denied.isEmpty
    default:
      guard subject == .rows || step.counts(subject) else {
        if case .subset(.object(let members)) = self, subject == .row {
          return !members.isEmpty
            && members.allSatisfy { member in
              guard step.counts(.cell(member.key)), case .number(let text) = member.value else {
                return false
              }
              return Double(text) == 0
            }
        }
        return false
      }
      return (limits(whole: true)?.upper ?? 1) < 1
    }
  }

  /// What a negation says is not there, as written; empty where it says no such thing.
  fileprivate var denied: [Template] {
    guard case .not(let inner) = self else { return [] }
    switch inner {
    case .equals(let tree), .contains(let tree), .subset(let tree):
      let texts = tree.templates
      // Numbers and the like stand for themselves.
      return texts.isEmpty ? [Template(literal: "\(tree.written)")] : texts
    case .startsWith(let text), .endsWith(let text): return [text]
    case .oneOf(let trees): return trees.flatMap(\.templates)
    case .matches(let pattern): return [Template(literal: pattern.text)]
    default: return []
    }
  }

  /// A status that says that it is gone.
  fileprivate func isGone(_ subject: Subject) -> Bool {
    guard subject == .status, let codes = candidates else { return false }
    return !codes.isEmpty && codes.allSatisfy { $0 == "404" || $0 == "410" }
  }
}

extension Step {
  /// Whether a subject of its answer is a number of rows.
  func counts(_ subject: Subject) -> Bool {
    switch (action, subject) {
    case (.query(let action), .cell(let name)): action.counts(name)
    default: false
    }
  }
}
