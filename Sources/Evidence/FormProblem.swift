/// Why a form of a page cannot be filled in and sent as a step says.
package enum FormProblem: Error, Codable, Hashable {
  /// The user has no page in front of him.
  case noPage
  case unreadable(Unreadable)
  /// The selector selects none; the forms that the page has.
  case noForm(forms: [String])
  case severalForms(count: Int)
  /// The fields that there are, the nearest first.
  case noField(String, fields: [String])
  case disabled(String)
  /// A field that can only have one of these values.
  case noChoice(String, of: String, choices: [String])
  case noButton(String, buttons: [String])
  /// The form leads to another origin, or to no address that can be asked.
  case elsewhere(String)

  /// The same with every text that came from outside replaced.
  package func mapTexts(_ transform: (String) -> String) -> FormProblem {
    switch self {
    case .noPage, .severalForms, .disabled: self
    case .unreadable(let why): .unreadable(why.mapTexts(transform))
    case .noForm(let forms): .noForm(forms: forms.map(transform))
    case .noField(let name, let fields): .noField(name, fields: fields.map(transform))
    case .noChoice(let value, let field, let choices):
      .noChoice(transform(value), of: field, choices: choices.map(transform))
    case .noButton(let name, let buttons): .noButton(name, buttons: buttons.map(transform))
    case .elsewhere(let address): .elsewhere(transform(address))
    }
  }
}
