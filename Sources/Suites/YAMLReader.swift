import Evidence

/// Reads a YAML file into nodes that know their places.
///
/// A syntax error is the only thing that ends the reading; duplicate keys, values that YAML took for
/// something else, and tags are collected in the sink, and the rest is still read.
package enum YAMLReader {
  /// In bytes.
  package static let sizeLimit = 4 << 20
  package static let depthLimit = 64
  /// With aliases expanded.
  package static let nodeLimit = 250_000
  /// Keys, values, beginnings and ends, as written.
  static let eventLimit = 4 * nodeLimit
  /// In bytes, of all scalars, with aliases expanded.
  package static let textLimit = 2 * sizeLimit

  /// - Parameter file: how diagnostics name it.
  /// - Returns: nil where the file could not be read as YAML at all; the sink says why.
  package static func read(
    _ bytes: [UInt8],
    file: String,
    into sink: DiagnosticSink
  ) -> YAMLNode? {
    var bytes = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    if bytes.count > sizeLimit {
      sink.error("file has more than \(sizeLimit) bytes, which is the limit", inFile: file)
      return nil
    }
    guard let text = String(validating: bytes, as: UTF8.self), !isUTF16(bytes) else {
      if isUTF16(bytes) {
        sink.error("file is UTF-16; save it as UTF-8", inFile: file)
      } else {
        reportInvalid(bytes, file: file, to: sink)
      }
      return nil
    }
    let source = SourceText(file: file, text: text)
    sink.register(source)
    do throws(YAMLError) {
      let events = try YAMLEvent.all(in: bytes)
      var tree = YAMLTree(events, source: source, sink: sink)
      return try tree.root()
    } catch {
      YAMLErrorMessage(source: source, sink: sink).report(error)
      return nil
    }
  }

  /// By its mark, or by the zero beside the first letter.
  private static func isUTF16(_ bytes: ArraySlice<UInt8>) -> Bool {
    let start = Array(bytes.prefix(2))
    return start == [0xFF, 0xFE] || start == [0xFE, 0xFF]
      || (start.count == 2 && start.contains(0) && start != [0, 0])
  }

  private static func reportInvalid(
    _ bytes: ArraySlice<UInt8>,
    file: String,
    to sink: DiagnosticSink
  ) {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = bytes.startIndex
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
    let source = SourceText(file: file, text: String(decoding: bytes, as: UTF8.self))
    sink.register(source)
    let byte = String(bytes[offset], radix: 16, uppercase: true)
    sink.error(
      "byte 0x\(byte) is not UTF-8; save the file as UTF-8",
      at: source.place(after: bytes[..<offset])
    )
  }
}
