/// A pattern as instructions for `RegexMachine`.
struct RegexProgram: Sendable {
  enum Instruction: Sendable {
    case scalar(UInt32)
    case set(Int)
    case dot(matchesNewline: Bool)
    case assertion(RegexAssertion)
    /// Both ways; the first is preferred.
    case split(Int, Int)
    case jump(Int)
    case save(Int)
    case match
  }

  private(set) var instructions: [Instruction] = []
  let sets: [RegexSet]
  let groupNames: [String?]
  let dotExcludesReturn: Bool
  /// Whether a match can begin at the start of the text only.
  private(set) var isAnchored = false
  /// The bytes with which a match can begin; nil if it can be empty.
  private(set) var firstBytes: [Bool]?

  init(_ root: RegexNode, sets: [RegexSet], groupNames: [String?], dotExcludesReturn: Bool) {
    self.sets = sets
    self.groupNames = groupNames
    self.dotExcludesReturn = dotExcludesReturn
    emit(root)
    instructions.append(.match)
    isAnchored = Self.isAnchored(root)
    firstBytes = findFirstBytes()
  }

  private mutating func emit(_ node: RegexNode) {
    switch node {
    case .empty: break
    case .scalar(let code): instructions.append(.scalar(code))
    case .set(let index): instructions.append(.set(index))
    case .dot(let matchesNewline): instructions.append(.dot(matchesNewline: matchesNewline))
    case .assertion(let assertion): instructions.append(.assertion(assertion))
    case .capture(let node, let group):
      instructions.append(.save(2 * group))
      emit(node)
      instructions.append(.save(2 * group + 1))
    case .sequence(let nodes):
      for node in nodes { emit(node) }
    case .alternatives(let nodes): emitAlternatives(nodes)
    case .repetition(let node, let least, let most, let isGreedy):
      emitRepetition(of: node, least: least, most: most, isGreedy: isGreedy)
    }
  }

  private mutating func emitAlternatives(_ nodes: [RegexNode]) {
    var jumps: [Int] = []
    for (index, node) in nodes.enumerated() {
      let split = instructions.count
      if index < nodes.count - 1 { instructions.append(.split(0, 0)) }
      emit(node)
      if index < nodes.count - 1 {
        jumps.append(instructions.count)
        instructions.append(.jump(0))
        instructions[split] = .split(split + 1, instructions.count)
      }
    }
    for jump in jumps { instructions[jump] = .jump(instructions.count) }
  }

  private mutating func emitRepetition(
    of node: RegexNode,
    least: Int,
    most: Int?,
    isGreedy: Bool
  ) {
    func split(_ body: Int, _ exit: Int) -> Instruction {
      isGreedy ? .split(body, exit) : .split(exit, body)
    }
    guard let most else {
      // x* is written as (x+)?, which is also right where x matches the empty text.
      let skip = instructions.count
      if least == 0 { instructions.append(.split(0, 0)) }
      for _ in 0..<max(least - 1, 0) { emit(node) }
      let body = instructions.count
      emit(node)
      instructions.append(split(body, instructions.count + 1))
      if least == 0 { instructions[skip] = split(skip + 1, instructions.count) }
      return
    }
    for _ in 0..<least { emit(node) }
    var splits: [Int] = []
    for _ in 0..<(most - least) {
      splits.append(instructions.count)
      instructions.append(.split(0, 0))
      emit(node)
    }
    for place in splits { instructions[place] = split(place + 1, instructions.count) }
  }

  private static func isAnchored(_ node: RegexNode) -> Bool {
    switch node {
    case .assertion(.textStart): true
    case .capture(let node, _): isAnchored(node)
    // `(?i)^` begins with a node that is empty.
    case .sequence(let nodes):
      nodes.first { if case .empty = $0 { false } else { true } }.map(isAnchored) ?? false
    case .alternatives(let nodes): nodes.allSatisfy(isAnchored)
    case .repetition(let node, let least, _, _): least > 0 && isAnchored(node)
    default: false
    }
  }

  private func findFirstBytes() -> [Bool]? {
    var bytes = [Bool](repeating: false, count: 256)
    var seen = [Bool](repeating: false, count: instructions.count)
    var pending = [0]
    while let place = pending.popLast() {
      if seen[place] { continue }
      seen[place] = true
      switch instructions[place] {
      case .match: return nil
      case .jump(let target): pending.append(target)
      case .split(let first, let second): pending += [first, second]
      case .save, .assertion: pending.append(place + 1)
      case .scalar(let code):
        if code < 0x80 { bytes[Int(code)] = true } else { allowNonASCII(in: &bytes) }
      case .set(let index):
        for code in 0..<128 where sets[index].contains(UInt32(code)) { bytes[code] = true }
        allowNonASCII(in: &bytes)
      case .dot(let matchesNewline):
        for code in 0..<128 where code != 0x0A || matchesNewline { bytes[code] = true }
        allowNonASCII(in: &bytes)
      }
    }
    return bytes
  }

  private func allowNonASCII(in bytes: inout [Bool]) {
    for byte in 0x80..<0x100 { bytes[byte] = true }
  }
}
