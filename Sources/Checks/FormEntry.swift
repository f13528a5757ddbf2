import Evidence
import Files
import Formats
import HTTPRequests
import Suites

/// A field of a form as it is sent.
struct FormEntry: Sendable, Hashable {
  enum Value: Sendable, Hashable {
    case text(String)
    case upload([UInt8], filename: String, type: String)
  }

  var name: String
  var value: Value

  /// Where no file can be sent, a file's name is.
  var text: String {
    switch value {
    case .text(let text): text
    case .upload(_, let filename, _): filename
    }
  }
}

/// `multipart/form-data` as HTML has it (RFC 7578).
struct MultipartBody {
  let bytes: [UInt8]
  let type: String

  init(_ entries: [FormEntry]) {
    func quoted(_ text: String) -> String {
      "\""
        + text.replacing("\"", with: "%22").replacing("\r", with: "%0D")
        .replacing("\n", with: "%0A") + "\""
    }
    var parts: [(head: String, content: [UInt8])] = []
    for entry in entries {
      let head = "Content-Disposition: form-data; name=\(quoted(entry.name))"
      switch entry.value {
      case .text(let text): parts.append((head, Array(text.utf8)))
      case .upload(let content, let filename, let type):
        parts.append(("\(head); filename=\(quoted(filename))\r\nContent-Type: \(type)", content))
      }
    }
    // The same for the same parts, and in none of them but by intent.
    let all = parts.reduce(into: [UInt8]()) { $0 += Array($1.head.utf8) + $1.content }
    let boundary = "parity-" + String(Digest.sha256.text(of: all).prefix(32))
    var bytes: [UInt8] = []
    for part in parts {
      bytes += Array("--\(boundary)\r\n\(part.head)\r\n\r\n".utf8) + part.content
      bytes += Array("\r\n".utf8)
    }
    self.bytes = bytes + Array("--\(boundary)--\r\n".utf8)
    type = "multipart/form-data; boundary=\(boundary)"
  }
}

extension Scope {
  /// Bytes that are sent, or that an answer is compared with.
  ///
  /// - Throws: `UnknownName`, or `UnreadFile`.
  func bytes(of source: BytesSource) throws -> [UInt8] {
    switch source {
    case .fresh(let fresh): return fresh.bytes(of: try text(of: fresh.seed))
    case .sha256: return []
    case .file(let template):
      let path = try text(of: template)
      // Values that stand in the path are an answer's too: whoever wrote them, the file is the suite's.
      guard !path.hasPrefix("/"),
        let bytes = try? FileTree(folder, links: .inside).contents(path)
      else { throw UnreadFile(path: path) }
      return bytes
    }
  }

  /// A file that is not below the suite's folder.
  struct UnreadFile: Error, CustomStringConvertible {
    var path: String
    var description: String { "\(path) cannot be read below the suite's folder" }
  }
}

extension Probes {
  func bytes(of source: BytesSource, _ scope: Scope) throws(Unperformed) -> [UInt8] {
    var scope = scope
    scope.folder = options.folder
    do {
      return try scope.bytes(of: source)
    } catch let error as Scope.UnknownName {
      throw Unperformed(error)
    } catch {
      throw Unperformed("\(error)")
    }
  }

  func value(of part: FormPart, _ scope: Scope) throws(Unperformed) -> FormEntry.Value {
    let content: [UInt8]
    var name = part.name
    switch part.content {
    case .text(let template):
      let text = try text(template, scope)
      if !part.isUpload { return .text(text) }
      content = Array(text.utf8)
    case .file(let path):
      content = try bytes(of: .file(path), scope)
      name = try text(path, scope).split(separator: "/").last.map(String.init) ?? name
    case .fresh(let fresh): content = try bytes(of: .fresh(fresh), scope)
    }
    if let filename = part.filename { name = try text(filename, scope) }
    let type = try part.type.map { template throws(Unperformed) in try text(template, scope) }
    return .upload(content, filename: name, type: type ?? "application/octet-stream")
  }

  /// What a form of the user's page sends, and where it goes.
  func submission(of form: PageForm, _ action: HTTPAction, _ scope: Scope) throws(Unperformed)
    -> (FormSubmission, socket: String?)
  {
    let selector = form.selector.text
    guard let page = scope.sessions.page(for: action) else {
      throw Unperformed(.form(selector: selector, .noPage))
    }
    var fields: [FormEntry] = []
    for part in form.fields {
      fields.append(FormEntry(name: part.name, value: try value(of: part, scope)))
    }
    let button = try form.button.map { template throws(Unperformed) in try text(template, scope) }
    do throws(FormProblem) {
      var filler = try FormFiller(page, form.selector)
      try filler.set(fields)
      return (try filler.submission(pressing: button), page.socket)
    } catch {
      throw Unperformed(.form(selector: selector, error))
    }
  }
}

extension HTTPRequest {
  /// What a browser sends with a form, where the step does not say otherwise.
  mutating func add(_ submission: FormSubmission) {
    func add(_ name: String, _ value: String) {
      if headers.first(named: name) == nil { headers.append(HTTPHeader(name, value)) }
    }
    body = submission.body?.bytes
    if let body = submission.body {
      add("Content-Type", body.type)
      add("Origin", submission.pageOrigin)
    }
    add("Referer", submission.page)
  }
}
