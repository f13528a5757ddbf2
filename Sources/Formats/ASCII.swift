extension UInt8 {
  /// Of letters and digits that ASCII has: what others are is a matter of tables.
  package var isASCIILetterOrDigit: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }
}
