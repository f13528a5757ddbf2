internal import CLibcmark

/// A tree of libcmark; owns its nodes.
struct CommonMarkTree: ~Copyable {
  private let root: CommonMarkNode

  init(parsing text: String) throws(MarkdownError) {
    var text = text
    let node = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        cmark_parse_document($0.baseAddress, $0.count, CMARK_OPT_DEFAULT)
      }
    }
    guard let node else { throw MarkdownError(.unavailable) }
    cmark_consolidate_text_nodes(node)
    root = CommonMarkNode(pointer: node)
  }

  deinit { cmark_node_free(root.pointer) }

  /// Lends the root; it must not outlive the closure.
  func withRoot<Result>(
    _ body: (CommonMarkNode) throws(MarkdownError) -> Result
  ) throws(MarkdownError) -> Result {
    try body(root)
  }
}

/// A node, valid as long as its tree.
struct CommonMarkNode {
  let pointer: OpaquePointer

  var type: cmark_node_type { cmark_node_get_type(pointer) }
  var literal: String { Self.string(cmark_node_get_literal(pointer)) }
  var info: String { Self.string(cmark_node_get_fence_info(pointer)) }
  var destination: String { Self.string(cmark_node_get_url(pointer)) }
  var title: String { Self.string(cmark_node_get_title(pointer)) }
  var headingLevel: Int { Int(cmark_node_get_heading_level(pointer)) }
  var isTight: Bool { cmark_node_get_list_tight(pointer) != 0 }
  /// Counted from 1, in bytes.
  var startColumn: Int { max(1, Int(cmark_node_get_start_column(pointer))) }

  /// The first number of an ordered list.
  var listStart: Int? {
    cmark_node_get_list_type(pointer) == CMARK_ORDERED_LIST
      ? Int(cmark_node_get_list_start(pointer)) : nil
  }

  var lines: ClosedRange<Int> {
    let start = max(1, Int(cmark_node_get_start_line(pointer)))
    return start...max(start, Int(cmark_node_get_end_line(pointer)))
  }

  var children: some Sequence<CommonMarkNode> {
    sequence(
      state: cmark_node_first_child(pointer),
      next: { child -> CommonMarkNode? in
        guard let node = child else { return nil }
        child = cmark_node_next(node)
        return CommonMarkNode(pointer: node)
      }
    )
  }

  private static func string(_ text: UnsafePointer<CChar>?) -> String {
    text.map { String(cString: $0) } ?? ""
  }
}
