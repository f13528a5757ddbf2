/// A function or a lambda of the program.
struct PythonFunction: Sendable {
  let node: SyntaxNode
  let module: Int
  /// The instance that a method belongs to.
  var owner: Int?
  /// The names around one that stands in another.
  var around: [String: PythonValue] = [:]

  /// The same for every mention of one function.
  var id: Int { module << 32 | node.line }
  var name: String { node.text("name") ?? "lambda" }
}

/// What is known of a value without running anything.
indirect enum PythonValue: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  /// Any other number, as it is written.
  case number(String)
  /// With `{…}` where a part is not known.
  case text(String)
  /// A list, a tuple or a set.
  case list([PythonValue])
  case dictionary([(key: PythonValue, value: PythonValue)])
  /// A list that is not written down, by what each of its elements is.
  case each(PythonValue)
  case function(PythonFunction)
  case type(SyntaxNode, module: Int)
  case instance(Int)
  /// A module that lies beside the script.
  case module(Int)
  /// A name of a library: `requests.get`.
  case library(String)
  case response(Int)
  case headers(Int)
  /// What an answer showed.
  case seen(Int?, CorpusAssertion.Subject)
  /// A request that was only prepared.
  case request(method: String, address: String)
  /// What requests are made with; the address that comes before theirs.
  case client(String)
  /// What statements are sent with, and what ran a command.
  case cursor
  case command(Int)
  case claim(Claim)
  /// An exit status that is 0 where the claim holds.
  case outcome(Claim)
  /// As it is written.
  case unknown(String)

  /// What it puts into a text.
  var inText: String {
    switch self {
    case .text(let text), .number(let text): text
    case .integer(let number): String(number)
    case .boolean(let value): value ? "True" : "False"
    default: Fingerprint.hole
    }
  }

  /// As the side of a comparison.
  var operand: String {
    switch self {
    case .none: "None"
    case .boolean, .integer, .number: inText
    case .text(let text): text.quoted
    case .list(let elements): elements.prefix(50).map(\.operand).joined(separator: ", ").short
    case .dictionary(let pairs):
      "{\(pairs.prefix(50).map { "\($0.key.operand): \($0.value.operand)" }.joined(separator: ", "))}"
        .short
    case .seen(_, let subject): "the \(subject)".short
    case .library(let name): name
    default: Fingerprint.hole
    }
  }

  /// Whether it counts as true.
  var claim: Claim {
    switch self {
    case .none: .known(false)
    case .boolean(let value): .known(value)
    case .integer(let number): .known(number != 0)
    case .number(let text): .unknown(text)
    case .text(let text): text.contains(Fingerprint.hole) ? .unknown("text") : .known(!text.isEmpty)
    case .list(let elements): .known(!elements.isEmpty)
    case .dictionary(let pairs): .known(!pairs.isEmpty)
    case .response(let source): .status(source, 100...399)
    case .seen(let source, let subject): .compare(source, subject, .isTrue, "")
    case .headers(let source): .compare(source, .header("any"), .exists, "")
    case .claim(let claim): claim
    case .outcome(let claim): .not(claim)
    case .command(let source): .compare(source, .output, .isTrue, "")
    case .unknown(let text): .unknown(text)
    case .each: .unknown("a list")
    case .function, .type, .instance, .module, .library, .request, .client, .cursor:
      .known(true)
    }
  }

  /// The request or the system that it comes from; nil where that is none.
  var source: Int? {
    switch self {
    case .response(let source), .headers(let source), .command(let source): source
    case .seen(let source, _): source
    case .claim(let claim), .outcome(let claim): claim.source
    case .list(let elements): elements.lazy.compactMap(\.source).first
    case .each(let element): element.source
    case .dictionary(let pairs): pairs.lazy.compactMap(\.value.source).first
    default: nil
    }
  }

  var isKnown: Bool {
    switch self {
    case .none, .unknown: false
    default: true
    }
  }

  /// The elements of what is written down; nil where they are not known, or too many.
  var elements: [PythonValue]? {
    switch self {
    case .list(let elements): elements.count <= PythonReader.loopLimit ? elements : nil
    case .dictionary(let pairs): pairs.count <= PythonReader.loopLimit ? pairs.map(\.key) : nil
    default: nil
    }
  }

  /// Any element of what is not written down.
  var anyElement: PythonValue {
    switch self {
    case .seen(let source, let subject): .seen(source, subject.item("*"))
    case .each(let element): element
    case .headers(let source), .response(let source): .seen(source, .value("element"))
    default: .unknown("element")
    }
  }

  /// The value after either of two ways.
  static func either(_ one: PythonValue, _ other: PythonValue) -> PythonValue {
    guard one.isKnown else { return other.isKnown ? other : one }
    guard other.isKnown else { return one }
    switch (one, other) {
    case (.text(let left), .text(let right)):
      return left == right ? one : .text(Fingerprint.hole)
    case (.integer(let left), .integer(let right)): return left == right ? one : .unknown("either")
    case (.boolean(let left), .boolean(let right)): return left == right ? one : .unknown("either")
    case (.list(let left), .list(let right)) where left.count == right.count:
      return .list(zip(left, right).map { either($0, $1) })
    // A list that is filled on one way only: whether it is empty is not known.
    case (.list(let left), .list(let right)):
      if left.isEmpty || right.isEmpty { return .unknown("either") }
      return left.count > right.count ? one : other
    // What was seen says more than what was put in its place.
    case (.integer, .seen), (.text, .seen), (.boolean, .seen), (.boolean, .claim),
      (.integer, .claim):
      return other
    default: return one
    }
  }
}

extension CorpusAssertion.Subject {
  /// A part of what is looked at: a field of a JSON answer, a header, an element.
  func item(_ key: String) -> CorpusAssertion.Subject {
    switch self {
    case .field(let path):
      if key.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2A || $0 == 0x2D }) {
        return .field("\(path)[\(key)]")
      }
      return .field(path.isEmpty ? key : "\(path).\(key)")
    case .header("any"): return .header(key.lowercased())
    case .output: return self
    default: return .value("\(self)[\(key)]".short)
    }
  }
}
