import Evidence
package import Suites

/// A recipe as a suite is drafted from it: what its compose files and its `.env.sample` say.
package struct DraftedRecipe: Sendable {
  let name: String
  let compose: Compose
  let files: SuiteFiles
  let secrets: DraftedSecrets
  /// By service.
  let databases: [String: DraftedDatabase]
  let stores: [StoreFacts]
  /// False where nobody knows where the recipe is.
  let isKnown: Bool

  /// A recipe of which nothing is known but its name.
  package init(unknown name: String) {
    (self.name, isKnown) = (name, false)
    (compose, files) = (Compose(), SuiteFiles(folder: ""))
    (databases, stores) = ([:], [])
    secrets = DraftedSecrets(sample: "", variables: [:], texts: [])
  }

  /// - Parameters:
  ///   - name: the recipe's.
  ///   - folder: of the recipe.
  ///   - adopted: an older suite, whose settings may choose other compose files.
  /// - Throws: where its compose files cannot be read.
  package init(
    name: String,
    folder: String,
    adopting adopted: AdoptedSettings? = nil
  ) throws(SuiteErrors) {
    (self.name, isKnown) = (name, true)
    let files = SuiteFiles(folder: folder)
    self.files = files
    let settings = (adopted?.environment ?? []).map { ($0.name, $0.value) }
    let environment = ComposeEnvironment(setting: Dictionary(settings) { $1 }) { files.read($0) }
    let names = environment.composeFiles
    var secrets = DraftedSecrets(
      sample: Self.text(".env.sample", files),
      variables: environment.values,
      texts: names.map { Self.text($0, files) }
    )
    let compose = try ComposeReader.read(
      folder: folder,
      files: names,
      environment: environment.values.merging(secrets.marks) { $1 }
    )
    secrets.find(in: compose)
    var databases: [String: DraftedDatabase] = [:]
    for service in compose.services {
      databases[service.name] = DraftedDatabase(of: service, in: compose, &secrets)
    }
    self.compose = compose
    self.databases = databases
    self.secrets = secrets
    stores = RecipeFacts.stores(of: compose)
  }

  /// Of a file of the recipe; empty where there is none.
  private static func text(_ name: String, _ files: SuiteFiles) -> String {
    String(decoding: files.read(name) ?? [], as: UTF8.self)
  }

  func text(of name: String) -> String { Self.text(name, files) }

  /// The service that people reach, with its port where the recipe says it.
  var app: (service: String, port: Int?) {
    if let routed = compose.routedApp { return (routed.service, routed.port) }
    let service = compose[service: "app"] ?? compose.services.first { databases[$0.name] == nil }
    guard let service = service ?? compose.services.first else { return ("app", nil) }
    return (service.name, HealthProbe(of: service)?.port ?? service.openPorts.first)
  }

  /// What a run uses together with others on the engine.
  var shared: [Compose.Outside] {
    compose.outside.filter { outside in
      if case .volume = outside.kind { return !outside.name.hasPrefix("${STACK_NAME}_") }
      return true
    }
  }

  /// Whether a volume has a name of its own on the engine.
  func isShared(_ volume: String) -> Bool { shared.contains { $0.kind == .volume(key: volume) } }

  /// The scripts that the hooks of a service call.
  func hookScripts(of service: Compose.Service) -> [(name: String, text: String)] {
    let labels = BackupLabels.read(from: compose).first { $0.service == service.name }
    let hooks = [
      labels?.preHook, labels?.postHook, labels?.restorePreHook, labels?.restorePostHook,
    ]
    return hooks.compactMap { $0 }.compactMap { script(of: $0, in: service) }
  }

  /// The text of the script that a hook's label calls; nil where it calls no config of the recipe.
  func script(of hook: String, in service: Compose.Service) -> (name: String, text: String)? {
    for file in service.files where file.source.kind == .config {
      let last = file.target.split(separator: "/").last.map(String.init) ?? file.target
      guard hook.contains(file.target) || hook.split(separator: " ").contains(Substring(last)),
        let path = compose.source(of: file)?.path, let bytes = files.read(path)
      else { continue }
      return (path, String(decoding: bytes, as: UTF8.self))
    }
    return nil
  }
}

/// What a health check asks, as far as it can be read off its words.
struct HealthProbe {
  /// Nil where it is no request.
  var path: String?
  var port: Int?
  /// The words of the check.
  let words: String

  /// Nil where the service has no health check.
  init?(of service: Compose.Service) {
    guard let words = service.healthcheck?.value else { return nil }
    self.words = words
    guard
      let match = words.firstMatch(
        of: /(https?):\/\/(?:\[[^\]]*\]|[^\/\s:"']+)(?::(\d+))?(\/[^\s"'|;&)]*)?/
      )
    else {
      port = words.firstMatch(of: /\bnc\s.*\s(\d{2,5})\b/).flatMap { Int($0.1) }
      return
    }
    port = match.2.flatMap { Int($0) } ?? (match.1 == "https" ? 443 : 80)
    let found = match.3.map(String.init) ?? "/"
    path = String(found.prefix { $0 != "#" })
  }
}
