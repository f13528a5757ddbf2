internal import CLibpcre2
internal import Glibc

/// A regular expression as PCRE2 has them (pcre2pattern(3)), over Unicode characters.
///
/// `\d`, `\w`, `\s` and `\b` are about ASCII; case is ignored in all of Unicode; `$` without `(?m)` is
/// the very end of the text. A search ends with an error where it would take more than the limits
/// allow: it is never told as "not found".
package struct Pattern: Sendable, Hashable, CustomStringConvertible {
  package enum Dialect: Sendable {
    case standard
    /// Patterns of RFC 9485, as JSONPath has them: `.` is neither a line feed nor a carriage return.
    case interoperable
  }

  package enum Limit {
    /// Bytes of the pattern.
    package static let pattern = 4_096
    /// Bytes of the text.
    package static let input = 64 << 20
    /// Steps from one place of the text, some tens of milliseconds.
    static let steps: UInt32 = 1_000_000
    /// In KiB.
    static let memory: UInt32 = 64 << 10
    /// Processor time of one search; looked at after each `window` places.
    static let seconds = 2
    fileprivate static let window = 1_024
  }

  package let text: String
  private let dialect: Dialect
  private let program: Program

  package init(_ text: String, dialect: Dialect = .standard) throws(PatternError) {
    self.text = text
    self.dialect = dialect
    program = try Program(text, dialect)
  }

  package var description: String { text }

  /// Whether the pattern is found in `text`, or is all of it if `whole`.
  package func matches(_ text: String, whole: Bool = false) throws(PatternError) -> Bool {
    try program.search(text, whole: whole) != nil
  }

  /// The leftmost match.
  package func firstMatch(in text: String) throws(PatternError) -> Match? {
    guard let offsets = try program.search(text, whole: false) else { return nil }
    let utf8 = text.utf8
    func place(_ offset: Int) -> String.Index { utf8.index(utf8.startIndex, offsetBy: offset) }
    return Match(
      captures: offsets.map { range in
        range.map { String(text[place($0.lowerBound)..<place($0.upperBound)]) }
      }
    )
  }

  package struct Match: Sendable, Hashable {
    /// The whole match, then the groups in the order of their opening parentheses; nil for a group
    /// that took no part. A group in a repetition holds its last round.
    package let captures: [String?]
  }

  package static func == (lhs: Pattern, rhs: Pattern) -> Bool {
    UTF8Order.areEqual(lhs.text, rhs.text) && lhs.dialect == rhs.dialect
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(text)
  }
}

/// Why a pattern is refused, or a search was given up.
package struct PatternError: Error, Hashable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// In PCRE2's words.
    case invalid(String)
    case patternTooLong(limit: Int)
    case inputTooLarge(limit: Int)
    /// What it would take more of than the limit allows: steps, memory, time.
    case limit(String)
  }

  package let code: Code
  /// Unicode scalars from the start of the pattern, counted from 1; 0 when a search was given up.
  package let column: Int

  package var description: String {
    column > 0 ? "pattern at column \(column): \(reason)" : "pattern \(reason)"
  }

  private var reason: String {
    switch code {
    case .invalid(let message): message
    case .patternTooLong(let limit): "longer than \(limit) bytes"
    case .inputTooLarge(let limit): "is searched in at most \(limit) bytes"
    case .limit(let what): "exceeds the \(what) limit on this text"
    }
  }
}

/// A compiled pattern, not changed after `init`.
private final class Program: Sendable {
  nonisolated(unsafe) private let code: OpaquePointer
  /// Whether a match can begin at the start of the text only, or asks where the search began.
  private let isSearchedAtOnce: Bool

  init(_ text: String, _ dialect: Pattern.Dialect) throws(PatternError) {
    guard text.utf8.count <= Pattern.Limit.pattern else {
      throw PatternError(code: .patternTooLong(limit: Pattern.Limit.pattern), column: 1)
    }
    let context = pcre2_compile_context_create_8(nil)
    defer { pcre2_compile_context_free_8(context) }
    if dialect == .interoperable {
      pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_ANYCRLF))
    }
    let options =
      PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY
      | PCRE2_USE_OFFSET_LIMIT
    var failure: Int32 = 0
    var offset = 0
    var bytes = text
    let code = bytes.withUTF8 {
      pcre2_compile_8($0.baseAddress, $0.count, options, &failure, &offset, context)
    }
    guard let code else {
      let column =
        String(decoding: text.utf8.prefix(offset), as: UTF8.self).unicodeScalars.count + 1
      throw PatternError(code: .invalid(Self.message(failure)), column: column)
    }
    self.code = code
    // Where there is no compiler for this machine, patterns are interpreted.
    pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE))
    var found: UInt32 = 0
    pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_ALLOPTIONS), &found)
    isSearchedAtOnce = found & PCRE2_ANCHORED != 0 || text.contains(#"\G"#)
  }

  deinit { pcre2_code_free_8(code) }

  private static func message(_ error: Int32) -> String {
    var text = [UInt8](repeating: 0, count: 256)
    let count = pcre2_get_error_message_8(error, &text, text.count)
    return count > 0 ? String(decoding: text[..<Int(count)], as: UTF8.self) : "error \(error)"
  }

  /// The ranges in bytes of the leftmost match and its groups.
  func search(_ text: String, whole: Bool) throws(PatternError) -> [Range<Int>?]? {
    guard text.utf8.count <= Pattern.Limit.input else {
      throw PatternError(code: .inputTooLarge(limit: Pattern.Limit.input), column: 0)
    }
    let span = text.utf8Span.span
    return try span.withUnsafeBufferPointer { (bytes) throws(PatternError) in
      try search(bytes, whole: whole)
    }
  }

  private func search(
    _ bytes: UnsafeBufferPointer<UInt8>,
    whole: Bool
  ) throws(PatternError) -> [Range<Int>?]? {
    let match = pcre2_match_data_create_from_pattern_8(code, nil)
    let context = pcre2_match_context_create_8(nil)
    defer {
      pcre2_match_data_free_8(match)
      pcre2_match_context_free_8(context)
    }
    pcre2_set_match_limit_8(context, Pattern.Limit.steps)
    pcre2_set_depth_limit_8(context, Pattern.Limit.steps)
    pcre2_set_heap_limit_8(context, Pattern.Limit.memory)
    let options = PCRE2_NO_UTF_CHECK | (whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0)
    let isOneCall = whole || isSearchedAtOnce || bytes.count <= Pattern.Limit.window
    let end = Self.processorSeconds + Double(Pattern.Limit.seconds)
    var start = 0
    while true {
      // The limit of steps is for one place: the time of many is looked at between some of them.
      let last = isOneCall ? bytes.count : start + Pattern.Limit.window - 1
      pcre2_set_offset_limit_8(context, last)
      var result = pcre2_match_8(
        code,
        bytes.baseAddress,
        bytes.count,
        start,
        options,
        match,
        context
      )
      if result == PCRE2_ERROR_JIT_STACKLIMIT {
        // The interpreter takes its memory from the heap.
        let again = options | PCRE2_NO_JIT
        result = pcre2_match_8(code, bytes.baseAddress, bytes.count, start, again, match, context)
      }
      if result > 0 { return Self.ranges(match) }
      guard result == PCRE2_ERROR_NOMATCH else { throw Self.failure(result) }
      start = last + 1
      while start < bytes.count, bytes[start] & 0xC0 == 0x80 { start += 1 }
      if start > bytes.count { return nil }
      guard Self.processorSeconds < end else { throw PatternError(code: .limit("time"), column: 0) }
    }
  }

  private static func ranges(_ match: OpaquePointer?) -> [Range<Int>?] {
    let offsets = UnsafeBufferPointer(
      start: pcre2_get_ovector_pointer_8(match),
      count: 2 * Int(pcre2_get_ovector_count_8(match))
    )
    return stride(from: 0, to: offsets.count, by: 2).map { index in
      // `\K` in a look-ahead can put the start behind the end.
      offsets[index] == shim_pcre2_unset() || offsets[index] > offsets[index + 1]
        ? nil : offsets[index]..<offsets[index + 1]
    }
  }

  private static func failure(_ result: Int32) -> PatternError {
    let code: PatternError.Code =
      switch result {
      case PCRE2_ERROR_MATCHLIMIT: .limit("match")
      case PCRE2_ERROR_DEPTHLIMIT: .limit("depth")
      case PCRE2_ERROR_HEAPLIMIT, PCRE2_ERROR_NOMEMORY: .limit("memory")
      default: .invalid(message(result))
      }
    return PatternError(code: code, column: 0)
  }

  /// Of this thread, so that a busy machine does not count.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
