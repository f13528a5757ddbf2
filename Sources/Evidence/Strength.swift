/// How much the evidence of a check can carry; derived from its steps, never declared.
package enum Strength: String, Codable, CaseIterable, Sendable, Comparable {
  /// Asserts nothing.
  case none
  /// A status or exit code only.
  case ack
  /// What came back, an echo in the act's own answer included.
  case content
  /// An act with a fresh value, then a later, separate request or another channel returns it.
  case state
  /// State that survived a restore, controls seen.
  case durable
  /// A script that says nothing of what it does: counted apart.
  case opaque

  private var order: Int {
    switch self {
    case .none: 0
    case .opaque: 1
    case .ack: 2
    case .content: 3
    case .state: 4
    case .durable: 5
    }
  }

  package static func < (a: Strength, b: Strength) -> Bool { a.order < b.order }
}
