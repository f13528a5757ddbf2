import Testing

@testable import HTTPRequests

/// A client that is through with everything when the body is.
func withClient<Result>(
  _ options: HTTPClient.Options = .init(),
  _ body: (HTTPClient) async throws -> Result
) async throws -> Result {
  let client = HTTPClient(options: options)
  do {
    let result = try await body(client)
    await client.shutDown()
    return result
  } catch {
    await client.shutDown()
    throw error
  }
}

/// The error of a request that must not be answered.
func failure(
  _ client: HTTPClient,
  _ request: HTTPRequest,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws -> HTTPError {
  do throws(HTTPError) {
    let response = try await client.send(request)
    Issue.record("answered with \(response.status)", sourceLocation: sourceLocation)
  } catch {
    return error
  }
  throw HTTPError(.cancelled, at: .preparing, of: request.subject)
}
