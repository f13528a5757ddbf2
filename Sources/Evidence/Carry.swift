/// How a functional check is carried through the life of the app: done early, looked for again after the
/// upgrade and each restore.
package enum Carry: Codable, Hashable, Sendable {
  /// The steps that are performed again, as indices into the check's steps, in order: looks at what it
  /// sent, and what goes before them without sending anything fresh, such as logging in.
  case again([Int])
  case not(CarryProblem)
}

/// Why a check of strength `state` is not carried.
package enum CarryProblem: Codable, Hashable, Sendable {
  /// The suite says so.
  case declared(why: String)
  /// It waits for other checks, or uses what they captured, which run later.
  case needsOthers
  /// Its last step that changes what it sent comes after its last look.
  case endsWithAct(step: Int)
  /// A look stands in one group with what it looks for.
  case looksInsideAct(step: Int)
}
