extension PythonReader {
  // MARK: Names

  func assign(_ value: PythonValue, to target: SyntaxNode, _ frame: Frame) {
    switch target.kind {
    case "Name": frame.names[target.text("id") ?? ""] = value
    case "Starred":
      if let inner = target["value"] { assign(.unknown("rest"), to: inner, frame) }
    case "List", "Tuple":
      let targets = target.list("elts")
      let values = value.elements
      for (index, part) in targets.enumerated() {
        let own: PythonValue
        if let values, values.count == targets.count {
          own = values[index]
        } else if case .seen(let source, let subject) = value {
          own = .seen(source, subject.item(String(index)))
        } else {
          own = .unknown(part.written)
        }
        assign(own, to: part, frame)
      }
    case "Attribute":
      if let base = target["value"], case .instance(let index) = evaluate(base, frame) {
        instances[index].fields[target.text("attr") ?? ""] = value
      }
    case "Subscript":
      guard let name = target["value"]?.text("id"), let key = target["slice"],
        case .dictionary(var pairs)? = frame.names[name], pairs.count < Self.loopLimit
      else { return }
      pairs.append((evaluate(key, frame), value))
      frame.names[name] = .dictionary(pairs)
    default: break
    }
  }

  func imports(_ statement: SyntaxNode, _ frame: Frame) {
    let from =
      String(repeating: ".", count: statement.number("level") ?? 0)
      + (statement.text("module") ?? "")
    for entry in statement.list("names") {
      let name = entry.text("name") ?? ""
      let alias = entry.text("asname")
      if statement.kind == "Import" {
        let here = alias ?? String(name.prefix { $0 != "." })
        let path = files.module(name, from: modules[frame.module].path)
        let index = path.flatMap { module(at: $0) }
        frame.names[here] = index.map { .module($0) } ?? .library(alias == nil ? here : name)
      } else if name == "*" {
        let path = files.module(from, from: modules[frame.module].path)
        if let path, let index = module(at: path) {
          for (name, value) in modules[index].top.names where !name.hasPrefix("_") {
            frame.names[name] = value
          }
        } else {
          note("what `from \(from) import *` brings is not known")
        }
      } else {
        frame.names[alias ?? name] = imported(name, from: from, modules[frame.module].path)
      }
    }
  }

  /// `from lib import name`: a name of a module beside the script, or such a module.
  private func imported(_ name: String, from: String, _ path: String) -> PythonValue {
    if let place = files.module(from, from: path), let index = module(at: place),
      let value = modules[index].top.names[name]
    {
      return value
    }
    let inside = from.hasSuffix(".") ? from + name : "\(from).\(name)"
    if let place = files.module(inside, from: path), let index = module(at: place) {
      return .module(index)
    }
    return .library("\(from).\(name)")
  }

  func named(_ name: String, _ frame: Frame) -> PythonValue {
    if let value = frame.names[name] ?? modules[frame.module].top.names[name] { return value }
    let isOwn = PythonLibrary.builtins.contains(name) || Self.failing.contains(name)
    return isOwn && name != "open" ? .library(name) : .unknown(name)
  }

  /// Names that end a script or a test, wherever they come from.
  static let failing: Set<String> = ["fail", "die", "abort", "bail", "exit", "quit"]

  // MARK: Instances

  /// An instance with the plain values of its class, after its `__init__`.
  func instance(of type: SyntaxNode, module: Int, _ passed: [Passed]) -> Int {
    let index = instances.count
    instances.append(Instance(type: type, module: module))
    let frame = Frame(module: module)
    for statement in type.list("body") where statement.kind == "Assign" {
      guard let expression = statement["value"] else { continue }
      let value = evaluate(expression, frame)
      for target in statement.list("targets") {
        frame.names[target.text("id") ?? ""] = value
        instances[index].fields[target.text("id") ?? ""] = value
      }
    }
    if let start = method("__init__", of: type, module: module) {
      _ = call(PythonFunction(node: start.node, module: start.module, owner: index), passed)
      callEnded = nil
    } else {
      // `@dataclass`: by name, or in the order of the annotations.
      let fields = type.list("body").filter { $0.kind == "AnnAssign" }
      var names = fields.compactMap { $0["target"]?.text("id") }[...]
      for entry in passed {
        if let name = entry.name ?? names.popFirst() { instances[index].fields[name] = entry.value }
      }
    }
    return index
  }

  /// A method of a class or of one that it is made from.
  func method(
    _ name: String,
    of type: SyntaxNode,
    module: Int,
    depth: Int = 0
  ) -> (node: SyntaxNode, module: Int)? {
    if let own = type.list("body").last(where: { $0.isFunction && $0.text("name") == name }) {
      return (own, module)
    }
    guard depth < 4 else { return nil }
    for base in type.list("bases") {
      if case .type(let parent, let place) = evaluate(base, Frame(module: module)),
        let found = method(name, of: parent, module: place, depth: depth + 1)
      {
        return found
      }
    }
    return nil
  }

  // MARK: Attributes

  func attribute(_ name: String, of base: PythonValue, written: SyntaxNode) -> PythonValue {
    switch base {
    case .library(let module):
      let full = "\(module).\(name)"
      return PythonLibrary.status(full).map { .integer($0) } ?? .library(full)
    case .integer where name == "value": return base
    case .module(let index): return modules[index].top.names[name] ?? .unknown(written.written)
    case .instance(let index):
      let own = instances[index]
      if let value = own.fields[name] { return value }
      guard let found = method(name, of: own.type, module: own.module) else {
        return .unknown(written.written.short)
      }
      let decorators = found.node.list("decorator_list").compactMap(\.lastName)
      let isStatic = decorators.contains("staticmethod")
      let function = PythonFunction(
        node: found.node,
        module: found.module,
        owner: isStatic ? nil : index
      )
      return decorators.contains("property") ? call(function, []) : .function(function)
    case .type(let type, let module):
      if let found = method(name, of: type, module: module) {
        let isOfClass = found.node.list("decorator_list").contains { $0.lastName == "classmethod" }
        let owner = isOfClass ? instance(of: type, module: module, []) : nil
        return .function(PythonFunction(node: found.node, module: found.module, owner: owner))
      }
      let place = type.list("body").first { statement in
        statement.list("targets").contains { $0.text("id") == name }
      }
      return place?["value"].map { evaluate($0, Frame(module: module)) }
        ?? .unknown(written.written)
    case .response(let source):
      return Self.attribute(name, ofResponse: source) ?? part(written, base)
    case .command(let source):
      switch name {
      case "returncode": return .seen(source, .exit)
      case "stdout", "output": return .seen(source, .output)
      case "stderr": return .seen(source, .value("stderr"))
      default: return part(written, base)
      }
    case .seen(let source, let subject):
      return .seen(source, .value("\(subject.words).\(name)".short))
    default: return .unknown(written.written.short)
    }
  }

  private static func attribute(_ name: String, ofResponse source: Int) -> PythonValue? {
    switch name {
    case "status_code", "status", "code", "statuscode": .seen(source, .status)
    case "ok", "is_success": .claim(.status(source, 100...399))
    case "is_redirect", "is_permanent_redirect": .claim(.status(source, 300...399))
    case "is_error": .claim(.status(source, 400...599))
    case "text", "content", "body", "data": .seen(source, .body)
    case "headers", "msg": .headers(source)
    case "cookies": .seen(source, .header("set-cookie"))
    case "url", "geturl": .seen(source, .address)
    case "response": .response(source)
    default: nil
    }
  }

  /// As it is written, with the answer that it comes from.
  func part(_ written: SyntaxNode, _ values: PythonValue...) -> PythonValue {
    part(written, of: values)
  }

  func part(_ written: SyntaxNode, of values: [PythonValue]) -> PythonValue {
    for value in values {
      if let source = value.source { return .seen(source, .value(written.written.short)) }
      if case .instance(let index) = value,
        let source = instances[index].fields.values.lazy.compactMap(\.source).min()
      {
        return .seen(source, .value(written.written.short))
      }
    }
    return .unknown(written.written.short)
  }
}
