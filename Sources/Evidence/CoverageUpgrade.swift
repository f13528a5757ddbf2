import Formats

/// Brings what older versions of this tool wrote into the form that `CoverageModel` decodes.
///
/// One step a schema, each from the one before; the number of the schema stays, since it says what
/// the file cannot know.
enum CoverageUpgrade {
  static func upgraded(_ value: JSONValue) -> JSONValue {
    // Schema 2 has nothing that may not be absent.
    value
  }
}
