package import Formats

/// As much of JSON Schema as the project's own schemas use; any other keyword is a problem.
package struct SchemaValidator {
  private let schema: JSONValue

  package init(schema: JSONValue) { self.schema = schema }

  package func problems(_ value: JSONValue) -> [String] { problems(value, schema, "") }

  private func problems(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
    if case .bool(let allowed) = schema { return allowed ? [] : ["\(path): not allowed"] }
    guard let keywords = schema.objectValue else { return ["\(path): schema is no object"] }
    var found: [String] = []
    for keyword in keywords.members {
      switch keyword.key {
      case "$schema", "title", "description", "$comment", "$defs", "properties": break
      case "$ref":
        let name = keyword.value.stringValue?.split(separator: "/").last.map(String.init) ?? ""
        guard let target = self.schema["$defs"]?[name] else { return ["\(path): no \(name)"] }
        found += problems(value, target, path)
      case "type":
        let names = keyword.value.arrayValue ?? [keyword.value]
        if !names.contains(where: { isType(value, $0.stringValue ?? "") }) {
          found.append("\(path): is \(value.kindName)")
        }
      case "enum":
        if keyword.value.arrayValue?.contains(value) != true {
          found.append("\(path): not in enum")
        }
      case "anyOf":
        let tries = (keyword.value.arrayValue ?? []).map { problems(value, $0, path) }
        if !tries.contains([]) { found += tries.min { $0.count < $1.count } ?? [] }
      case "oneOf":
        let fitting = (keyword.value.arrayValue ?? []).filter { problems(value, $0, path).isEmpty }
        if fitting.count != 1 { found.append("\(path): \(fitting.count) of oneOf") }
      case "not":
        if problems(value, keyword.value, path).isEmpty { found.append("\(path): not allowed") }
      case "required":
        for key in keyword.value.arrayValue ?? [] where value[key.stringValue ?? ""] == nil {
          found.append("\(path): needs \(key)")
        }
      case "additionalProperties":
        for member in value.objectValue?.members ?? [] {
          let own = schema["properties"]?[member.key] ?? keyword.value
          found += problems(member.value, own, "\(path).\(member.key)")
        }
      case "items":
        for (index, item) in (value.arrayValue ?? []).enumerated() {
          found += problems(item, keyword.value, "\(path)[\(index)]")
        }
      case "minimum", "maximum":
        guard let number = value.intValue, let limit = keyword.value.intValue else { break }
        if keyword.key == "minimum" ? number < limit : number > limit {
          found.append("\(path): out of range")
        }
      case "pattern":
        guard let text = value.stringValue, let pattern = keyword.value.stringValue else { break }
        if (try? Pattern(pattern).matches(text)) != true { found.append("\(path): no match") }
      default: found.append("\(path): unknown keyword \(keyword.key)")
      }
    }
    return found
  }

  private func isType(_ value: JSONValue, _ name: String) -> Bool {
    switch name {
    case "null": value.isNull
    case "boolean": value.boolValue != nil
    case "integer": value.intValue != nil
    case "number": value.numericValue != nil
    case "string": value.stringValue != nil
    case "array": value.arrayValue != nil
    case "object": value.objectValue != nil
    default: false
    }
  }
}
