extension Duration {
  /// Reads `250ms`, `30s`, `2m` and plain seconds, all without a sign.
  package init?(text: String) {
    let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("", 1)]
    guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
    let digits = text.dropLast(unit.count)
    guard !digits.isEmpty, digits.allSatisfy({ "0123456789.".contains($0) }),
      let number = Double(digits), number * factor < 86_400 * 365
    else { return nil }
    self = .milliseconds(Int64((number * factor * 1000).rounded()))
  }
}
