import Formats

/// Holds the tags of a template against the values that it will get.
struct TemplateChecker {
  /// The templates of one format by name.
  private let templates: [String: [TemplateNode]]
  private let format: TemplateFormat
  private(set) var errors: [RenderingError] = []
  private var open: Set<String> = []
  /// Tags that are still looked at: templates that include others twice each grow beyond all bounds.
  private var left = 100_000

  init(templates: [String: [TemplateNode]], of format: TemplateFormat) {
    self.templates = templates
    self.format = format
  }

  /// Checks one template and whatever it includes.
  mutating func check(_ name: String, with scope: TemplateScope) {
    guard let nodes = templates[name] else {
      errors.append(
        RenderingError(
          .noTemplate(nearest: NearestName.of(name, among: templates.keys)),
          "\(format.rawValue)/\(name)",
          "there is no such template"
        )
      )
      return
    }
    check(nodes, in: [scope], blocks: [:])
  }

  private mutating func check(
    _ nodes: [TemplateNode],
    in scopes: [TemplateScope],
    blocks: [String: [TemplateNode]]
  ) {
    for node in nodes {
      left -= 1
      if left == 0 {
        errors.append(
          RenderingError(.wrongUse, format.rawValue, "the templates include one another too often")
        )
      }
      guard left > 0 else { return }
      switch node {
      case .variable(let name, let isRaw, let mark):
        checkVariable(name, isRaw: isRaw, mark, in: scopes)
      case .section(let name, let isInverted, let children, let mark):
        checkSection(name, isInverted: isInverted, children, mark, in: scopes, blocks: blocks)
      case .partial(let name, let overrides, let mark):
        guard let nodes = templates[name] else {
          let nearest = NearestName.of(name, among: templates.keys)
          let hint = nearest.map { "; the nearest is \($0)" } ?? ""
          errors.append(
            mark.error(.noTemplate(nearest: nearest), "there is no template \(name)\(hint)")
          )
          continue
        }
        guard open.insert(name).inserted else {
          errors.append(mark.error(.wrongUse, "template \(name) includes itself"))
          continue
        }
        check(nodes, in: scopes, blocks: blocks.merging(overrides) { old, _ in old })
        open.remove(name)
      case .block(let name, let children, _):
        check(blocks[name] ?? children, in: scopes, blocks: blocks)
      }
    }
  }

  private mutating func checkVariable(
    _ name: String,
    isRaw: Bool,
    _ mark: TemplateNode.Mark,
    in scopes: [TemplateScope]
  ) {
    if name == "." || name == "index()" { return }
    guard let entry = entry(name, mark, in: scopes) else { return }
    switch entry.shape {
    case .text where isRaw:
      errors.append(mark.error(.wrongUse, "\(name) is text and must be escaped: {{\(name)}}"))
    case .markup where !isRaw:
      errors.append(mark.error(.wrongUse, "\(name) is markup already: {{{\(name)}}}"))
    case .text, .markup: break
    case .flag, .list, .object:
      errors.append(
        mark.error(.wrongUse, "\(name) is a \(entry.shape.word): {{#\(name)}}…{{/\(name)}}")
      )
    }
  }

  private mutating func checkSection(
    _ name: String,
    isInverted: Bool,
    _ children: [TemplateNode],
    _ mark: TemplateNode.Mark,
    in scopes: [TemplateScope],
    blocks: [String: [TemplateNode]]
  ) {
    if name == "first()" || name == "last()" {
      check(children, in: scopes, blocks: blocks)
      return
    }
    var path = name
    let asksEmpty = name.hasPrefix("empty(") && name.hasSuffix(")")
    if asksEmpty { path = String(name.dropFirst(6).dropLast()) }
    guard let entry = entry(path, mark, in: scopes) else { return }
    switch entry.shape {
    case .list(let element):
      check(children, in: isInverted || asksEmpty ? scopes : scopes + [element()], blocks: blocks)
    case .object(let object) where !asksEmpty:
      check(children, in: isInverted ? scopes : scopes + [object()], blocks: blocks)
    case .flag where !asksEmpty: check(children, in: scopes, blocks: blocks)
    case .text where entry.isOptional && !asksEmpty, .markup where entry.isOptional && !asksEmpty:
      check(children, in: scopes, blocks: blocks)
    case .text, .markup, .flag, .object:
      errors.append(mark.error(.wrongUse, "\(path) is always there: the section decides nothing"))
    }
  }

  private mutating func entry(
    _ name: String,
    _ mark: TemplateNode.Mark,
    in scopes: [TemplateScope]
  ) -> TemplateScope.Entry? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: true).map(String.init)
    var candidates: [TemplateScope] = name.hasPrefix(".") ? scopes.suffix(1) : scopes.reversed()
    var found: TemplateScope.Entry?
    for (offset, part) in parts.enumerated() {
      guard let entry = candidates.lazy.compactMap({ $0[part] }).first else {
        let known = candidates.flatMap { $0.entries.map(\.name) }
        let nearest = NearestName.of(part, among: known)
        let hint = nearest.map { "; the nearest is \($0)" } ?? ""
        let owner = candidates.first?.name ?? "the document"
        errors.append(
          mark.error(.unknownKey(nearest: nearest), "\(owner) has no value \(part)\(hint)")
        )
        return nil
      }
      found = entry
      if offset + 1 < parts.count {
        guard case .object(let object) = entry.shape else {
          errors.append(mark.error(.wrongUse, "\(part) is \(entry.shape.word) and has no parts"))
          return nil
        }
        candidates = [object()]
      }
    }
    return found
  }
}
