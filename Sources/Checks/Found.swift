import Evidence
import Formats
import Suites

/// What a look at an answer came to.
enum Found {
  /// - Parameters:
  ///   - elements: what `count` counts where that is not the value itself: fields of one name, nodes.
  ///   - partial: why more may be there than was seen.
  case value(JSONValue, elements: Int? = nil, partial: Unreadable? = nil)
  /// What was looked at was read, and there is nothing.
  ///
  /// - Parameters:
  ///   - counts: what it counts as: an empty list, an empty text, 0; nil where it is no such thing.
  ///   - why: what is there in its place; nil where everything was seen that could have been there.
  case nothing(counts: JSONValue?, why: Unreadable?)
  case unreadable(Unreadable)

  /// What is there; nothing where it cannot be read.
  var value: JSONValue? { if case .value(let value, _, _) = self { value } else { nil } }

  /// As it stands in records.
  ///
  /// - Parameter secrets: removed before what is long is cut.
  func actual(holds: Bool, without secrets: Redactor? = nil) -> Assertion.Actual {
    switch self {
    case .value(let value, _, _): Assertion.Actual(value, without: secrets)
    case .nothing(_, let why?) where !holds: .unreadable(why)
    case .nothing(let counts, .empty?): Assertion.Actual(counts)
    case .nothing(let counts, _): Assertion.Actual(counts == .array([]) ? counts : nil)
    case .unreadable(let why): .unreadable(why)
    }
  }

  /// What a capture keeps: of several the first.
  ///
  /// - Parameter isList: all of them are wanted, as of a column.
  func captured(isList: Bool) -> JSONValue? {
    guard case .value(let value, let elements, _) = self else { return nil }
    if !isList, elements != nil, case .array(let items) = value { return items.first }
    return value
  }
}

/// What a predicate says of what was found.
enum PredicateVerdict {
  case holds
  case fails
  /// Nobody can tell.
  case unknown(Unreadable)

  init(_ holds: Bool) { self = holds ? .holds : .fails }

  var negated: PredicateVerdict {
    switch self {
    case .holds: .fails
    case .fails: .holds
    case .unknown: self
    }
  }
}

extension Predicate {
  /// Whether it holds of one of several fields of a name, where there are several, each by itself.
  func verdict(ofOne fields: [String], or found: Found, isText: Bool, in scope: Scope) throws
    -> PredicateVerdict
  {
    switch self {
    case _ where fields.count < 2, .count:
      return try verdict(of: found, isText: isText, in: scope)
    case .not(let inner):
      return try inner.verdict(ofOne: fields, or: found, isText: isText, in: scope).negated
    default:
      for field in fields where try holds(of: .string(field), isText: isText, in: scope) {
        return .holds
      }
      return .fails
    }
  }

  /// Whether bytes are those that are wanted, with what is to be known of them.
  func verdict(of bytes: [UInt8]?, _ source: BytesSource, in scope: Scope) throws
    -> (Found, PredicateVerdict)
  {
    guard let bytes else { return (.unreadable(.noFile), .unknown(.noFile)) }
    let digest = Digest.sha256.text(of: bytes)
    var known = JSONObject([("bytes", .int(Int64(bytes.count)))])
    let isSame: Bool
    switch source {
    case .sha256(let wanted):
      known["sha256"] = .string(digest)
      isSame = try scope.text(of: wanted).lowercased() == digest
    case .file, .fresh:
      let wanted = try scope.bytes(of: source)
      isSame = wanted == bytes
      let end = zip(bytes, wanted).enumerated().first { $1.0 != $1.1 }?.offset
      if !isSame { known["differsAt"] = .int(Int64(end ?? min(bytes.count, wanted.count))) }
    }
    var verdict = PredicateVerdict(isSame)
    if case .not = self { verdict = verdict.negated }
    return (.value(.object(known)), verdict)
  }

  /// Whether it holds; unknown where what it is about could not be seen.
  ///
  /// - Parameter isText: what was found has no types of its own: a number is a text there.
  /// - Throws: `Scope.UnknownName`, or `PatternError` where a search was given up.
  func verdict(of found: Found, isText: Bool, in scope: Scope) throws -> PredicateVerdict {
    if case .not(let predicate) = self {
      return try predicate.verdict(of: found, isText: isText, in: scope).negated
    }
    switch found {
    case .unreadable(let why): return .unknown(why)
    case .nothing(let counts, let why): return try verdict(ofNothing: counts, why, isText, scope)
    case .value(let value, let elements, let partial):
      if case .count(let predicates) = self, let elements {
        return PredicateVerdict(
          try predicates.allSatisfy { try $0.holds(of: .int(Int64(elements)), in: scope) }
        )
      }
      let holds = try holds(of: value, isText: isText, in: scope)
      if let partial, !holds || isAboutTheWhole && partial.isCut { return .unknown(partial) }
      return PredicateVerdict(holds)
    }
  }

  private func verdict(
    ofNothing counts: JSONValue?,
    _ why: Unreadable?,
    _ isText: Bool,
    _ scope: Scope
  ) throws -> PredicateVerdict {
    switch (self, counts) {
    case (.exists(let wanted), _): return PredicateVerdict(!wanted)
    case (.count(let predicates), .array):
      return PredicateVerdict(try predicates.allSatisfy { try $0.holds(of: 0, in: scope) })
    case (.isEmpty, .array), (.isEmpty, .string): return .holds
    // Everything was seen in which it could have been.
    case (.contains, .array) where why == nil: return .fails
    case (.equals, let counts?), (.oneOf, let counts?), (.greater, let counts?),
      (.greaterOrEqual, let counts?), (.less, let counts?), (.lessOrEqual, let counts?):
      return PredicateVerdict(try holds(of: counts, isText: isText, in: scope))
    default: return .unknown(why ?? .nothingFound)
    }
  }

  /// What a part of a text says nothing of.
  private var isAboutTheWhole: Bool {
    switch self {
    case .equals, .oneOf, .startsWith, .isEmpty: true
    default: false
    }
  }
}

extension Unreadable {
  fileprivate var isCut: Bool { if case .cut = self { true } else { false } }
}
