import Evidence
import FakeDeployments
import Formats
import HTTPRequests
import Synchronization

@testable import Checks
@testable import Suites

let somewhere = SourcePlace(file: "functional/a.yml", line: 1, column: 1)

func template(_ text: String) -> Template {
  (try? Template(parsing: text)) ?? Template(literal: "not a template: \(text)")
}

func tree(_ text: String) -> TemplateTree { .template(template(text)) }

func expecting(_ subject: Subject, _ predicates: Predicate...) -> Expectation {
  Expectation(subject: subject, predicates: predicates, place: somewhere)
}

func get(_ target: String = "/", expect: [Expectation] = []) -> Step {
  Step(
    action: .http(HTTPAction(method: "GET", target: template(target))),
    expect: expect,
    place: somewhere
  )
}

/// What happened, in order; for closures that are told of it.
final class Journal<Element: Sendable>: Sendable {
  private let state = Mutex<[Element]>([])

  var entries: [Element] { state.withLock { $0 } }

  func add(_ element: Element) { state.withLock { $0.append(element) } }
}

/// Probes of an app that answers as the closure says.
func withApp(
  _ answer: @escaping @Sendable (AppServer.Received) async -> AppServer.Reply,
  behaviour: FakeDeployment.Behaviour = .init(),
  folder: String = "/nonexistent",
  isolation: isolated (any Actor)? = #isolation,
  _ body: (AppServer, Probes, Scope) async throws -> Void
) async throws {
  try await AppServer.run(answer) { app in
    let http = HTTPClient()
    let deployment = FakeDeployment(behaviour, port: app.port)
    let probes = Probes(
      options: Probes.Options(folder: folder, services: [:]),
      deployment: deployment,
      http: http
    )
    let scope = Scope(constants: ["base_url": .string(app.url)])
    do {
      try await body(app, probes, scope)
      await http.shutDown()
    } catch {
      await http.shutDown()
      throw error
    }
  }
}
