import CLibyaml

/// One part of a YAML text in the order of the text, as libyaml reads it: nothing is resolved.
struct YAMLEvent {
  enum Style { case plain, quoted, block }

  enum Kind {
    case scalar(String, Style)
    /// The name, without `*`.
    case alias(String)
    case sequence(isFlow: Bool)
    case mapping(isFlow: Bool)
    /// Of a sequence or a mapping.
    case end
  }

  /// From 0, in Unicode scalars.
  struct Mark {
    var line: Int
    var column: Int
    /// From the start of the text.
    var index: Int

    fileprivate init(_ mark: yaml_mark_t) {
      (line, column, index) = (Int(mark.line), Int(mark.column), Int(mark.index))
    }
  }

  var kind: Kind
  /// The name, without `&`.
  var anchor: String?
  /// With `!!` written out as `tag:yaml.org,2002:`.
  var tag: String?
  /// That of the anchor or the tag, where there is one.
  var start: Mark
  var end: Mark
}

/// Why a text is not YAML.
enum YAMLError: Error {
  /// libyaml's words; it has no codes for them.
  case syntax(problem: String, at: YAMLEvent.Mark, during: (text: String, at: YAMLEvent.Mark)?)
  /// A character that YAML forbids, after this many bytes.
  case character(Unicode.Scalar, offset: Int)
  case undefinedAlias(String, at: YAMLEvent.Mark)
  case secondDocument(at: YAMLEvent.Mark)
  /// One of `YAMLReader`'s limits.
  case tooLarge(String, at: YAMLEvent.Mark?)

  static func tooDeep(at mark: YAMLEvent.Mark) -> YAMLError {
    .tooLarge("file is nested more than \(YAMLReader.depthLimit) deep", at: mark)
  }
}

extension YAMLEvent {
  /// The events of a text's one document; none where it has no document.
  ///
  /// Reading ends at the limits: libyaml's time grows with the square of the depth.
  static func all(in bytes: ArraySlice<UInt8>) throws(YAMLError) -> [YAMLEvent] {
    try bytes.withUnsafeBufferPointer { (bytes) throws(YAMLError) in
      // libyaml keeps the parser's own address in it.
      let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
      defer { parser.deallocate() }
      guard yaml_parser_initialize(parser) == 1 else {
        throw .tooLarge("file takes more memory than there is", at: nil)
      }
      defer { yaml_parser_delete(parser) }
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
      return try all(from: parser)
    }
  }

  private static func all(
    from parser: UnsafeMutablePointer<yaml_parser_t>
  ) throws(YAMLError) -> [YAMLEvent] {
    var events: [YAMLEvent] = []
    var depth = 0
    var documents = 0
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) == 1 else { throw error(of: parser.pointee) }
      defer { yaml_event_delete(&event) }
      switch event.type {
      case YAML_STREAM_END_EVENT: return events
      case YAML_DOCUMENT_START_EVENT:
        documents += 1
        if documents > 1 { throw .secondDocument(at: Mark(event.start_mark)) }
      default:
        guard let event = YAMLEvent(event) else { continue }
        events.append(event)
        switch event.kind {
        case .sequence, .mapping: depth += 1
        case .end: depth -= 1
        case .scalar, .alias: break
        }
        if depth > YAMLReader.depthLimit + 1 { throw .tooDeep(at: event.start) }
        if events.count > YAMLReader.eventLimit {
          throw .tooLarge("file has more than \(YAMLReader.eventLimit) parts", at: event.start)
        }
      }
    }
  }

  /// Nil for what stands around documents.
  private init?(_ event: yaml_event_t) {
    start = Mark(event.start_mark)
    end = Mark(event.end_mark)
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      let style: Style =
        switch scalar.style {
        case YAML_PLAIN_SCALAR_STYLE: .plain
        case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
        default: .quoted
        }
      kind = .scalar(String(decoding: bytes, as: UTF8.self), style)
      anchor = Self.text(scalar.anchor)
      tag = Self.text(scalar.tag)
    case YAML_ALIAS_EVENT: kind = .alias(Self.text(event.data.alias.anchor) ?? "")
    case YAML_SEQUENCE_START_EVENT:
      let sequence = event.data.sequence_start
      kind = .sequence(isFlow: sequence.style == YAML_FLOW_SEQUENCE_STYLE)
      anchor = Self.text(sequence.anchor)
      tag = Self.text(sequence.tag)
    case YAML_MAPPING_START_EVENT:
      let mapping = event.data.mapping_start
      kind = .mapping(isFlow: mapping.style == YAML_FLOW_MAPPING_STYLE)
      anchor = Self.text(mapping.anchor)
      tag = Self.text(mapping.tag)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: kind = .end
    default: return nil
    }
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  private static func error(of parser: yaml_parser_t) -> YAMLError {
    let problem = parser.problem.map { String(cString: $0) } ?? "cannot be read"
    switch parser.error {
    case YAML_READER_ERROR:
      let value = UInt32(exactly: parser.problem_value).flatMap(Unicode.Scalar.init)
      return .character(value ?? "\u{FFFD}", offset: Int(parser.problem_offset))
    case YAML_MEMORY_ERROR: return .tooLarge("file takes more memory than there is", at: nil)
    default:
      let context = parser.context.map {
        (text: String(cString: $0), at: Mark(parser.context_mark))
      }
      return .syntax(problem: problem, at: Mark(parser.problem_mark), during: context)
    }
  }
}
