/// Who holds a deployment's lock, in its own words.
package struct LockHolder: Sendable, Codable, Equatable, CustomStringConvertible {
  var processID: Int32
  /// When the lock was taken, in seconds since 1970.
  var since: Int64
  var host: String
  package var runID: String
  var recipe: String

  package init(processID: Int32, since: Int64, host: String, runID: String, recipe: String) {
    self.processID = processID
    self.since = since
    self.host = host
    self.runID = runID
    self.recipe = recipe
  }

  package var description: String {
    "run \(runID) of \(recipe) (process \(processID) on \(host))"
  }
}
