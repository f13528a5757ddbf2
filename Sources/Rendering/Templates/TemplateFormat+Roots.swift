extension TemplateFormat {
  /// The templates that reports ask for by name, with the values that each gets.
  var roots: [(name: String, scope: TemplateScope)] {
    switch self {
    case .page: [("page/parity", PageFields.scope)]
    case .junit:
      [
        ("junit/begin", JUnitDocument.scope),
        ("junit/suite-begin", JUnitSuite.scope),
        ("junit/cases", JUnitCases.scope),
        ("junit/suite-end", JUnitSuite.scope),
        ("junit/end", JUnitDocument.scope),
      ]
    case .html:
      [
        ("html/begin", HTMLFields.scope),
        ("html/suite-begin", HTMLSuite.scope),
        ("html/checks", HTMLChecks.scope),
        ("html/suite-end", HTMLSuite.scope),
        ("html/end", HTMLFields.scope),
        ("html/index", HTMLIndexFields.scope),
      ]
    }
  }
}
