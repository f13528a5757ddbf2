/// The guardian itself: what `parity guardian` runs.
package enum GuardianProcess {
  /// Supervises the processes of one run until the run has ended.
  ///
  /// - Parameter makeFilter: called once for each output of each service, with the run's secrets.
  package static func main(
    makeFilter: (_ secrets: [String]) -> any LogFilter = { _ in PassingLogFilter() }
  ) -> Never {
    preconditionFailure("to be written")
  }
}
