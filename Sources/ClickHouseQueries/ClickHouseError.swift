package import HTTPRequests

/// Why there is no result. Never holds a parameter's value or the password, unless the server
/// repeats one in its own message.
package struct ClickHouseError: Error, Sendable, Hashable {
  /// What is wrong between placeholders and parameters, found before anything is sent.
  package enum Binding: Sendable, Hashable {
    case missing(name: String)
    case unused(name: String)
    case unknownType(String, name: String)
    /// The value is not one of this type; it is not shown.
    case notA(String, name: String)
    /// A quotation or comment that does not end.
    case unterminated
  }

  package enum Code: Sendable, Hashable {
    case http(HTTPError.Code)
    /// The server's own number (`ErrorCodes.cpp`); the name for common ones.
    case server(code: Int, name: String?)
    /// A status of 200 and a part of a result, then this exception.
    case brokenOff(code: Int, name: String?)
    /// An answer that is not ClickHouse's, with this status.
    case notClickHouse(status: Int)
    /// The answer ends before the result does, or is not the format asked for.
    case incomplete
    case timedOut
    /// `clickhouse-client`, in the connection's place, is missing or could not ask.
    case clientFailed
    case binding(Binding)
  }

  package var code: Code
  /// The first line, without version and stack.
  package var message: String
  /// Where in `statement`, in bytes from 0; for binding errors.
  package var position: Int?
  /// The text as given, before values were bound.
  package var statement: String

  package init(_ code: Code, _ message: String, position: Int? = nil, statement: String) {
    self.code = code
    self.message = message
    self.position = position
    self.statement = statement
  }
}

extension ClickHouseError: CustomStringConvertible {
  package var description: String {
    let place = position.map { " at byte \($0)" } ?? ""
    return switch code {
    case .server(let code, _): "ClickHouse: \(message) (\(code))"
    case .brokenOff(let code, _):
      "ClickHouse: the result broke off half way: \(message) (\(code))"
    default: "ClickHouse: \(message)\(place)"
    }
  }

  /// Whether a number tells of the server's state and not of the statement, which may succeed
  /// another time: time and memory exceeded, too many queries, network and disk, cancelled,
  /// shutting down, no ZooKeeper, no replica (`ErrorCodes.cpp`).
  package static func isAboutServer(_ code: Int) -> Bool { aboutServer.contains(code) }

  private static let aboutServer: Set<Int> = [
    159, 160, 202, 203, 209, 210, 225, 236, 241, 242, 243, 279, 285, 319, 335, 394, 410, 425, 439,
    473, 999,
  ]
}
