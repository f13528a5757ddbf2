package import Files

/// Why a report could not be rendered or written.
package struct RenderingError: Error, Hashable, Sendable {
  /// What went wrong, for code that has to decide.
  package enum Code: Hashable, Sendable {
    /// No template of that name; the nearest one that exists.
    case noTemplate(nearest: String?)
    /// A tag asks for a value that is not there; the nearest one that is.
    case unknownKey(nearest: String?)
    /// A value is asked for in a way that it cannot be used.
    case wrongUse
    /// A section that is not closed, closed twice, or closed by another name.
    case unbalanced
    /// A tag that cannot be read, or that these templates do not have.
    case badTag
    /// The rendered document breaks its own schema.
    case invalidDocument
    /// The file system refused.
    case file(DiskPath.Failure)
  }

  var code: Code
  /// What it is about: a template's or a file's name.
  package var subject: String
  /// From 1; nil where no line is known.
  var line: Int?
  /// The tag as written, with its braces.
  var tag: String?
  /// One line without a full stop.
  var message: String

  init(
    _ code: Code,
    _ subject: String,
    line: Int? = nil,
    tag: String? = nil,
    _ message: String
  ) {
    self.code = code
    self.subject = subject
    self.line = line
    self.tag = tag
    self.message = message
  }

  /// What a body that reads or writes files gives.
  static func converting<Value: ~Copyable>(
    _ body: () throws(FileError) -> Value
  ) throws(RenderingError) -> Value {
    do throws(FileError) {
      return try body()
    } catch {
      throw RenderingError(error)
    }
  }

  init(_ error: FileError) {
    let message = error.action.map { "\($0): \(error.code.cause)" } ?? "\(error.code)"
    self.init(.file(error.code), error.path, message)
  }
}

extension RenderingError: CustomStringConvertible {
  package var description: String {
    var text = subject
    if let line { text += ":\(line)" }
    if let tag { text += ": \(tag)" }
    return "\(text): \(message)"
  }
}
