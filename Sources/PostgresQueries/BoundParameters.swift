import Formats

/// Parameters in the four arrays that libpq takes.
struct BoundParameters {
  private let strings: [CString?]
  private let types: [UInt32]
  private let lengths: [Int32]
  private let formats: [Int32]

  init(_ values: [PostgresValue], statement: String) throws(PostgresError) {
    guard values.count <= 65535 else {
      throw PostgresError(
        .invalidParameters,
        "\(values.count) parameters are more than 65535",
        statement: statement
      )
    }
    var strings: [CString?] = []
    for (index, value) in values.enumerated() {
      let bytes = value.wireForm
      if !value.isBinary, let bytes, bytes.contains(0) {
        throw PostgresError(
          .invalidParameters,
          "parameter $\(index + 1) contains a NUL",
          statement: statement
        )
      }
      strings.append(bytes.map { CString($0) })
    }
    self.strings = strings
    types = values.map(\.typeOID)
    lengths = values.map { Int32(clamping: $0.wireForm?.count ?? 0) }
    formats = values.map { $0.isBinary ? 1 : 0 }
  }

  func withPointers<Result>(
    _ body: ([UInt32], [UnsafePointer<CChar>?], [Int32], [Int32]) -> Result
  ) -> Result {
    withExtendedLifetime(strings) {
      body(types, strings.map { $0?.pointer }, lengths, formats)
    }
  }
}

extension PostgresValue {
  fileprivate var isBinary: Bool {
    if case .bytes = self { true } else { false }
  }
}
