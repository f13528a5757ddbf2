/// The members of a JSON object, always sorted by the UTF-8 bytes of their keys.
///
/// Two keys are the same only if their bytes are. Look-up takes a logarithmic number of comparisons.
package struct JSONObject: Sendable, Hashable {
  package struct Member: Sendable {
    package let key: String
    package var value: JSONValue
  }

  /// Sorted by key, no key twice.
  package private(set) var members: [Member]

  package init() {
    members = []
  }

  /// Members in any order; of two equal keys the last one counts.
  package init(_ members: some Sequence<(String, JSONValue)>) {
    var sorted = members.map { Member(key: $0.0, value: $0.1) }
    _ = Self.sort(&sorted)
    self.members = sorted
  }

  /// Members that `sort` has sorted.
  init(sorted members: [Member]) {
    self.members = members
  }

  package var count: Int { members.count }
  package var isEmpty: Bool { members.isEmpty }

  /// In UTF-8 order.
  package var keys: [String] { members.map(\.key) }

  /// The value under `key`; setting nil removes the member.
  package subscript(key: String) -> JSONValue? {
    get {
      let index = Self.insertionIndex(of: key, in: members)
      guard index < members.count, UTF8Order.areEqual(members[index].key, key) else { return nil }
      return members[index].value
    }
    set {
      let index = Self.insertionIndex(of: key, in: members)
      let isPresent = index < members.count && UTF8Order.areEqual(members[index].key, key)
      switch (newValue, isPresent) {
      case (let value?, true): members[index].value = value
      case (let value?, false): members.insert(Member(key: key, value: value), at: index)
      case (nil, true): members.remove(at: index)
      case (nil, false): break
      }
    }
  }

  package static func == (lhs: JSONObject, rhs: JSONObject) -> Bool {
    lhs.members.count == rhs.members.count
      && zip(lhs.members, rhs.members).allSatisfy {
        UTF8Order.areEqual($0.key, $1.key) && $0.value == $1.value
      }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(members.count)
    for member in members {
      hasher.combine(member.key)
      hasher.combine(member.value)
    }
  }

  private static func insertionIndex(of key: String, in members: [Member]) -> Int {
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if UTF8Order.compare(members[middle].key, key) < 0 { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Sorts by key, drops all but the last of equal keys, and returns one that came twice.
  static func sort(_ members: inout [Member]) -> String? {
    var isSorted = true
    for index in members.indices.dropFirst()
    where UTF8Order.compare(members[index - 1].key, members[index].key) >= 0 {
      isSorted = false
      break
    }
    if isSorted { return nil }
    if members.count <= 16 {
      let hasDuplicates = members.withUnsafeMutableBufferPointer { sortFew($0) }
      return hasDuplicates ? removeDuplicates(&members) : nil
    }
    // The position breaks ties, because the standard library does not promise a stable sort.
    members = members.enumerated().sorted {
      let order = UTF8Order.compare($0.element.key, $1.element.key)
      return order == 0 ? $0.offset < $1.offset : order < 0
    }.map(\.element)
    return removeDuplicates(&members)
  }

  /// Sorts by insertion, without touching reference counts; returns whether a key came twice.
  private static func sortFew(_ members: UnsafeMutableBufferPointer<Member>) -> Bool {
    guard let base = members.baseAddress else { return false }
    var hasDuplicates = false
    for index in 1..<members.count {
      var place = index
      while place > 0 {
        let order = UTF8Order.compare(base[place - 1].key, base[index].key)
        hasDuplicates = hasDuplicates || order == 0
        if order <= 0 { break }
        place -= 1
      }
      if place == index { continue }
      let member = (base + index).move()
      (base + place + 1).moveInitialize(from: base + place, count: index - place)
      (base + place).initialize(to: member)
    }
    return hasDuplicates
  }

  private static func removeDuplicates(_ members: inout [Member]) -> String? {
    var duplicate: String?
    var kept = 0
    for index in members.indices.dropFirst() {
      if UTF8Order.areEqual(members[kept].key, members[index].key) {
        duplicate = duplicate ?? members[index].key
      } else {
        kept += 1
      }
      members[kept] = members[index]
    }
    members.removeSubrange((kept + 1)...)
    return duplicate
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Of two equal keys the last one counts.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(elements)
  }
}
