import Formats
import FoundationEssentials

extension GitCommand {
  /// The environment of a call that asks a server.
  ///
  /// It is the user's own, so that proxies, certificates, keys and credential helpers are found, and
  /// `GIT_ASKPASS` as they set it. Nobody is asked at a terminal. Of git's own variables only those
  /// that say how a server is reached are passed on: others would bend which repository is meant, or
  /// print what is sent.
  static func variables(for address: GitAddress) -> [String: String] {
    var variables = ProcessInfo.processInfo.environment.filter { name, _ in
      !name.hasPrefix("GIT_") || passed.contains(name) || name.hasPrefix("GIT_CONFIG_KEY_")
        || name.hasPrefix("GIT_CONFIG_VALUE_") || name.hasPrefix("GIT_SSL_")
        || name.hasPrefix("GIT_PROXY_")
    }
    variables["PATH"] = path
    variables["LC_ALL"] = "C"
    variables["GIT_TERMINAL_PROMPT"] = "0"
    variables["GIT_NO_REPLACE_OBJECTS"] = "1"
    variables["GIT_NO_LAZY_FETCH"] = "1"
    variables["GIT_ALLOW_PROTOCOL"] = GitAddress.protocols.joined(separator: ":")
    // Later ones win over those of whoever runs the tool.
    var count = variables["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0
    for setting in settings.filter({ $0.key != "safe.directory" }) + ownSettings + login(address) {
      variables["GIT_CONFIG_KEY_\(count)"] = setting.key
      variables["GIT_CONFIG_VALUE_\(count)"] = setting.value
      count += 1
    }
    variables["GIT_CONFIG_COUNT"] = String(count)
    return variables
  }

  private static let passed: Set = [
    "GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT", "GIT_HTTP_USER_AGENT",
  ]

  private static let ownSettings: [(key: String, value: String)] = [
    ("fetch.recurseSubmodules", "false"), ("gc.auto", "0"), ("maintenance.auto", "false"),
    ("fetch.writeCommitGraph", "false"), ("transfer.bundleURI", "false"),
  ]

  /// A password goes by the environment, which other users cannot read; arguments they can.
  private static func login(_ address: GitAddress) -> [(key: String, value: String)] {
    guard let login = address.login, case .remote(let url) = address.place else { return [] }
    let basic = Data("\(login.user):\(login.password)".utf8).base64EncodedString()
    return [("http.\(url).extraHeader", "Authorization: Basic \(basic)")]
  }
}
