/// The releases of the stand-in, both in one binary. They are its own, not Plausible's.
package enum AppVersion: String, Sendable, CaseIterable {
  case v1 = "1.0.0"
  case v2 = "2.0.0"

  /// The version of both databases' schema that this release migrates to and works with.
  package var schema: Int {
    switch self {
    case .v1: 1
    case .v2: 2
    }
  }
}
