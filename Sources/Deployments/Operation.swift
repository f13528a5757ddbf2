package import Programs

/// One thing that a driver did.
package struct Operation: Sendable, Hashable {
  package enum Ending: Sendable, Hashable {
    case succeeded
    /// The recipe's own part did not do: a hook failed, a service went away.
    case failed(String)
    /// Something of ours or of the machine did not do.
    case broken(String)
  }

  package var name: String
  package var ending: Ending
  package var duration: Duration
  package var service: String?
  package var argv: [String]
  package var output: CommandOutput?
  package var facts: [String: String]
  /// Where the driver did something else than the recipe says, and why.
  package var difference: String?

  package init(
    name: String,
    ending: Ending,
    duration: Duration,
    service: String? = nil,
    argv: [String] = [],
    output: CommandOutput? = nil,
    facts: [String: String] = [:],
    difference: String? = nil
  ) {
    self.name = name
    self.ending = ending
    self.duration = duration
    self.service = service
    self.argv = argv
    self.output = output
    self.facts = facts
    self.difference = difference
  }
}
