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

  /// What is wrong with a body, by field.
  package struct Invalid: Error, Equatable {
    package var errors: [String: [String]]
  }

  package init(body: [UInt8]) throws(Invalid) {
    guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(body)) else {
      throw Invalid(errors: ["request": ["is not a JSON object with the fields of an event"]])
    }
    var errors: [String: [String]] = [:]
    func required(_ field: String, _ value: String?, atMost limit: Int) -> String {
      let value = value ?? ""
      if value.isEmpty {
        errors[field] = ["is required"]
      } else if value.utf8.count > limit {
        errors[field] = ["is longer than \(limit) bytes"]
      }
      return value
    }
    name = required("name", fields.name, atMost: 120)
    let url = required("url", fields.url, atMost: 2000)
    let domain = required("domain", fields.domain, atMost: 2000)
    let page = PageAddress(url)
    if page == nil, errors["url"] == nil { errors["url"] = ["is not an http or https URL"] }
    let given = fields.props ?? [:]
    let isLong = given.contains { $0.utf8.count > 300 || $1.text.utf8.count > 2000 }
    if given.count > 30 || isLong {
      errors["props"] = ["are more than 30, or one is too long"]
    }
    domains = domain.split(separator: ",").map { PageAddress.withoutWWW($0.filter { $0 != " " }) }
    if domains.isEmpty, errors["domain"] == nil { errors["domain"] = ["is required"] }
    guard errors.isEmpty, let page else { throw Invalid(errors: errors) }
    self.page = page
    props = given.map { ($0, $1.text) }.sorted { $0.key < $1.key }
    referrer =
      fields.referrer.flatMap { PageAddress($0) }.map { $0.host + ($0.path == "/" ? "" : $0.path) }
      ?? ""
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
