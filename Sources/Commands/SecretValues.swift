import Auditing
import Evidence
import Formats
import FoundationEssentials
import Suites

/// The values behind a suite's secrets, for one run.
struct SecretValues {
  /// By name.
  let values: [String: String]

  init(_ settings: [SecretSetting]) throws {
    var values: [String: String] = [:]
    for setting in settings {
      switch setting.source {
      case .value(let value): values[setting.name] = value
      case .generated(let length):
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        var random = SystemRandomNumberGenerator()
        values[setting.name] = String(
          (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
        )
      case .environment(let name):
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
          throw Failure(
            .wrongUsage,
            "secret \(setting.name) is read from $\(name), which is not set"
          )
        }
        values[setting.name] = value
      }
    }
    self.values = values
  }

  private init(values: [String: String]) { self.values = values }

  /// With those of the other recipes of the run, under their whole names: what one knows another may
  /// print.
  func adding(_ family: [String: SecretValues], besides own: String) -> SecretValues {
    var all = values
    for (recipe, others) in family where recipe != own {
      for (name, value) in others.values { all["dependency.\(recipe).secret.\(name)"] = value }
    }
    return SecretValues(values: all)
  }

  var redacted: [Redactor.Secret] {
    values.map { Redactor.Secret(name: $0.key, value: $0.value) }
  }
}

extension Suite {
  /// Names that are no secrets, whatever a secret's value is.
  var reservedNames: Set<String> {
    var names: Set<String> = [recipe, "root", "postgres", "default", "app"]
    for (name, service) in services {
      names.insert(name)
      names.formUnion([service.database?.name, service.database?.user].compactMap { $0?.source })
    }
    return names.union(integrity.keys)
  }
}
