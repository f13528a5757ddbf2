import Evidence
import Formats

extension Unreadable {
  /// What came instead, to be read after "got": `nothing: $.items[*] has no nmae; it has name, id`.
  var sentence: String {
    switch self {
    case .empty(let part): "nothing: the \(part.shown) is empty"
    case .notJSON(let part, let detail): "no JSON: the \(part.shown) is not \(detail)"
    case .notXML(let part, let detail): "no XML: the \(part.shown) is not an \(detail)"
    case .noMarkup(let part, let type):
      "no HTML: the \(part.shown) is " + (type.map { "\($0)" } ?? "neither HTML nor XML")
    case .unknownCharset(let part, let name):
      "unreadable text: the character set \(JSONValue.string(name)) of the \(part.shown) is not known"
    case .notText(let part, let charset, let offset):
      "unreadable text: byte \(offset + 1) of the \(part.shown) is not \(charset ?? "UTF-8")"
        + (charset == nil ? ", and no character set is named" : "")
    case .cut(let part): "a part only: the \(part.shown) is too long to be kept"
    case .noMember(let name, let path, let names):
      "nothing: \(path) has no \(JSONValue.string(name))" + Self.list(names)
    case .noElement(let index, let path, let count):
      "nothing: \(path) has \(Words.count(count, "element")), not element \(index)"
    case .otherKind(let path, let kind): "nothing: \(path) is \(kind)"
    case .nothingFound: "nothing"
    case .otherNamespace:
      "nothing: its elements are in an XML namespace, write *[local-name() = 'name']"
    case .noContainer(let path): "nothing: there is no \(path) either"
    case .expressionFailed(let detail): detail
    case .noColumn(let name, let names):
      "nothing: the answer has no column \(name)" + Self.list(names)
    case .noRow: "nothing: the answer has no row"
    case .noHeader(let name, let names): "nothing: the answer has no \(name)" + Self.list(names)
    case .noFile: "nothing: there is no such file"
    case .noFolder(let folder): "nothing: there is no folder \(folder)"
    case .told(let text): text
    }
  }

  /// What is there in its place.
  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "" : "; it has " + names.prefix(5).joined(separator: ", ")
  }
}

extension Unreadable.Part {
  fileprivate var shown: String {
    switch self {
    case .body: "body"
    case .stdout: "output"
    case .content: "file"
    }
  }
}

extension FormProblem {
  /// What keeps a form from being sent: `form #login has no field "user"; it has name, password`.
  func sentence(of selector: String) -> String {
    func list(_ what: String, _ names: [String]) -> String {
      names.isEmpty ? "" : "; \(what) " + names.prefix(10).joined(separator: ", ")
    }
    func quoted(_ text: String) -> String { JSONValue.string(text).description }
    return switch self {
    case .noPage: "form \(selector): no page with it was answered before"
    case .unreadable(let why): "form \(selector): the page before is \(why.sentence)"
    case .noForm(let forms):
      "the page has no form \(selector)" + list("it has", forms.isEmpty ? ["no form"] : forms)
    case .severalForms(let count): "\(selector) selects \(count) forms"
    case .noField(let name, let fields):
      "form \(selector) has no field \(quoted(name))" + list("it has", fields)
    case .disabled(let name): "field \(quoted(name)) of form \(selector) is disabled"
    case .noChoice(let value, let field, let choices):
      "field \(quoted(field)) of form \(selector) cannot be \(quoted(value))"
        + list("it can be", choices)
    case .noButton(let name, let buttons):
      "form \(selector) has no button \(quoted(name))" + list("it has", buttons)
    case .elsewhere(let address): "form \(selector) leads elsewhere: \(address)"
    }
  }
}
