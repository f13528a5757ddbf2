import Auditing
import Evidence
import FoundationEssentials
import Suites

extension RecipeCheckout {
  /// What the rules say of the checkout as given, without running it.
  func ruleFindings(_ suite: Suite) -> [RecipeFinding] {
    RecipeRules(files: ruleFiles, suite: suite).findings()
  }

  private var ruleFiles: [ComposeReader.File] {
    let files = SuiteFiles(folder: folder)
    let names = (files.entries(in: "") ?? []).filter { !$0.isFolder }.map(\.name) + [".env.sample"]
    return names.filter(RecipeRules.isRead).compactMap { name in
      files.read(name).map { ComposeReader.File(name: name, bytes: $0) }
    }
  }

  /// The same findings as diagnostics with their lines; what the suite waives has no place among
  /// them.
  func diagnostics(_ findings: [RecipeFinding]) -> [Diagnostic] {
    let files = ruleFiles
    return findings.map { found in
      let place = found.place
      let line = files.first { $0.name == place?.file }.flatMap { file in
        place.map {
          SourceText(file: file.name, text: String(decoding: file.bytes, as: UTF8.self))
            .line($0.line)
        }
      }
      return Diagnostic(
        Diagnostic.Severity(found.rule.severity),
        file: "\(shownAs)/\(place?.file ?? found.about.first ?? "")",
        line: place?.line ?? 0,
        column: place?.column ?? 1,
        length: found.length,
        message: "\(found.message) [\(found.rule.rawValue)]",
        nearest: found.nearest,
        sourceLine: line
      )
    }
  }
}

extension Diagnostic.Severity {
  init(_ severity: Finding.Severity) {
    switch severity {
    case .error: self = .error
    case .warning: self = .warning
    case .note: self = .note
    }
  }
}
