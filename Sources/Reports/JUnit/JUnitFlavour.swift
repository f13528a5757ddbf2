import Evidence
import XMLDocuments

/// How a JUnit file is written.
package struct JUnitForm: Sendable {
  package var flavour: JUnitFlavour
  /// From the top of the repository, for the files that a flavour names; empty at the top.
  package var suiteFolder: String

  package init(_ flavour: JUnitFlavour = .jenkins, suiteFolder: String = "") {
    self.flavour = flavour
    self.suiteFolder = suiteFolder
  }

  /// The attributes that say where a case stands, with a blank before each.
  func attributes(of place: SourcePlace?) -> String {
    guard flavour.namesFile, let place else { return "" }
    let path = suiteFolder.isEmpty ? place.file : "\(suiteFolder)/\(place.file)"
    let file = " file=\"\(XMLText.escaped(path, as: .attribute))\""
    return flavour.namesLine ? "\(file) line=\"\(place.line)\"" : file
  }
}

/// The readers that a JUnit file is made for: what one of them shows, another one's schema refuses.
package enum JUnitFlavour: String, CaseIterable, Sendable {
  /// junit-10.xsd, which Jenkins' xunit-plugin applies. Jenkins shows of a skipped case its message or
  /// its text, not both: the text is its output.
  case jenkins
  /// What both published schemas accept, Ant's and junit-10.xsd.
  case strict
  /// With the file of each case, which GitLab links. It shows texts, not messages.
  case gitlab
  /// With file and line of what failed, beside which GitHub's actions put their annotations.
  case github

  package var namesFile: Bool { self == .gitlab || self == .github }
  var namesLine: Bool { self == .github }
  /// Whether what a skipped case says beyond its message stands in its output.
  var splitsSkipped: Bool { self == .jenkins }

  /// The profile `junit/junit.xsd`, which is `strict`, with what this flavour adds to a case.
  func schema(_ strict: String) -> String {
    var elements = ""
    var attributes = ""
    if splitsSkipped { elements = #"<xs:element name="system-out" type="prose" minOccurs="0"/>"# }
    if namesFile { attributes += #"<xs:attribute name="file" type="filledToken"/>"# }
    if namesLine { attributes += #"<xs:attribute name="line" type="count"/>"# }
    return strict.replacing("<!-- elements of a flavour -->", with: elements)
      .replacing("<!-- attributes of a flavour -->", with: attributes)
  }
}
