import Evidence
import Formats

/// Commands to the runner of GitHub Actions, which reads them off the output of a step.
///
/// Form and escaping: GitHub's "Workflow commands for GitHub Actions". Of each severity a step shows
/// ten, the first ones.
package enum WorkflowCommands {
  static let shownOfEach = 10

  /// One line for each annotation, errors first; where there are more than are shown, the last one
  /// says how many.
  ///
  /// - Parameter file: The path from the top of the repository for a place of the suite; nil where
  ///   the repository has no such file.
  package static func annotations(
    _ annotations: [(Annotation, file: String?)]
  ) -> String {
    var text = ""
    for severity in [Finding.Severity.error, .warning] {
      let own = annotations.filter { $0.0.severity == severity }
      let shown = own.count <= shownOfEach ? own.count : shownOfEach - 1
      for (annotation, file) in own.prefix(shown) { text += line(annotation, file) }
      if own.count > shown {
        text += "::\(severity.rawValue)::\(own.count - shown) more: the reports have all of them\n"
      }
    }
    return text
  }

  private static func line(_ annotation: Annotation, _ file: String?) -> String {
    var properties: [String] = []
    if let file, let place = annotation.place {
      properties = ["file=\(property(file))", "line=\(place.line)", "col=\(place.column)"]
    }
    properties.append("title=\(property(annotation.title))")
    return "::\(annotation.severity.rawValue) \(properties.joined(separator: ","))"
      + "::\(data(annotation.message))\n"
  }

  /// From here on the runner takes nothing that is printed for a command, until `resume`.
  ///
  /// What an app answers is printed, and an app may know the form of a command.
  ///
  /// - Parameter token: Letters and digits that nobody can guess.
  package static func stop(_ token: String) -> String { "::stop-commands::\(token)\n" }

  package static func resume(_ token: String) -> String { "::\(token)::\n" }

  /// By scalars: a mark that combines with a character does not hide it from the runner.
  private static func escaped(_ text: String, _ marks: String.UnicodeScalarView) -> String {
    var result = String.UnicodeScalarView()
    for scalar in TerminalText.stripped(text).unicodeScalars {
      if marks.contains(scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result.append(contentsOf: "%\(digits.count < 2 ? "0" : "")\(digits)".unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  private static func data(_ text: String) -> String {
    escaped(text, "%\r\n".unicodeScalars)
  }

  private static func property(_ text: String) -> String {
    escaped(text, "%\r\n:,".unicodeScalars)
  }
}
