import Evidence
import Formats
import Testing

@testable import Suites

/// What a compose file and `swarm.yml` say of a recipe on a Swarm.
@Suite struct SwarmFactsTests {
  private func read(_ text: String, _ environment: [String: String] = [:]) throws -> Compose {
    try ComposeReader.read(
      [.init(name: "compose.yml", bytes: Array(text.utf8))],
      environment: environment
    )
  }

  @Test func `Labels are found where Swarm looks and where it does not`() throws {
    let compose = try read(
      """
      services:
        other:
          deploy: {labels: ["traefik.http.services.o.loadbalancer.server.port=81"]}
        app:
          labels:
            - "coop-cloud.x.version=1.0.0+2"
            - "traefik.http.services.a.loadbalancer.server.port=82"
          deploy: {replicas: 0}
      """
    )
    #expect(compose.version == nil)
    #expect(compose.misplacedVersion == "1.0.0+2")
    #expect(compose.misplacedPort?.label.value == "82")
    #expect(compose[service: "app"]?.replicas == 0)
    #expect(compose[service: "other"]?.replicas == nil)
  }

  @Test func `A name without its version is noted with its place`() throws {
    let compose = try read(
      """
      secrets:
        password: {external: true, name: "${STACK}_password_${SECRET_PASSWORD_VERSION}"}
        token: {external: true, name: "${STACK}_token_${SECRET_TOKEN_VERSION:-v1}"}
      """,
      ["STACK": "x"]
    )
    let unset = try #require(compose.unsetInNames.first)
    #expect(compose.unsetInNames.count == 1)
    #expect(unset.text == "${SECRET_PASSWORD_VERSION}")
    #expect(unset.filled == "x_password_")
    #expect(unset.place.description == "compose.yml:2:55")
  }

  @Test func `An image's volumes are stores where no mount covers them`() throws {
    var compose = try read(
      """
      services:
        app: {image: "a:1", volumes: ["data:/data"]}
        db: {image: "postgres:15"}
      volumes: {data: {}}
      """
    )
    compose.addVolumes(["/data", "/var/lib/app/", "/tmp/x", "/", "relative"], ofImageOf: "app")
    compose.addVolumes(["/var/lib/postgresql/data"], ofImageOf: "db")
    #expect(compose[service: "app"]?.namelessMounts.map(\.target) == ["/var/lib/app"])
    let stores = RecipeFacts.stores(of: compose).map(\.name)
    #expect(stores == ["app-var-lib-app", "data", "db"])
  }

  private func suite(_ recipe: String, _ swarm: String = "") throws -> Suite {
    try Folder.temporary { folder in
      try folder.write(["recipe.yml": recipe, "swarm.yml": swarm])
      return try SuiteLoader.load(folder: folder.path).suite
    }
  }

  @Test func `The way to the app is the proxy's, the suite's port or the label's`() throws {
    let compose = try read(
      """
      services:
        a: {deploy: {labels: ["traefik.http.services.a.loadbalancer.server.port=81"]}}
        app: {deploy: {labels: ["traefik.http.services.b.loadbalancer.server.port=82"]}}
      """
    )
    #expect(try suite("").access(to: compose) == .tunnel(service: "app", port: 82))
    #expect(
      try suite("", "app: {service: a, port: 83}").access(to: compose)
        == .tunnel(service: "a", port: 83)
    )
    let proxy = try suite("", "{url: 'https://{{domain}}', tls: {off: a reason}}")
    #expect(
      proxy.access(to: compose)
        == .proxy(url: "https://{{domain}}", trust: .unchecked(why: "a reason"))
    )
    #expect(try suite("").access(to: read("services: {app: {image: a}}")) == nil)
  }

  @Test func `A secret that is almost the recipe's is meant to be it`() throws {
    let compose = try read("secrets: {db_password: {external: true}}\nservices: {app: {image: a}}")
    func said(_ name: String) throws -> [String] {
      let suite = try suite("secrets: {\(name): {generate: 24}}")
      return SuiteCrossCheck.diagnostics(suite, compose: compose).map {
        "\($0.line):\($0.column) \($0.nearest ?? "")"
      }
    }
    #expect(try said("db_password") == [])
    #expect(try said("app_password") == [])
    #expect(try said("db_pasword") == ["1:11 db_password"])
  }

  @Test func `A store of an image is known to an engine alone`() throws {
    let compose = try read(
      "services: {app: {image: a, volumes: ['data:/data']}}\nvolumes: {data: {}}"
    )
    func said(_ store: String, knowsImages: Bool) throws -> Int {
      let suite = try suite("stores: {\(store): {written_by: people}}")
      return SuiteCrossCheck.diagnostics(suite, compose: compose, knowsImages: knowsImages).count
    }
    #expect(try said("app-files", knowsImages: false) == 0)
    #expect(try said("app-files", knowsImages: true) == 1)
    #expect(try said("dta", knowsImages: false) == 1)
    #expect(try said("other-files", knowsImages: false) == 1)
  }
}
