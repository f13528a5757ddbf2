/// What `{{marker}}` stands for, and the names that begin with it.
///
/// Data of real people are no token: they have an umlaut, an emoji, quotes and a line end, and some are
/// long. A dump or a restore that cannot hold them loses data, so a marker has them wherever the suite
/// hands it over as a value of its own. Where it is put into something that would break over them (an
/// address, a header, a file name, an argument, the middle of a text) it is its token alone.
package struct Marker: Sendable, Hashable {
  /// The names between braces.
  package static let names = ["marker", "marker.token", "marker.large"]
  private static let awkward = " \u{FC} 'one' \"two\" \u{1F98A}\n\u{DF}"
  /// More than a page of PostgreSQL and a pipe's buffer hold, less than MariaDB's `text` does.
  private static let largeSize = 20_000

  /// `{{marker}}`.
  package var text: String

  /// - Parameter token: ASCII letters and digits.
  package init(token: String, isPlain: Bool) {
    text = isPlain ? token : token + Self.awkward
  }

  package init(text: String) {
    self.text = text
  }

  /// `{{marker.token}}`: letters and digits, for addresses, names and arguments.
  package var token: String {
    String(text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
  }

  /// `{{marker.large}}`: begins with the text, and goes on with what does not compress to nothing.
  package var large: String {
    var large = text + "\n"
    var state = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    while large.utf8.count < Self.largeSize {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      large += String(state, radix: 36) + "\n"
    }
    return large + token
  }

  /// Of one of ``names``.
  package func value(of name: String) -> String? {
    switch name {
    case "marker": text
    case "marker.token": token
    case "marker.large": large
    default: nil
    }
  }
}
