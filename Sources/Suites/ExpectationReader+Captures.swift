import Evidence
import Formats

extension ExpectationReader {
  func captures(_ node: YAMLNode, of word: String) -> [Capture] {
    reader.members(node, "capture").compactMap { member in
      guard
        reader.checkName("capture", at: member), let entry = reader.entry(member.value, "capture")
      else { return nil }
      let isSecret = entry.boolean("secret") ?? false
      let pattern = entry["match"].flatMap { node in
        reader.text(node, "match").flatMap { regex($0, at: node.place, length: node.length) }
      }
      let scope = entry["scope"]
        .flatMap { reader.choice($0, "scope", of: Capture.Scope.allCases.map(\.rawValue)) }
        .flatMap(Capture.Scope.init(rawValue:))
      guard let chosen = entry.chosen else { return nil }
      guard Self.subjects(of: word).contains(chosen.key) else {
        sink.error(
          "\(word) step has no \"\(chosen.key)\"",
          at: chosen
        )
        return nil
      }
      guard let subject = subject(chosen) else { return nil }
      return Capture(
        name: member.key,
        subject: subject,
        pattern: pattern,
        isSecret: isSecret,
        scope: scope ?? .check,
        place: member.keyPlace
      )
    }
  }

  private func subject(_ member: YAMLNode.Member) -> Subject? {
    let value = member.value
    func whole(_ subject: Subject) -> Subject? {
      reader.choice(value, member.key, of: ["true"]) == nil ? nil : subject
    }
    switch member.key {
    case "status": return whole(.status)
    case "body": return whole(.body)
    case "stdout": return whole(.stdout)
    case "stderr": return whole(.stderr)
    case "exit": return whole(.exit)
    case "size": return whole(.size)
    case "content": return whole(.content)
    default: break
    }
    guard let text = reader.text(value, member.key) else { return nil }
    switch member.key {
    case "header": return .header(text)
    case "jsonpath":
      return jsonpath(text, at: value.place, length: value.length).map { .jsonpath($0) }
    case "xpath":
      return xpath(text, at: value.place, length: value.length).map { .xpath($0) }
    case "css": return css(text, at: value.place, length: value.length).map { .css($0) }
    case "regex": return regex(text, at: value.place, length: value.length).map { .regex($0) }
    case "row": return .cell(text)
    case "column": return .column(text)
    default: return nil
    }
  }
}
