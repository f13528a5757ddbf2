import Corpus
import Formats

/// Places in JSON answers, as the corpus writes them: `results[0].id`.
enum JSONFields {
  /// More are not looked at.
  private static let limit = 1_000

  /// `$['a'].b[0]` as `a.b[0]`.
  static func path(_ jsonpath: String) -> String {
    var result = ""
    var rest = jsonpath.dropFirst()
    while let first = rest.first {
      if first == "[", let mark = rest.dropFirst().first, mark == "'" || mark == "\"",
        let end = rest.firstRange(of: "\(mark)]")
      {
        let name = rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound]
        result += result.isEmpty ? String(name) : ".\(name)"
        rest = rest[end.upperBound...]
      } else {
        if !(first == "." && result.isEmpty) { result.append(first) }
        rest = rest.dropFirst()
      }
    }
    return result
  }

  /// A hole in the original's path stands for any name or number.
  static func isSame(_ original: String, _ own: String) -> Bool {
    if original.utf8.elementsEqual(own.utf8) { return true }
    guard original.utf8.contains(Fingerprint.hole.utf8) else { return false }
    return PathPattern(original)?.matches(own) ?? false
  }

  /// Every value of a JSON text with its place; the text as JSON.
  static func leaves(of text: String, below base: String) -> [(path: String, value: String)] {
    guard let value = try? JSONParser().parse(text) else { return [] }
    var leaves: [(String, String)] = []
    func visit(_ value: JSONValue, _ path: String) {
      guard leaves.count < limit else { return }
      if let object = value.objectValue {
        for member in object.members {
          visit(member.value, path.isEmpty ? member.key : "\(path).\(member.key)")
        }
      } else if let list = value.arrayValue {
        for (index, element) in list.enumerated() { visit(element, "\(path)[\(index)]") }
      } else {
        leaves.append((path, value.description))
      }
    }
    visit(value, base)
    return leaves
  }
}
