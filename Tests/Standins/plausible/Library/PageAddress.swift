import FoundationEssentials

/// Where a page is, as it is stored: the host as it was written but without `www.`, the path without
/// query and fragment, and with its percent-encoding undone.
package struct PageAddress: Sendable, Equatable {
  package var host: String
  package var path: String

  /// - Returns: `nil` for what is not an absolute http or https URL with a host.
  package init?(_ text: String) {
    guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = url.host, !host.isEmpty
    else { return nil }
    self.host = PageAddress.withoutWWW(host)
    path = url.path.isEmpty ? "/" : url.path
  }

  package static func withoutWWW(_ host: String) -> String {
    host.hasPrefix("www.") ? String(host.dropFirst(4)) : host
  }
}
