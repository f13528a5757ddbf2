import FoundationEssentials

/// What was posted to `/api/event`, checked.
package struct EventRequest: Sendable, Equatable {
  package var name: String
  package var page: PageAddress
  /// More than one when they were given with commas.
  package var domains: [String]
  /// Without scheme and `www.`; empty when there is none.
  package var referrer: String
  /// Sorted by key.
  package var props: [(key: String, value: String)]

  package static func == (left: EventRequest, right: EventRequest) -> Bool {
    left.name == right.name && left.page == right.page && left.domains == right.domains
      && left.referrer == right.referrer && left.props.elementsEqual(right.props, by: ==)
  }

  /// Why an event is not taken.
  package enum Refusal: Error, Equatable {
    /// No JSON object.
    case unreadable
    /// What is wrong with its fields, by name.
    case invalid([String: [String]])
    /// The app does not expect such a value, and fails over it.
    case unexpected
  }

  package init(body: [UInt8]) throws(Refusal) {
    let data = Data(body)
    guard let fields = try? JSONDecoder().decode(Fields.self, from: data) else {
      let isObject = (try? JSONDecoder().decode([String: Anything].self, from: data)) != nil
      throw isObject ? .unexpected : .unreadable
    }
    var errors: [String: [String]] = [:]
    func required(_ field: String, _ value: String?, atMost limit: Int) -> String {
      let value = value ?? ""
      if value.isEmpty {
        errors[field] = ["can't be blank"]
      } else if value.utf8.count > limit {
        errors[field] = ["should be at most \(limit) character(s)"]
      }
      return value
    }
    name = required("event_name", fields.name, atMost: 120)
    let url = required("url", fields.url, atMost: 2000)
    let domain = required("domain", fields.domain, atMost: 2000)
    let page = PageAddress(url)
    if page == nil, errors["url"] == nil { errors["url"] = ["scheme is not allowed"] }
    let given = fields.props ?? [:]
    let isLong = given.contains { $0.utf8.count > 300 || $1.text.utf8.count > 2000 }
    if given.count > 30 || isLong { errors["props"] = ["should have at most 30 item(s)"] }
    domains = domain.split(separator: ",").map { PageAddress.withoutWWW($0.filter { $0 != " " }) }
    if domains.isEmpty, errors["domain"] == nil { errors["domain"] = ["can't be blank"] }
    guard errors.isEmpty, let page else { throw .invalid(errors) }
    self.page = page
    props = given.map { ($0, $1.text) }.sorted { $0.key < $1.key }
    referrer =
      fields.referrer.flatMap { PageAddress($0) }.map { $0.host + ($0.path == "/" ? "" : $0.path) }
      ?? ""
  }

  /// Whatever a field holds.
  private struct Anything: Decodable {
    init(from decoder: any Decoder) {}
  }

  private struct Fields: Decodable {
    var name: String?
    var url: String?
    var domain: String?
    var referrer: String?
    var props: [String: Scalar]?
  }

  /// A property's value, which is stored as text.
  private struct Scalar: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        text = flag ? "true" : "false"
      } else if let number = try? container.decode(Int64.self) {
        text = "\(number)"
      } else if let number = try? container.decode(Double.self) {
        text = "\(number)"
      } else {
        text = try container.decode(String.self)
      }
    }
  }
}
