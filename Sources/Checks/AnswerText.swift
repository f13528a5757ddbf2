import Evidence
import Formats
import HTTPRequests

/// What an answer says as text: a body, an output, a file.
struct AnswerText {
  let part: Unreadable.Part
  let bytes: [UInt8]
  /// `text/html`, in lower case; nil where nobody says.
  let type: String?
  /// Where all of it is understood, or as much of it as can be.
  let text: Result<String, UnreadableError>
  /// Why there may be more than `text` has.
  let partial: Unreadable?

  struct UnreadableError: Error { var why: Unreadable }

  /// Nil where the answer has no such thing.
  init?(_ answer: Answer) {
    var charset: String?
    if let body = answer.body {
      let header = answer.headers.map { HTTPHeader($0.name, $0.value) }.last(named: "Content-Type")
      let media = header.map(MediaType.init)
      (part, bytes, type, charset) = (.body, body, media?.essence, media?.charset)
    } else if let stdout = answer.stdout {
      (part, bytes, type) = (.stdout, stdout, nil)
    } else if let file = answer.file {
      (part, bytes, type) = (.content, file.content, nil)
    } else {
      return nil
    }
    // 206: a range of it, whoever asked for that.
    let isCut = answer.file.map { $0.content.count < $0.size } ?? (answer.status == 206)
    (text, partial) = Self.decode(bytes, part, type, charset: charset, isCut: isCut)
  }

  private static func decode(
    _ bytes: [UInt8],
    _ part: Unreadable.Part,
    _ type: String?,
    charset: String?,
    isCut: Bool
  ) -> (Result<String, UnreadableError>, Unreadable?) {
    let cut: Unreadable? = isCut ? .cut(part) : nil
    let mark = TextDecoding.byteOrderMark(of: bytes)
    let rest = bytes.dropFirst(mark?.count ?? 0)
    let told = mark?.charset ?? charset ?? MediaType.charset(declaredIn: bytes)
    let problem: TextDecoding.Problem
    do throws(TextDecoding.Problem) {
      return (.success(try TextDecoding.text(of: rest, in: told ?? "UTF-8")), cut)
    } catch {
      problem = error
    }
    switch problem {
    case .unknownCharset(let name):
      // Every character set that a server may call by a name of its own has these.
      if rest.allSatisfy({ $0 < 0x80 && $0 != 0 }) {
        return (.success(String(decoding: rest, as: UTF8.self)), cut)
      }
      return (.failure(UnreadableError(why: .unknownCharset(part, name: name))), nil)
    case .invalid(let charset, let offset):
      if told != nil, !isCut {
        let why = Unreadable.notText(part, charset: charset, offset: offset)
        return (.failure(UnreadableError(why: why)), nil)
      }
      // What browsers take a page for that does not say.
      if type == "text/html", let text = try? TextDecoding.text(of: rest, in: "CP1252") {
        return (.success(text), cut)
      }
      let why = cut ?? .notText(part, charset: nil, offset: offset)
      return (.success(String(decoding: rest, as: UTF8.self)), why)
    }
  }

  /// As records show it; nil for none and for binary data.
  func shown(without secrets: Redactor?) -> String? {
    if case .success(let text) = text, partial == nil, text.utf8.count != bytes.count {
      return Array(text.utf8).shown(without: secrets)
    }
    return bytes.shown(without: secrets)
  }

  /// The whole of it as JSON.
  func json() -> Result<JSONValue, UnreadableError> {
    if bytes.isEmpty { return .failure(UnreadableError(why: .empty(part))) }
    if case .cut? = partial { return .failure(UnreadableError(why: .cut(part))) }
    do {
      let parser = JSONParser(isLenient: true)
      if partial != nil { return .success(try parser.parse(bytes)) }
      return .success(try parser.parse(try text.get()))
    } catch let error as UnreadableError {
      return .failure(error)
    } catch {
      return .failure(UnreadableError(why: .notJSON(part, detail: "\(error)")))
    }
  }

  enum Markup { case html, xml }

  /// In which language its tags are.
  func markup() throws(UnreadableError) -> (Markup, String) {
    let text = try text.get()
    let start = text.prefix(1024).drop(while: \.isWhitespace).lowercased()
    if start.isEmpty { throw UnreadableError(why: .empty(part)) }
    if case .cut? = partial { throw UnreadableError(why: .cut(part)) }
    let isPage = start.hasPrefix("<!doctype html") || start.contains("<html")
    switch type {
    case "text/html"?:
      if start.hasPrefix("<?xml"), !isPage { return (.xml, text) }
      if text.hasTag { return (.html, text) }
    case .some(let type) where type.hasSuffix("/xml") || type.hasSuffix("+xml"): return (.xml, text)
    case nil, "text/plain"?, "application/octet-stream"?:
      if start.hasPrefix("<?xml") { return (.xml, text) }
      if start.hasPrefix("<") { return (isPage ? .html : .xml, text) }
    default: break
    }
    throw UnreadableError(why: .noMarkup(part, type: type))
  }
}

/// A `Content-Type`.
struct MediaType {
  /// In lower case, without parameters.
  let essence: String
  let charset: String?

  init(_ header: String) {
    let parts = header.split(separator: ";", omittingEmptySubsequences: false).map {
      $0.trimmingBlanks
    }
    essence = parts[0].lowercased()
    charset = parts.dropFirst().lazy.compactMap { part -> String? in
      guard part.lowercased().hasPrefix("charset=") else { return nil }
      let value = part.dropFirst("charset=".count).drop { $0 == "\"" || $0 == "'" }
      return String(value.prefix { $0 != "\"" && $0 != "'" })
    }.first { !$0.isEmpty }
  }

  /// What a page or an XML document says of itself in its first kilobyte.
  static func charset(declaredIn bytes: [UInt8]) -> String? {
    guard bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") else { return nil }
    let start = String(
      String.UnicodeScalarView(bytes.prefix(1024).map { Unicode.Scalar($0) })
    ).lowercased()
    return try? pattern?.firstMatch(in: start)?.captures.dropFirst().compactMap { $0 }.first
  }

  private static let pattern = try? Pattern(
    #"^\s*<\?xml\b[^>]*\bencoding\s*=\s*["']([\w.:-]+)|<meta\b[^>]*\bcharset\s*=\s*["']?([\w.:-]+)"#
  )
}

extension StringProtocol {
  fileprivate var trimmingBlanks: String {
    let start = drop { $0 == " " || $0 == "\t" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  /// A `<` before a letter, `/` or `!`.
  fileprivate var hasTag: Bool {
    zip(utf8, utf8.dropFirst()).contains { first, second in
      first == UInt8(ascii: "<")
        && (second == UInt8(ascii: "/") || second == UInt8(ascii: "!")
          || UInt8(ascii: "a")...UInt8(ascii: "z") ~= second | 0x20)
    }
  }
}
