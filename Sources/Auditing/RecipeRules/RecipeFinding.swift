package import Evidence

/// What a rule says of a recipe's files, with enough to show the line.
package struct RecipeFinding: Hashable, Sendable {
  package var rule: Rule
  /// One line that starts with its subject.
  package var message: String
  /// Its file is relative to the recipe's folder; nil where no line can be shown.
  package var place: SourcePlace?
  /// Its file is relative to the suite's folder instead.
  package var isOfSuite = false
  /// How much of its line is meant, in Unicode scalars.
  package var length: Int
  /// The file, services, stores and volumes that it is about.
  package var about: [String]
  /// The nearest thing that exists, where a name is wrong.
  package var nearest: String?

  init(
    _ rule: Rule,
    _ message: String,
    at place: SourcePlace?,
    length: Int = 1,
    about: [String] = [],
    nearest: String? = nil
  ) {
    self.rule = rule
    self.message = message
    self.place = place
    self.length = length
    self.about = about
    self.nearest = nearest
  }

  /// As the audit and its reports have it.
  package var finding: Finding {
    rule.finding(
      message + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""),
      at: place,
      about: about
    )
  }
}
