extension TemplateFormat {
  /// The templates that reports ask for by name, with the values that each gets.
  var roots: [(name: String, scope: TemplateScope)] {
    switch self {
    case .page: [("parity", PageFields.scope)]
    case .junit:
      [
        ("begin", JUnitDocument.scope),
        ("suite-begin", JUnitSuite.scope),
        ("cases", JUnitCases.scope),
        ("suite-end", JUnitSuite.scope),
        ("end", JUnitDocument.scope),
      ]
    case .html:
      [
        ("begin", HTMLFields.scope),
        ("suite-begin", HTMLSuite.scope),
        ("checks", HTMLChecks.scope),
        ("suite-end", HTMLSuite.scope),
        ("end", HTMLFields.scope),
        ("index", HTMLIndexFields.scope),
        ("diff-begin", DiffPage.scope),
        ("diff-changes", DiffPageChanges.scope),
        ("diff-end", DiffPage.scope),
      ]
    case .text: [("NAME", OwnTextFields.scope)]
    }
  }
}
