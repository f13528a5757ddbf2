/// Why a driver could not do what it was asked.
package struct DeploymentError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// The recipe's own part did not do: a hook failed, a service gave up. The run tells `failed`.
    case recipeFailed
    /// Something of ours or of the machine did not do. The run tells `broken`.
    case driverBroken
    /// The suite or the recipe asks for what this driver does not have.
    case unsupported
    case noSuchService
    case noSuchVersion
    case interrupted
    /// Another run holds the deployment.
    case held(by: String)
  }

  package var code: Code
  /// One line that starts with its subject.
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }

  /// True where the app or the recipe is to blame, so that the outcome is `failed`.
  package var isRecipes: Bool { code == .recipeFailed }
}
