package import Formats

/// One thing that was looked at: what was expected and what was there.
package struct Assertion: Hashable, Sendable {
  package var subject: Subject
  /// As written in the suite: values in braces are not filled in.
  package var predicate: Predicate
  /// The same with its values filled in, where that is another; never in coverage.
  package var filled: Predicate?
  package var actual: Actual
  package var holds: Bool
  /// It was looked for again and again: what holds must not, within this time.
  package var isNever: Bool
  package var place: SourcePlace?

  /// Of a header whose values are secrets neither what was there is kept nor what was wanted.
  package init(
    _ subject: Subject,
    _ predicate: Predicate,
    filled: Predicate? = nil,
    actual: Actual,
    holds: Bool,
    isNever: Bool = false,
    place: SourcePlace? = nil
  ) {
    self.subject = subject
    let name = subject.confidentialHeader
    let predicate = name.map(predicate.masked) ?? predicate
    let filled = name.flatMap { name in filled.map { $0.masked(of: name) } } ?? filled
    self.predicate = predicate
    self.filled = filled == predicate ? nil : filled
    self.actual =
      name.map { name in actual.mapTexts { SecretHeaders.masked($0, of: name) } } ?? actual
    self.holds = holds
    self.isNever = isNever
    self.place = place
  }

  /// What was there.
  package enum Actual: Hashable, Sendable {
    case value(JSONValue)
    /// The beginning of a value that is too long to be kept, and how many bytes are left out.
    case excerpt(String, rest: Int)
    case absent
    /// There was something, and it could not be read as what was asked for.
    case unreadable(Unreadable)

    /// Bytes of a value that are kept.
    package static let limit = 2_048

    /// A value, or its beginning where it is longer than `limit` as JSON.
    ///
    /// - Parameter secrets: removed before the rest is cut off.
    package init(_ value: JSONValue?, without secrets: Redactor? = nil) {
      guard let value else {
        self = .absent
        return
      }
      let text = value.description
      guard text.utf8.count > Self.limit else {
        self = .value(value)
        return
      }
      var shown = text
      if case .string(let string) = value { shown = string }
      let cut = TextCut.start(Array(shown.utf8), limit: Self.limit, without: secrets)
      self = .excerpt(cut.text, rest: cut.rest)
    }

    package static func text(_ text: String) -> Actual { .value(.string(text)) }

    package static func number(_ number: Int) -> Actual { .value(.int(Int64(number))) }
  }
}

extension Assertion: Codable {
  private enum Key: String, CodingKey {
    case subject, predicate, filled, actual, excerpt, rest, unreadable, fails, never, place
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    subject = try values.decode(Subject.self, forKey: .subject)
    predicate = try values.decode(Predicate.self, forKey: .predicate)
    filled = try values.decodeIfPresent(Predicate.self, forKey: .filled)
    if let text = try? values.decodeIfPresent(String.self, forKey: .unreadable) {
      actual = .unreadable(.told(text))
    } else if let why = try values.decodeIfPresent(Unreadable.self, forKey: .unreadable) {
      actual = .unreadable(why)
    } else if let text = try values.decodeIfPresent(String.self, forKey: .excerpt) {
      actual = .excerpt(text, rest: try values.decode(Int.self, forKey: .rest))
    } else if values.contains(.actual) {
      actual = .value(try values.decode(JSONValue.self, forKey: .actual))
    } else {
      actual = .absent
    }
    holds = try values.decodeIfPresent(Bool.self, forKey: .fails) != true
    isNever = try values.decodeIfPresent(Bool.self, forKey: .never) == true
    place = try values.decodeIfPresent(SourcePlace.self, forKey: .place)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(subject, forKey: .subject)
    try values.encode(predicate, forKey: .predicate)
    try values.encodeIfPresent(filled, forKey: .filled)
    switch actual {
    case .value(let value): try values.encode(value, forKey: .actual)
    case .excerpt(let text, let rest):
      try values.encode(text, forKey: .excerpt)
      try values.encode(rest, forKey: .rest)
    case .absent: break
    case .unreadable(.told(let text)): try values.encode(text, forKey: .unreadable)
    case .unreadable(let why): try values.encode(why, forKey: .unreadable)
    }
    // What holds is the rule; only what does not is told.
    if !holds { try values.encode(true, forKey: .fails) }
    if isNever { try values.encode(true, forKey: .never) }
    try values.encodeIfPresent(place, forKey: .place)
  }
}

extension Assertion: CustomStringConvertible {
  /// What is asserted, in the notation of records and diffs: `status == 202`.
  package var description: String { (isNever ? "never " : "") + "\(subject) \(predicate)" }

  /// Without what was seen.
  package var asserted: Assertion {
    var copy = self
    copy.filled = nil
    copy.actual = .absent
    copy.holds = true
    copy.place = nil
    return copy
  }
}

extension Subject {
  /// The name of a header whose values are secrets; nil for all else.
  package var confidentialHeader: String? {
    guard case .header(let name) = self, SecretHeaders.contains(name) else { return nil }
    return name
  }
}

extension Predicate {
  /// Without what a header's value would tell; names between braces stay.
  fileprivate func masked(of header: String) -> Predicate {
    if case .matches(let pattern) = self {
      let text = SecretHeaders.masked(pattern.text, of: header)
      return (try? Pattern(text)).map { .matches($0) } ?? self
    }
    if case .not(let inner) = self { return .not(inner.masked(of: header)) }
    func text(_ template: Template) -> Template {
      let parts = template.parts.map { part in
        if case .text(let text) = part {
          Template.Part.text(SecretHeaders.masked(text, of: header))
        } else {
          part
        }
      }
      return Template(parts: parts, place: template.place)
    }
    return mapOperands(tree: { $0.mapTemplates(text) }, text: text)
  }
}
