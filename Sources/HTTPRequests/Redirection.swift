/// Where an answer leads, and what is asked there.
struct Redirection {
  let hop: HTTPResponse.Hop
  /// Nil where the address is not one of http or https.
  let next: HTTPRequest?

  /// Nil where the answer is not to be followed: `HTTPRequest.Redirects` says when.
  ///
  /// - Parameter first: what was asked at the beginning; its origin is the one that secrets are for.
  init?(of response: HTTPResponse, to request: HTTPRequest, from first: HTTPRequest) {
    guard [301, 302, 303, 307, 308].contains(response.status),
      let location = response.headers.first(named: "Location"), !location.isEmpty
    else { return nil }
    var next = request
    let target = HTTPAddress(location, relativeTo: request.url)
    let isElsewhere = target?.origin != HTTPAddress(request.url)?.origin
    switch (response.status, request.method) {
    case (303, "HEAD"), (_, "GET"), (_, "HEAD"), (_, "OPTIONS"): break
    case (303, _), (301, "POST"), (302, "POST"):
      next.method = "GET"
      next.body = nil
      next.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
    case (307, "POST"), (308, "POST"): if isElsewhere, request.body?.isEmpty == false { return nil }
    default: return nil
    }
    if target?.origin != HTTPAddress(first.url)?.origin {
      let secret = Set(first.secretFields.map { $0.lowercased() })
        .union(["authorization", "cookie", "proxy-authorization"])
      next.headers.removeAll { secret.contains($0.name.lowercased()) }
    }
    hop = HTTPResponse.Hop(
      method: request.method,
      url: request.url,
      status: response.status,
      location: location
    )
    next.url = target?.url ?? ""
    self.next = target == nil ? nil : next
  }
}
