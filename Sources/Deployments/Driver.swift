/// Puts a recipe up and takes it down again: on this machine, on a Swarm engine, through abra.
package protocol Driver: Sendable {
  /// As on the command line: `local`, `swarm`, `abra`.
  var name: String { get }

  /// Starts the first version. The deployment is the caller's, who must undeploy it even where
  /// this throws after something was started: `undeploy` on the driver's side cleans a half start.
  ///
  /// - Returns: a deployment whose services were started; whether they are ready is for the
  ///   caller's gate.
  func deploy(_ version: String) async throws(DeploymentError) -> any Deployment

  /// Operations that were performed since the last call, in order; for the record.
  func takeOperations() async -> [Operation]

  /// What differs from run to run and may stand in messages, by name: the run's folder, ports.
  func values() async -> [String: String]

  /// Why the driver can no longer answer for what it put up; nil while it can.
  ///
  /// What services do from then on says nothing about the recipe.
  func lost() async -> String?

  /// Takes everything down that this driver put up in this run and says what was left.
  /// Never throws, never hangs: its last step is a kill.
  func tearDown() async -> TeardownReport
}
