import Formats
import Suites

extension YAMLNode {
  /// What a text of YAML holds, with plain numbers and truths as such and all else as texts.
  static func decode<T: Decodable>(_ type: T.Type, from text: String, file: String) throws -> T {
    let sink = DiagnosticSink()
    guard let node = YAMLReader.read(Array(text.utf8), file: file, into: sink), !sink.hasErrors
    else { throw SuiteErrors(sink.diagnostics) }
    return try JSONTextDecoder().decode(from: node.asJSON)
  }

  private var asJSON: JSONValue {
    switch content {
    case .mapping(let members): .object(JSONObject(members.map { ($0.key, $0.value.asJSON) }))
    case .sequence(let items): .array(items.map(\.asJSON))
    case .scalar(let scalar) where scalar.isQuoted: .string(scalar.text)
    case .scalar(let scalar):
      switch scalar.text {
      case "", "~", "null": .null
      case "true", "false": .bool(scalar.text == "true")
      default: JSONValue(numberText: scalar.text) ?? .string(scalar.text)
      }
    }
  }
}
