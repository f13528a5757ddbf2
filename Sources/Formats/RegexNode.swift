/// A parsed pattern.
indirect enum RegexNode: Sendable {
  case empty
  case scalar(UInt32)
  /// An index into the parser's sets.
  case set(Int)
  case dot(matchesNewline: Bool)
  case assertion(RegexAssertion)
  /// Group numbers count from 1.
  case capture(RegexNode, group: Int)
  case sequence([RegexNode])
  case alternatives([RegexNode])
  /// Without a `most` there is no upper bound.
  case repetition(RegexNode, least: Int, most: Int?, isGreedy: Bool)

  /// Whether the empty text matches.
  var isNullable: Bool {
    switch self {
    case .empty, .assertion: true
    case .scalar, .set, .dot: false
    case .capture(let node, _): node.isNullable
    case .sequence(let nodes): nodes.allSatisfy(\.isNullable)
    case .alternatives(let nodes): nodes.contains(where: \.isNullable)
    case .repetition(let node, let least, _, _): least == 0 || node.isNullable
    }
  }

  /// An upper bound of the instructions this node becomes, at most a little over the limit.
  var size: Int {
    let size =
      switch self {
      case .empty: 0
      case .scalar, .set, .dot, .assertion: 1
      case .capture(let node, _): node.size + 2
      case .sequence(let nodes): nodes.reduce(0) { $0 + $1.size }
      case .alternatives(let nodes): nodes.reduce(0) { $0 + $1.size + 2 }
      case .repetition(let node, let least, let most, _):
        (node.size + 1) * max(most ?? least, 1) + 2
      }
    return min(size, LinearRegex.Limit.program + 1)
  }
}

enum RegexAssertion: Sendable {
  case textStart
  case textEnd
  case lineStart
  case lineEnd
  case wordBoundary
  case notWordBoundary
}

/// A set of scalars: ranges, Unicode categories, other sets.
struct RegexSet: Sendable {
  private var ranges: [ClosedRange<UInt32>] = []
  private var categories: [(category: String, isNegated: Bool)] = []
  private var complements: [RegexSet] = []
  private var isNegated = false
  private var ignoresCase = false
  private var asciiLow: UInt64 = 0
  private var asciiHigh: UInt64 = 0

  static let digit = RegexSet([0x30...0x39])
  static let word = RegexSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = RegexSet([0x09...0x0D, 0x20...0x20])

  init(_ ranges: [ClosedRange<UInt32>] = []) {
    self.ranges = ranges
    finish(isNegated: false, ignoresCase: false)
  }

  mutating func insert(_ range: ClosedRange<UInt32>) {
    ranges.append(range)
  }

  mutating func insert(_ other: RegexSet, isNegated: Bool) {
    if isNegated { complements.append(other) } else { ranges += other.ranges }
  }

  mutating func insert(category: String, isNegated: Bool) {
    categories.append((category, isNegated))
  }

  /// Must be called once after the last `insert`.
  mutating func finish(isNegated: Bool, ignoresCase: Bool) {
    self.isNegated = isNegated
    self.ignoresCase = ignoresCase
    for code in UInt32(0)..<128 where computes(code) {
      if code < 64 { asciiLow |= 1 << UInt64(code) } else { asciiHigh |= 1 << UInt64(code - 64) }
    }
  }

  @inline(__always)
  func contains(_ code: UInt32) -> Bool {
    if code < 64 { return asciiLow >> UInt64(code) & 1 == 1 }
    if code < 128 { return asciiHigh >> UInt64(code &- 64) & 1 == 1 }
    return computes(code)
  }

  private func computes(_ code: UInt32) -> Bool {
    var isMember = lists(code)
    if !isMember, ignoresCase {
      isMember = RegexCase.variants(of: code).contains { lists($0) }
    }
    return isMember != isNegated
  }

  private func lists(_ code: UInt32) -> Bool {
    if ranges.contains(where: { $0.contains(code) }) { return true }
    if complements.contains(where: { !$0.contains(code) }) { return true }
    if categories.isEmpty { return false }
    guard let scalar = Unicode.Scalar(code) else { return false }
    let name = RegexCategory.name(of: scalar.properties.generalCategory)
    return categories.contains { name.hasPrefix($0.category) != $0.isNegated }
  }
}

/// The simple case mappings: those of one scalar to one scalar.
enum RegexCase {
  static func variants(of code: UInt32) -> [UInt32] {
    guard let scalar = Unicode.Scalar(code) else { return [] }
    let properties = scalar.properties
    return [properties.lowercaseMapping, properties.uppercaseMapping, properties.titlecaseMapping]
      .compactMap { mapping in
        let scalars = mapping.unicodeScalars
        guard scalars.count == 1, let first = scalars.first, first != scalar else { return nil }
        return first.value
      }
  }
}

/// General categories by their short names (Unicode Standard Annex 44, table 12).
enum RegexCategory {
  static let names = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
  ]

  static func name(of category: Unicode.GeneralCategory) -> String {
    switch category {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }
}
