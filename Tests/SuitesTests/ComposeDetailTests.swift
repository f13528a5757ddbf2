import Evidence
import Testing

@testable import Suites

/// What a draft and the rules look at beside what a run needs.
struct ComposeDetailTests {
  private func read(_ text: String, _ environment: [String: String] = [:]) throws -> Compose {
    try ComposeReader.read(
      [.init(name: "compose.yml", bytes: Array(text.utf8))],
      environment: environment
    )
  }

  @Test func `Variables, ports, words and order are read in each of their forms`() throws {
    let compose = try read(
      """
      services:
        app:
          image: a:1
          command: serve --port 80
          environment: [A=1, B, C=]
          depends_on: {db: {condition: service_started}}
          ports: ["8080:80/tcp", {target: 443}]
          volumes: ["data:/srv/data/"]
        db:
          image: b:1
          command: [run, "a b"]
          environment: {A: , D: "x=y"}
          depends_on: [app]
          expose: ["5432"]
      volumes: {data: }
      """,
      ["A": "outer", "B": "2"]
    )
    let app = try #require(compose[service: "app"])
    let db = try #require(compose[service: "db"])
    #expect(app.environment == ["A": "1", "B": "2", "C": ""])
    #expect(db.environment == ["A": "outer", "D": "x=y"])
    #expect(app.command == ["serve", "--port", "80"])
    #expect(db.command == ["run", "a b"])
    #expect(app.dependsOn == ["db"])
    #expect(db.dependsOn == ["app"])
    #expect(app.openPorts == [80, 443])
    #expect(db.openPorts == [5432])
    #expect(app.mounts.map(\.target) == ["/srv/data"])
  }

  @Test func `The variables of a config's name are those without a default`() throws {
    let compose = try read(
      """
      configs:
        a: {file: a, name: "${STACK_NAME}_a_${A_VERSION}"}
        b: {file: b, name: "${STACK_NAME}_b_${B_VERSION:-v1}_$C"}
        c: {file: c}
      """,
      ["STACK_NAME": "${STACK_NAME}", "A_VERSION": "v2"]
    )
    #expect(compose.fileSources.map(\.nameVariables) == [["A_VERSION"], ["C"], []])
    #expect(
      compose.fileSources.map(\.engineName) == ["${STACK_NAME}_a_v2", "${STACK_NAME}_b_v1_", nil]
    )
  }

  @Test func `The app is the service that Traefik leads to`() throws {
    let label = "traefik.http.services.x.loadbalancer.server.port"
    let compose = try read(
      """
      services:
        app: {image: "php:8.2-fpm"}
        web: {image: "nginx:1.22", deploy: {labels: {\(label): "8080"}}}
      """
    )
    #expect(compose.routedApp?.service == "web")
    #expect(compose.routedApp?.port == 8080)
  }
}
