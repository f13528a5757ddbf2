/// Where a git repository is: a folder of this machine, or an address that git fetches from.
///
/// Its description never has a password, and of `http` and `https` no user name either, which may
/// be a token.
package struct GitAddress: Hashable, Sendable, CustomStringConvertible {
  package enum Place: Hashable, Sendable {
    /// As written: absolute, or relative to whatever names it.
    case folder(String)
    /// What git is given. It has no password.
    case remote(String)
  }

  /// User and password of an `http` or `https` address, percent-decoded.
  package struct Login: Hashable, Sendable {
    package var user: String
    package var password: String
  }

  /// Why a text is no address.
  package struct Mistake: Error, Hashable, Sendable {
    /// The end of a sentence: `has no host`.
    package var reason: String
    package var expected: String?
  }

  package let place: Place
  package let login: Login?
  package let description: String

  /// What git may speak to a server.
  package static let protocols = ["https", "http", "ssh", "git"]

  /// - Parameter folder: of the same machine.
  package init(folder: String) { self.init(.folder(folder), nil, folder) }

  private init(_ place: Place, _ login: Login?, _ description: String) {
    self.place = place
    self.login = login
    self.description = description
  }

  package init(_ text: String) throws(Mistake) {
    let bytes = text.utf8
    guard !text.isEmpty else { throw Mistake(reason: "is empty") }
    guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw Mistake(reason: "has a space or a control character")
    }
    // What git is given must not look like one of its options.
    guard !text.hasPrefix("-") else { throw Mistake(reason: "looks like an option") }
    let word = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+.-".contains($0)) }
    let rest = text.dropFirst(word.count)
    // `ext::…` would be a command of this machine.
    guard !rest.hasPrefix("::") else {
      throw Mistake(reason: "names a remote helper", expected: Self.expected)
    }
    if rest.hasPrefix("://") {
      self = try Self(scheme: word.lowercased(), String(rest.dropFirst(3)))
    } else if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") {
      let host = text[..<colon].split(separator: "@", omittingEmptySubsequences: false).last ?? ""
      let path = text[text.index(after: colon)...]
      try Self.check(host: host)
      guard !path.isEmpty, !path.hasPrefix("-") else { throw Mistake(reason: "has no path") }
      self.init(.remote(text), nil, text)
    } else {
      self.init(folder: text)
    }
  }

  private static let expected = "\(protocols.joined(separator: ", ")), file, or a path"

  private init(scheme: String, _ rest: String) throws(Mistake) {
    if scheme == "file" {
      guard rest.hasPrefix("/") else { throw Mistake(reason: "has a host", expected: "file:///…") }
      self.init(folder: rest)
      return
    }
    guard Self.protocols.contains(scheme) else {
      throw Mistake(reason: "has a protocol that is not allowed", expected: Self.expected)
    }
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let path = rest.dropFirst(authority.count)
    let at = authority.lastIndex(of: "@")
    let host = at.map { authority[authority.index(after: $0)...] } ?? authority
    let user = at.map { authority[..<$0] }
    try Self.check(host: host)
    guard path.utf8.count > 1 else { throw Mistake(reason: "has no path") }
    let parts = user?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false) ?? []
    let isWeb = scheme == "http" || scheme == "https"
    guard parts.first?.hasPrefix("-") != true else { throw Mistake(reason: "looks like an option") }
    var login: Login?
    if parts.count == 2 {
      guard isWeb else { throw Mistake(reason: "has a password, which \(scheme) does not take") }
      login = Login(user: Self.decoded(parts[0]), password: Self.decoded(parts[1]))
    }
    guard scheme != "git" || user == nil else {
      throw Mistake(reason: "has a user, which git:// does not take")
    }
    let kept = parts.count == 2 ? nil : user
    let shown = user.map { isWeb ? "***@" : "\($0)@" } ?? ""
    self.init(
      .remote("\(scheme)://\(kept.map { "\($0)@" } ?? "")\(host)\(path)"),
      login,
      "\(scheme)://\(shown)\(host)\(path)"
    )
  }

  private static func check(host: Substring) throws(Mistake) {
    guard !host.isEmpty else { throw Mistake(reason: "has no host") }
    guard !host.hasPrefix("-") else {
      throw Mistake(reason: "has a host that looks like an option")
    }
    // A colon before something else would be a password with a slash in it.
    if !host.hasSuffix("]"), let colon = host.lastIndex(of: ":") {
      let port = host[host.index(after: colon)...]
      guard !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        throw Mistake(
          reason: "has a port that is not a number",
          expected: "`/` and `@` of a password written as %2F and %40"
        )
      }
    }
  }

  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The last part of the path without `.git`: what a recipe there is called.
  package var name: String {
    let text =
      switch place {
      case .folder(let path), .remote(let path): path
      }
    let last = text.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? ""
    return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
  }

  // MARK: Masking

  /// A text without the passwords of addresses in it.
  ///
  /// - Parameter keepsLength: with a `*` for each character, so that columns stay.
  package static func masked(_ text: String, keepsLength: Bool = false) -> String {
    guard text.contains("://") else { return text }
    var result = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scheme = rest.firstRange(of: "://".unicodeScalars) {
      result.append(contentsOf: rest[..<scheme.upperBound])
      rest = rest[scheme.upperBound...]
      guard let secret = password(at: rest) else { continue }
      result.append(contentsOf: rest[..<secret.lowerBound])
      let mask = keepsLength ? String(repeating: "*", count: rest[secret].count) : "***"
      result.append(contentsOf: mask.unicodeScalars)
      rest = rest[secret.upperBound...]
    }
    result.append(contentsOf: rest)
    return String(result)
  }

  /// The password at the start of what follows `://`; nil where there is none.
  private static func password(
    at text: Substring.UnicodeScalarView
  ) -> Range<String.Index>? {
    let end = text.firstIndex { $0.value <= 0x20 || "\"<>".unicodeScalars.contains($0) }
    let word = text[..<(end ?? text.endIndex)]
    let authority = word.prefix { !"/?#".unicodeScalars.contains($0) }
    guard let colon = authority.firstIndex(of: ":") else { return nil }
    let start = word.index(after: colon)
    if let at = authority.lastIndex(of: "@") { return start <= at ? start..<at : nil }
    // One with a slash in it, which should have been written %2F.
    let isPort = authority[start...].allSatisfy { ("0"..."9").contains($0) }
    guard !isPort, let at = word.lastIndex(of: "@"), start <= at else { return nil }
    return start..<at
  }
}
