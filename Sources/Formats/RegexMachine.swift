/// One search: all threads of the program advance together, one scalar at a time.
///
/// Working memory is two lists of threads, each with a row of capture slots for every instruction.
struct RegexMachine {
  private let program: RegexProgram
  private let bytes: UnsafeBufferPointer<UInt8>
  private let whole: Bool
  private let slotCount: Int
  private var current: ThreadList
  private var next: ThreadList
  private var stack: [Pending] = []
  private var steps = 0

  /// What is left to do while following the instructions that consume nothing.
  private enum Pending {
    case instruction(Int)
    case restore(slot: Int, offset: Int)
  }

  init(
    program: RegexProgram,
    bytes: UnsafeBufferPointer<UInt8>,
    whole: Bool,
    capturing: Bool
  ) {
    self.program = program
    self.bytes = bytes
    self.whole = whole
    slotCount = capturing ? 2 * (program.groupNames.count + 1) : 0
    current = ThreadList(count: program.instructions.count, slotCount: slotCount)
    next = ThreadList(count: program.instructions.count, slotCount: slotCount)
  }

  /// Returns the slots of the leftmost match (none unless capturing), nil if there is no match.
  mutating func run() throws(LinearRegexError) -> [Int]? {
    var result: [Int]?
    var slots = [Int](repeating: -1, count: slotCount)
    let isAnchored = whole || program.isAnchored
    var offset = 0
    while true {
      if current.count == 0 {
        if result != nil || (isAnchored && offset > 0) { return result }
        if !isAnchored, let skipped = skip(from: offset) { offset = skipped }
      }
      if result == nil, !isAnchored || offset == 0 {
        for index in 0..<slotCount { slots[index] = -1 }
        if slotCount > 0 { slots[0] = offset }
        follow(0, at: offset, slots: &slots, into: current)
      }
      let isAtEnd = offset >= bytes.count
      let (code, width) = isAtEnd ? (0, 0) : decode(at: offset)
      for index in 0..<current.count {
        let place = current[index]
        steps &+= 1
        if case .match = program.instructions[place] {
          if whole, !isAtEnd { continue }
          if slotCount == 0 { return [] }
          current.load(&slots, of: place)
          slots[1] = offset
          result = slots
          // Threads of lower priority are given up.
          break
        }
        if !isAtEnd, consumes(program.instructions[place], code) {
          current.load(&slots, of: place)
          follow(place + 1, at: offset + width, slots: &slots, into: next)
        }
      }
      swap(&current, &next)
      next.removeAll()
      if isAtEnd { return result }
      guard steps < LinearRegex.Limit.steps else {
        throw LinearRegexError(code: .tooManySteps(limit: LinearRegex.Limit.steps), column: 0)
      }
      offset += width
    }
  }

  /// The next place where a match can begin, or the end of the text.
  private func skip(from offset: Int) -> Int? {
    guard let firstBytes = program.firstBytes else { return nil }
    return firstBytes.withUnsafeBufferPointer { firstBytes in
      var offset = offset
      while offset < bytes.count, !firstBytes[Int(bytes[offset])] { offset &+= 1 }
      return offset
    }
  }

  @inline(__always)
  private func consumes(_ instruction: RegexProgram.Instruction, _ code: UInt32) -> Bool {
    switch instruction {
    case .scalar(let expected): code == expected
    case .set(let index): program.sets[index].contains(code)
    case .dot(let matchesNewline):
      matchesNewline || (code != 0x0A && (code != 0x0D || !program.dotExcludesReturn))
    default: false
    }
  }

  /// Adds to `list` every consuming instruction that can be reached from `place`, in the order of
  /// preference.
  private mutating func follow(
    _ place: Int,
    at offset: Int,
    slots: inout [Int],
    into list: ThreadList
  ) {
    stack.append(.instruction(place))
    while let pending = stack.popLast() {
      switch pending {
      case .restore(let slot, let old): slots[slot] = old
      case .instruction(var place):
        while list.insert(place) {
          steps &+= 1
          switch program.instructions[place] {
          case .jump(let target): place = target
          case .split(let first, let second):
            stack.append(.instruction(second))
            place = first
          case .save(let slot):
            if slot < slotCount {
              stack.append(.restore(slot: slot, offset: slots[slot]))
              slots[slot] = offset
            }
            place += 1
          case .assertion(let assertion):
            guard holds(assertion, at: offset) else { continue }
            place += 1
          default: list.store(slots, for: place)
          }
        }
      }
    }
  }

  private func holds(_ assertion: RegexAssertion, at offset: Int) -> Bool {
    switch assertion {
    case .textStart: offset == 0
    case .textEnd: offset == bytes.count
    case .lineStart: offset == 0 || bytes[offset - 1] == 0x0A
    case .lineEnd: offset == bytes.count || bytes[offset] == 0x0A
    case .wordBoundary: isWord(at: offset - 1) != isWord(at: offset)
    case .notWordBoundary: isWord(at: offset - 1) == isWord(at: offset)
    }
  }

  private func isWord(at offset: Int) -> Bool {
    bytes.indices.contains(offset) && RegexSet.word.contains(UInt32(bytes[offset]))
  }

  /// The scalar at `offset` and its width in bytes; U+FFFD and 1 for what is not UTF-8.
  @inline(__always)
  private func decode(at offset: Int) -> (UInt32, Int) {
    guard let scalar = UTF8Scalar.decode(bytes, at: offset, end: bytes.count) else {
      return (0xFFFD, 1)
    }
    return (scalar.code, scalar.width)
  }
}

/// An ordered set of instructions with the capture slots of the thread that waits at each.
private final class ThreadList {
  private(set) var count = 0
  private let dense: UnsafeMutablePointer<Int>
  private let sparse: UnsafeMutablePointer<Int>
  private let slots: UnsafeMutablePointer<Int>
  private let slotCount: Int

  init(count capacity: Int, slotCount: Int) {
    dense = .allocate(capacity: capacity)
    sparse = .allocate(capacity: capacity)
    sparse.initialize(repeating: 0, count: capacity)
    dense.initialize(repeating: 0, count: capacity)
    slots = .allocate(capacity: capacity * slotCount)
    slots.initialize(repeating: -1, count: capacity * slotCount)
    self.slotCount = slotCount
  }

  deinit {
    dense.deallocate()
    sparse.deallocate()
    slots.deallocate()
  }

  subscript(index: Int) -> Int { dense[index] }

  /// Whether the instruction was not in the list yet.
  @inline(__always)
  func insert(_ place: Int) -> Bool {
    let index = sparse[place]
    if index < count, dense[index] == place { return false }
    dense[count] = place
    sparse[place] = count
    count &+= 1
    return true
  }

  func removeAll() {
    count = 0
  }

  @inline(__always)
  func store(_ values: [Int], for place: Int) {
    for index in 0..<slotCount { slots[place &* slotCount &+ index] = values[index] }
  }

  @inline(__always)
  func load(_ values: inout [Int], of place: Int) {
    for index in 0..<slotCount { values[index] = slots[place &* slotCount &+ index] }
  }
}
