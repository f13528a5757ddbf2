import Formats

@testable import Suites

/// The JSON Schemas (draft 2020-12) of the suites' files, made from the same tables that the loader
/// reads by.
enum SuiteSchemas {
  /// File names and texts, each text ending in a line feed.
  static let all: [(fileName: String, text: String)] = [
    ("recipe.schema.json", schema("recipe.yml of a suite", root: .table("recipe"))),
    ("local.schema.json", schema("local.yml of a suite", root: .table("local"))),
    ("swarm.schema.json", schema("swarm.yml of a suite", root: .table("swarm"))),
    ("checks.schema.json", schema("A file of checks of a suite", root: .map(.table("check")))),
    ("parity.schema.json", schema("parity.yml of a project", root: .table("project"))),
  ]

  /// Names of the tables that a file's mappings use, the root's first.
  static func tables(from root: Shape) -> [String] {
    var found: [String] = []
    func visit(_ shape: Shape) {
      switch shape {
      case .table(let name):
        if found.contains(name) { return }
        found.append(name)
        for field in Grammar.table(name)?.fields ?? [] { visit(field.shape) }
      case .list(let inner), .map(let inner): visit(inner)
      case .anyOf(let shapes): shapes.forEach(visit)
      case .text, .template, .name, .integer, .boolean, .duration, .choice, .tree: break
      }
    }
    visit(root)
    return found
  }

  private static func schema(_ title: String, root: Shape) -> String {
    var definitions = JSONObject()
    for name in tables(from: root) {
      if let table = Grammar.table(name) { definitions[name] = definition(of: table) }
    }
    var object = JSONObject([
      ("$schema", "https://json-schema.org/draft/2020-12/schema"),
      ("title", .string(title)),
      ("$defs", .object(definitions)),
    ])
    // A file that holds nothing is one with nothing but defaults.
    object["anyOf"] = [value(of: root), ["type": "null"]]
    return JSONWriter(.pretty).string(of: .object(object)) + "\n"
  }

  private static func definition(of table: Table) -> JSONValue {
    var properties = JSONObject()
    for field in table.fields {
      var schema = value(of: field.shape)
      // What is not required may also be written with nothing behind its colon.
      if !field.isRequired { schema = ["anyOf": [schema, ["type": "null"]]] }
      var object = schema.objectValue ?? JSONObject()
      object["description"] = .string(field.doc)
      if let preset = field.preset { object["$comment"] = .string("default: \(preset)") }
      properties[field.key] = .object(object)
    }
    var object = JSONObject([
      ("type", "object"),
      ("description", .string(table.doc)),
      ("properties", .object(properties)),
      ("additionalProperties", false),
    ])
    let required = table.fields.filter(\.isRequired).map { JSONValue.string($0.key) }
    if !required.isEmpty { object["required"] = .array(required) }
    if !table.oneOf.isEmpty {
      var ways: [JSONValue] = table.oneOf.map { ["required": .array([.string($0)])] }
      if let or = table.or {
        ways.append(["required": .array([.string(or)]), "not": ["anyOf": .array(ways)]])
      }
      object["oneOf"] = .array(ways)
    }
    return .object(object)
  }

  private static func value(of shape: Shape) -> JSONValue {
    // A scalar is taken as written, whatever a YAML reader makes of it.
    let scalar: JSONValue = ["type": ["string", "number", "boolean"]]
    switch shape {
    case .text, .template: return scalar
    case .name:
      return ["anyOf": [["type": "string", "pattern": "^[A-Za-z0-9_.-]+$"], ["type": "number"]]]
    case .integer(let range):
      return [
        "type": "integer", "minimum": .int(Int64(range.lowerBound)),
        "maximum": .int(Int64(range.upperBound)),
      ]
    case .boolean: return ["type": "boolean"]
    case .duration: return ["type": "string", "pattern": "^[0-9]+(ms|(\\.[0-9]{1,3})?[smhd])$"]
    case .choice(let words):
      // `true` is a word of the grammar and a boolean of YAML.
      return ["enum": .array(words.map { $0 == "true" ? .bool(true) : .string($0) })]
    case .list(let inner): return ["type": "array", "items": value(of: inner)]
    case .map(let inner): return ["type": "object", "additionalProperties": value(of: inner)]
    case .table(let name): return ["$ref": .string("#/$defs/\(name)")]
    case .anyOf(let shapes): return ["anyOf": .array(shapes.map(value))]
    case .tree: return true
    }
  }
}
