import Evidence

/// What can be read off a person's sentence without understanding it.
enum PageText {
  /// The page with plain blanks, quotes and bullets, so that a copy out of a browser or an office
  /// program reads alike. Every character stays one character, every line one line.
  static func plain(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var atStart = true
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if index == 0, scalar.value == 0xFEFF { continue }
      switch scalar.value {
      case 0xA0, 0x2007, 0x202F: result.append(" ")
      case 0x2018, 0x2019, 0x201B: result.append("'")
      case 0x201C, 0x201D, 0x201E: result.append("\"")
      case 0x2022, 0x25E6, 0x25AA, 0x2023, 0x25CF: result.append(atStart ? "-" : scalar)
      default: result.append(scalar)
      }
      let isBlank = scalar == " " || scalar == "\t" || scalar.value == 0xA0
      atStart = scalar == "\n" || scalar == "\r" || (atStart && isBlank)
    }
    return String(result)
  }

  static func lines(_ text: String) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var isPair = false
    for scalar in text.unicodeScalars {
      if scalar == "\n", isPair {
        isPair = false
        continue
      }
      isPair = scalar == "\r"
      if scalar == "\n" || scalar == "\r" {
        lines.append(String(line))
        line = String.UnicodeScalarView()
      } else {
        line.append(scalar)
      }
    }
    lines.append(String(line))
    return lines
  }

  /// One line, blanks folded.
  static func folded(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  // MARK: References

  private static let endings = [".py", ".sh", ".bats", ".yml", ".yaml"]
  private static let nameBytes = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_[]-".utf8
  )
  private static let support: Set<String> = [
    "recipe_meta.py", "ops.py", "conftest.py", "abra.sh", "compose.yml", "compose.ccci.yml",
    "recipe.yml", "local.yml", "parity.yml", "swarm.yml",
  ]

  /// Files and test functions that a text names, in their order, each once.
  static func references(_ text: String) -> [PageReference] {
    var found: [PageReference] = []
    for token in tokens(text) {
      for one in reference(token) where !found.contains(one) { found.append(one) }
    }
    return found
  }

  /// Those that are tests: no helpers, no settings, no scripts of the corpus.
  static func tests(_ text: String) -> [PageReference] {
    references(text).filter { one in
      if one.path == nil || one.function != nil { return true }
      if one.path?.contains("recipe-info/") == true { return false }
      let name = one.baseName
      return !name.hasPrefix("_") && !support.contains(name) && !name.hasPrefix("compose.")
    }
  }

  /// Runs of what file names and ids are made of.
  private static func tokens(_ text: String) -> [String] {
    let extra = Set("_./:-[]*".unicodeScalars)
    var tokens: [String] = []
    var token = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isPart =
        scalar.isASCII && scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || extra.contains(scalar)
      if isPart {
        token.append(scalar)
      } else if !token.isEmpty {
        tokens.append(String(token))
        token = String.UnicodeScalarView()
      }
    }
    if !token.isEmpty { tokens.append(String(token)) }
    return tokens.map { token in
      var token = token
      while let last = token.last, ".:,-/".contains(last) { token.removeLast() }
      while let first = token.first, ":,-".contains(first) { token.removeFirst() }
      return token
    }
  }

  private static func reference(_ token: String) -> [PageReference] {
    guard !token.contains("*"), token.utf8.count <= 300 else { return [] }
    if let colons = token.firstRange(of: "::") {
      let path = String(token[..<colons.lowerBound])
      let function = String(token[colons.upperBound...])
      guard !function.isEmpty else { return [] }
      return [PageReference(raw: token, path: path.isEmpty ? nil : path, function: function)]
    }
    if let ending = endings.first(where: token.hasSuffix) {
      let parts = token.split(separator: "/").map(String.init)
      // `test_upgrade/backup/restore.py` is three files.
      let bare = parts.map { $0.hasSuffix(ending) ? String($0.dropLast(ending.utf8.count)) : $0 }
      if parts.count > 1, bare[0].hasPrefix("test_"),
        Stage(rawValue: String(bare[0].dropFirst(5))) != nil,
        bare.dropFirst().allSatisfy({ Stage(rawValue: $0) != nil })
      {
        return bare.enumerated().map { index, name in
          PageReference(raw: parts[index], path: (index == 0 ? name : "test_\(name)") + ending)
        }
      }
      guard parts.last.map({ $0.utf8.count > ending.utf8.count }) == true else { return [] }
      return [PageReference(raw: token, path: token)]
    }
    let isFunction =
      token.hasPrefix("test_") && token.utf8.count > 5 && token.utf8.allSatisfy(nameBytes.contains)
    return isFunction ? [PageReference(raw: token, function: token)] : []
  }

  // MARK: Requests

  private static let methods: Set<String> = [
    "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS",
  ]
  private static let edges = Set("`\"'()[],;:.*!?".unicodeScalars)

  static func requests(_ text: String) -> [PageRequest] {
    let words = text.split(whereSeparator: \.isWhitespace).map { bare(String($0)) }
    var found: [PageRequest] = []
    for (index, word) in words.enumerated() where methods.contains(word) {
      guard index + 1 < words.count, words[index + 1].hasPrefix("/") else { continue }
      let one = PageRequest(method: word, path: words[index + 1])
      if !found.contains(one) { found.append(one) }
    }
    return found
  }

  /// `200`, `200/301/302`, where the text speaks of HTTP at all.
  static func statuses(_ text: String) -> [Int] {
    let hints = ["HTTP", "→", "status", "GET ", "POST ", "returns", "answers"]
    guard hints.contains(where: { text.contains($0) }) else { return [] }
    var found: [Int] = []
    for word in text.split(whereSeparator: {
      $0.isWhitespace || $0 == "(" || $0 == "→" || $0 == ","
    }) {
      let codes = bare(String(word)).split(separator: "/").map { Int($0) ?? 0 }
      guard !codes.isEmpty, codes.allSatisfy({ (100...599).contains($0) }) else { continue }
      for code in codes where !found.contains(code) { found.append(code) }
    }
    return found
  }

  private static func bare(_ word: String) -> String {
    var scalars = Substring(word).unicodeScalars
    while let last = scalars.last, edges.contains(last) { scalars.removeLast() }
    while let first = scalars.first, edges.contains(first) { scalars.removeFirst() }
    return String(scalars)
  }

  // MARK: Words

  /// Letters and digits in lower case, one blank between words.
  static func key(_ text: String) -> String {
    let letters = text.lowercased().unicodeScalars.map { scalar -> Character in
      let isPart = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      return isPart || scalar == "'" ? Character(scalar) : " "
    }
    return folded(String(letters))
  }

  /// Whether whole words stand in a text.
  static func has(_ words: String..., in text: String) -> Bool {
    let key = " \(key(text)) "
    return words.contains { key.contains(" \($0) ") }
  }

  static func stages(_ text: String) -> [Stage] {
    let key = " \(key(text)) "
    return Stage.allCases.filter { stage in
      [stage.rawValue, "test \(stage.rawValue)"].contains { key.contains(" \($0) ") }
    }
  }
}
