import Suites

/// nginx with the recipe's own configuration: the places that an unprivileged nginx may write to are
/// the service's own, and what the configuration says of hosts, ports and folders is replaced by where
/// they are on this machine.
struct NginxDraft {
  let draft: LocalServiceDraft

  /// Whether the recipe's configuration is of a form that can be used here: files of `conf.d`, and
  /// templates that nginx's image or Swarm fill in with nothing but variables.
  static func fits(_ service: Compose.Service, _ recipe: DraftedRecipe) -> Bool {
    service.files.filter { $0.source.kind == .config }.allSatisfy { file in
      guard let source = recipe.compose.source(of: file), let path = source.path,
        folder(of: file) != nil
      else { return false }
      let text = recipe.text(of: path)
      guard !text.isEmpty else { return false }
      return !source.isTemplate || actions(in: text) != nil
    }
  }

  private static func folder(of file: Compose.MappedFile) -> String? {
    let folders = ["/etc/nginx/conf.d/", "/etc/nginx/templates/"]
    return folders.first(where: file.target.hasPrefix)
  }

  /// The variables of a template for Swarm; nil where it has anything else.
  private static func actions(in text: String) -> Set<String>? {
    let all = text.matches(of: /\{\{(.*?)\}\}/)
    let names = all.compactMap { $0.1.firstMatch(of: /^\s*env\s+"([A-Za-z0-9_]+)"\s*$/)?.1 }
    return names.count == all.count ? Set(names.map(String.init)) : nil
  }

  func lines() -> [String] {
    var lines = draft.head + ["files:"]
    lines += ["  # As in the image, but for the places that an unprivileged nginx may write to."]
    lines += ["  nginx.conf: |"] + Self.main.map { "    " + $0 }
    lines += ["  start.sh: |"] + script.map { "    " + $0 }
    if page != nil {
      lines += ["  # In the place of nginx's own page, which a new volume has from its image."]
      lines += ["  index.html: \"<!doctype html><title>\(draft.recipe.name)</title><p>Empty.\\n\""]
    }
    lines += draft.environment()
    if let page {
      lines += ["prepare:", "  - \(YAMLText.list(["cp", "{{folder}}/index.html", page]))"]
    }
    lines += [LocalServiceDraft.command(["sh", "{{folder}}/start.sh", "{{recipe}}"])]
    return lines + ["stop: {signal: QUIT, grace: 10s}", "restart_on_upgrade: true"]
  }

  /// Where the page of a new volume is, if there is one for pages.
  private var page: String? {
    let root = "/usr/share/nginx/html"
    let mount = draft.service.mounts.first { $0.target == root && !$0.isReadOnly }
    return mount.map { "{{volume.\($0.volume)}}/index.html" }
  }

  private static let main = [
    "worker_processes 2;", "error_log stderr warn;", "pid {{folder}}/nginx.pid;",
    "events { worker_connections 256; }", "http {", "  include /etc/nginx/mime.types;",
    "  default_type application/octet-stream;", "  access_log /dev/stdout;",
    "  client_body_temp_path {{folder}}/tmp/body;", "  proxy_temp_path {{folder}}/tmp/proxy;",
    "  fastcgi_temp_path {{folder}}/tmp/fastcgi;", "  uwsgi_temp_path {{folder}}/tmp/uwsgi;",
    "  scgi_temp_path {{folder}}/tmp/scgi;", "  sendfile on;",
    "  include {{folder}}/conf/*.conf;", "}",
  ]

  // MARK: The configuration

  private var script: [String] {
    // A configuration names these relative to /etc/nginx.
    var lines = [
      "set -eu", "mkdir -p conf tmp",
      "for file in fastcgi_params fastcgi.conf scgi_params uwsgi_params mime.types; do",
      "  ln -sf \"/etc/nginx/$file\" \"$file\"", "done",
    ]
    let configs = draft.service.files.filter { $0.source.kind == .config }
    for file in configs {
      guard let source = draft.recipe.compose.source(of: file), let path = source.path else {
        continue
      }
      var name = String(file.target.split(separator: "/").last ?? "default.conf")
      if name.hasSuffix(".template") { name.removeLast(".template".count) }
      lines.append("sed \\")
      for (from, to) in replacements(source, file) {
        lines.append("  -e \(Self.quoted("s|\(from)|\(to)|g")) \\")
      }
      lines.append("  \"$1\"/\(Self.quoted(path)) >conf/\(Self.quoted(name))")
    }
    if configs.isEmpty {
      lines += ["cat >conf/default.conf <<'END'"] + own + ["END"]
    }
    return lines + ["exec nginx -e stderr -c \"$PWD/nginx.conf\" -g \"daemon off;\""]
  }

  /// The image's own server, for a recipe without a configuration.
  private var own: [String] {
    let root = draft.folder(at: "/usr/share/nginx/html", else: "html")
    return [
      "server {", "  listen 127.0.0.1:{{port.\(port)}};",
      "  location / { root \(root); index index.html index.htm; }", "}",
    ]
  }

  private var port: Int { draft.ports[draft.name]?.first ?? 80 }

  /// In their order: regular expressions of sed, with what stands in their place.
  private func replacements(
    _ source: Compose.FileSource,
    _ file: Compose.MappedFile
  ) -> [(String, String)] {
    var all: [(String, String)] = []
    let values = draft.service.environment.sorted { $0.key < $1.key }
    if file.target.hasSuffix(".template") {
      for (name, value) in values { all.append(("\\${\(name)}", Self.replacement(value))) }
    }
    if source.isTemplate, let names = Self.actions(in: draft.recipe.text(of: source.path ?? "")) {
      for name in names.sorted() {
        let value = draft.service.environment[name] ?? ""
        all.append(("{{{{ *env *\"\(name)\" *}}", Self.replacement(value)))
      }
    }
    all.append(("^ *listen *\\[::\\].*", ""))
    all.append(
      ("listen  *\\([0-9.*]*:\\)*\(port)\\([; ]\\)", "listen 127.0.0.1:{{port.\(port)}}\\2")
    )
    for mount in draft.service.mounts {
      all.append((Self.literal(mount.target), "{{volume.\(mount.volume)}}"))
    }
    for (other, numbers) in draft.ports.sorted(by: { $0.key < $1.key }) where other != draft.name {
      for number in numbers {
        let here = "127.0.0.1:{{port.\(other).\(number)}}"
        // What Swarm calls it, and what the stack's own network does.
        all.append(("\\${STACK_NAME}_\(Self.literal(other)):\(number)", here))
        all.append(("\\([/ ]\\)\(Self.literal(other)):\(number)", "\\1\(here)"))
      }
    }
    return all
  }

  /// A text that means itself in sed's regular expressions, between `|`.
  private static func literal(_ text: String) -> String {
    text.map { ".[]*^$\\|".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  /// A text that means itself where sed puts it in.
  private static func replacement(_ value: String) -> String {
    DraftedSecrets.template(value).map { "\\|&".contains($0) ? "\\\($0)" : String($0) }.joined()
      .replacing("\n", with: " ")
  }

  /// For a shell, between single quotes.
  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
