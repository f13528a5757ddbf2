import Evidence
import Files
import Formats
import HTMLTemplates
import JUnitTemplates
import Mustache
import PageTemplates
import Synchronization

/// The templates that reports are made with: those in the binary, and files that take their place.
package struct TemplateSet: Sendable {
  /// File names relative to `templates/`, with their text.
  package let files: [String: String]

  /// Those that the binary carries.
  package static let embedded: TemplateSet = {
    var files: [String: String] = [:]
    for format in TemplateFormat.allCases {
      for (name, bytes) in format.embeddedFiles {
        files["\(format.rawValue)/\(name)"] = String(decoding: bytes, as: UTF8.self)
      }
    }
    return TemplateSet(files: files)
  }()

  private let cache = TemplateCache()

  init(files: [String: String]) { self.files = files }

  /// A folder laid out like `templates/`; what is not in it is taken from the binary.
  ///
  /// Only names that the binary has, and further `.mustache` files in the formats' folders, are read.
  package init(folder: String) throws(RenderingError) {
    var files = Self.embedded.files
    var names = Set(files.keys)
    let tree = FileTree(folder, links: .inside)
    for format in TemplateFormat.allCases where tree.isFolder(format.rawValue) {
      let found = try RenderingError.converting { () throws(FileError) in
        try tree.names(in: format.rawValue)
      }
      names.formUnion(
        found.filter { $0.hasSuffix(".mustache") }.map { "\(format.rawValue)/\($0)" }
      )
    }
    for name in names.sorted() {
      let bytes = try RenderingError.converting { () throws(FileError) in
        try tree.contentsIfThere(name)
      }
      guard let bytes else { continue }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw RenderingError(.badTag, "\(folder)/\(name)", "is not UTF-8")
      }
      files[name] = text
    }
    self.files = files
    for name in ownTexts where !Self.isFileName(name) {
      throw RenderingError(
        .badTag,
        "\(folder)/text/\(name).mustache",
        "a file of one's own has letters, digits, \"-\", \"_\" and \".\" in its name, and is none of the tool's"
      )
    }
  }

  private static func isFileName(_ name: String) -> Bool {
    name.utf8.allSatisfy { $0.isASCIILetterOrDigit || "._-".utf8.contains($0) }
      && !name.hasPrefix(".")
      && !reserved.contains(name.lowercased())
  }

  /// What lies in a recipe's folder of reports.
  private static let reserved: Set = [
    "", "parity.md", "badge.svg", "coverage.html", "coverage.json", "imports", "junit.xml", "runs",
  ]

  /// What is wrong with the templates: none for those in the binary.
  ///
  /// Every tag is held against the values that its report gives.
  package func check() -> [RenderingError] {
    TemplateFormat.allCases.flatMap { format -> [RenderingError] in
      switch nodes(of: format) {
      case .failure(let error): [error]
      case .success(let nodes): check(nodes, format)
      }
    }
  }

  /// The values that a template may ask for, one per line, sections indented: `templates show`.
  package static func documentation(of format: TemplateFormat) -> String {
    format.roots.map { name, scope in
      "\(format.rawValue)/\(name)\n" + documentation(of: scope, indent: "  ", open: [])
    }.joined(separator: "\n")
  }

  private static func documentation(
    of scope: TemplateScope,
    indent: String,
    open: Set<String>
  ) -> String {
    scope.entries.map { entry -> String in
      let optional = entry.isOptional ? ", may be missing" : ""
      let line = "\(indent)\(entry.name) (\(entry.shape.word)\(optional)): \(entry.about)\n"
      switch entry.shape {
      case .text, .markup, .flag: return line
      case .list(let inner), .object(let inner):
        let inner = inner()
        if open.contains(inner.name) { return line }
        return line
          + documentation(of: inner, indent: indent + "  ", open: open.union([inner.name]))
      }
    }.joined()
  }

  /// The templates of one format, read, checked and ready.
  func renderer(_ format: TemplateFormat) throws(RenderingError) -> TemplateRenderer {
    if let ready = cache[format] { return ready }
    let renderer = try makeRenderer(format)
    cache[format] = renderer
    return renderer
  }

  private func makeRenderer(_ format: TemplateFormat) throws(RenderingError) -> TemplateRenderer {
    let nodes = try nodes(of: format).get()
    if let error = check(nodes, format).first { throw error }
    _ = TemplateFormat.registered
    var library = MustacheLibrary()
    for (name, text) in texts(of: format) {
      do {
        library.register(try MustacheTemplate(string: format.pragma + text), named: name)
      } catch let error as MustacheTemplate.ParserError {
        throw RenderingError(
          .badTag,
          "\(format.rawValue)/\(name)",
          line: error.context.lineNumber - 1,
          tag: error.context.line,
          "\(error.error)"
        )
      } catch {
        throw RenderingError(.badTag, "\(format.rawValue)/\(name)", "\(error)")
      }
    }
    return TemplateRenderer(library: library, format: format)
  }

  private func check(
    _ nodes: [String: [TemplateNode]],
    _ format: TemplateFormat
  ) -> [RenderingError] {
    var checker = TemplateChecker(templates: nodes, of: format)
    if format == .text {
      for name in ownTexts { checker.check(name, with: OwnTextFields.scope) }
    } else {
      for (name, scope) in format.roots { checker.check(name, with: scope) }
    }
    return checker.errors
  }

  /// The files that templates of `text/` make, sorted; one that begins with `_` is there to be included.
  package var ownTexts: [String] {
    texts(of: .text).keys.filter { !$0.hasPrefix("_") }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// By the name under which templates include each other, which is the file's without its folder:
  /// the library cannot close an inherited template that has a `/` in its name.
  private func texts(of format: TemplateFormat) -> [String: String] {
    var texts: [String: String] = [:]
    for (file, text) in files
    where file.hasPrefix("\(format.rawValue)/") && file.hasSuffix(".mustache") {
      let name = file.dropFirst(format.rawValue.count + 1).dropLast(".mustache".count)
      texts[String(name)] = text
    }
    return texts
  }

  private func nodes(
    of format: TemplateFormat
  ) -> Result<[String: [TemplateNode]], RenderingError> {
    var all: [String: [TemplateNode]] = [:]
    for (name, text) in texts(of: format).sorted(by: { $0.key < $1.key }) {
      do {
        all[name] = try TemplateReader.nodes(
          of: text,
          named: "\(format.rawValue)/\(name)"
        )
      } catch let error as RenderingError {
        return .failure(error)
      } catch {
        return .failure(RenderingError(.badTag, "\(format.rawValue)/\(name)", "\(error)"))
      }
    }
    return .success(all)
  }
}

extension TemplateFormat {
  /// What the binary carries of the format's folder, by file name.
  var embeddedFiles: [String: [UInt8]] {
    switch self {
    case .html: HTMLTemplates.files
    case .junit: JUnitTemplates.files
    case .page: PageTemplates.files
    case .text: [:]
    }
  }
}

/// Renderers of one set, each made when it is first asked for.
private final class TemplateCache: Sendable {
  private let renderers = Mutex<[TemplateFormat: TemplateRenderer]>([:])

  subscript(format: TemplateFormat) -> TemplateRenderer? {
    get { renderers.withLock { $0[format] } }
    set { renderers.withLock { $0[format] = newValue } }
  }
}

/// Templates of one format that have been checked.
struct TemplateRenderer: Sendable {
  let library: MustacheLibrary
  let format: TemplateFormat

  /// Renders one template; a value that was asked for and is not there is an error.
  func render(_ name: String, _ root: some TemplateFields) throws(RenderingError) -> String {
    let recorder = TemplateRoot(root)
    guard let text = library.render(recorder, withTemplate: name) else {
      throw RenderingError(
        .noTemplate(nearest: nil),
        "\(format.rawValue)/\(name)",
        "there is no such template"
      )
    }
    if let missing = recorder.misses.first {
      throw RenderingError(
        .unknownKey(nearest: nil),
        "\(format.rawValue)/\(name)",
        tag: "{{\(missing)}}",
        "there is no value \(missing)"
      )
    }
    return text
  }
}

/// The outermost value: Mustache comes to it with every name that nothing further in has.
private final class TemplateRoot: MustacheParent {
  private let value: any TemplateFields
  private(set) var misses: [String] = []

  init(_ value: any TemplateFields) { self.value = value }

  func child(named name: String) -> Any? {
    if let child = value.child(named: name) { return child }
    misses.append(name)
    return nil
  }
}
