import Deployments
import Programs
import Testing

@testable import Guarding
@testable import LocalDeployments

/// The label's own words, with what the compose file maps into the service.
@Suite struct LocalHookTests {
  /// A recipe whose hooks are files that configs map.
  private static func recipe(
    hook: String = "/hook.sh backup",
    mode: String = "0555",
    more: String = "",
    script: String = "#!/bin/sh\necho \"$1 $0\" >\"$DATA/ran\"\n"
  ) -> [String: String] {
    [
      "compose.yml": """
      services:
        app:
          image: app:1
          volumes: ["data:/data", "cache:/data/cache"]
          configs: [{source: hook, target: /hook.sh, mode: \(mode)}\(more)]
          secrets: [token]
          deploy:
            labels: {backupbot.backup: "true", backupbot.backup.pre-hook: '\(hook)'}
      volumes: {data: {}, cache: {}}
      configs:
        hook: {file: ./hooks/hook.sh}
        filled: {file: filled.tmpl, template_driver: golang}
        elsewhere: {external: true}
      secrets: {token: {external: true}}
      """,
      "hooks/hook.sh": script,
      "filled.tmpl": """
      {{/* who */}}{{ if eq (env "DATA") "" }}none{{ else }}{{ .Service.Name }} {{ secret "token" }}
      {{- end }} {{ config "hook.sh" | len }}
      """,
    ]
  }

  private func withHook(
    _ recipe: [String: String],
    services: String = stayingApp,
    _ body: (LocalRun) async throws -> Void
  ) async throws {
    let fixture = try LocalFixture(services: services, recipe: ["1.0.0+a": recipe])
    try await withLocal(fixture, secrets: ["token": "a-long-secret"], body)
  }

  private func failure(_ run: LocalRun) async -> DeploymentError? {
    do throws(DeploymentError) {
      _ = try await run.deployment.backUp()
      return nil
    } catch {
      return error
    }
  }

  @Test func `A label's script is the file that its config maps`() async throws {
    try await withHook(Self.recipe()) { run in
      _ = try await run.deployment.backUp()
      #expect(try await run.shell("cut -d' ' -f1 $DATA/ran", in: "app") == "backup")
      let hook = try #require(
        run.driver.takeOperations().first { $0.name == "backup.pre-hook of app" }
      )
      let root = try await run.root()
      #expect(hook.argv == ["sh", "-c", "\(root)/mapped/app/hook.sh backup"])
      #expect(hook.facts == ["/hook.sh": "\(root)/mapped/app/hook.sh"])
      // It is the recipe's own text that ran.
      #expect(hook.difference == nil)
    }
  }

  @Test(arguments: ["0444", "256"])
  func `A script that Swarm would not let run does not run here`(mode: String) async throws {
    try await withHook(Self.recipe(mode: mode)) { run in
      let error = await failure(run)
      #expect(error?.code == .recipeFailed)
      #expect(error?.message.contains("exit 126") == true)
    }
    try await withHook(Self.recipe(hook: "sh /hook.sh backup", mode: mode)) { run in
      #expect(await failure(run) == nil)
    }
  }

  @Test func `A verb that the script does not have is the recipe's failure`() async throws {
    let script = "#!/bin/sh\ncase $1 in backup) ;; *) exit 64;; esac\n"
    try await withHook(Self.recipe(hook: "/hook.sh dump", script: script)) { run in
      #expect(await failure(run)?.message.contains("exit 64") == true)
    }
  }

  @Test func `Volumes and secrets of the label's words are those of the run`() async throws {
    let hook = #"cat "/run/secrets/token" >/data/cache/a; cp /data/cache/a /data/b; echo /database"#
    try await withHook(Self.recipe(hook: hook)) { run in
      _ = try await run.deployment.backUp()
      #expect(try await run.shell("cat $DATA/b", in: "app") == "a-long-secret")
      #expect(try await run.shell("cat $CACHE/a", in: "app") == "a-long-secret")
    }
  }

  @Test func `A script is found by the PATH of its service`() async throws {
    let more = ", {source: hook, target: /usr/local/bin/dump, mode: 0555}"
    try await withHook(Self.recipe(hook: "dump now", more: more)) { run in
      _ = try await run.deployment.backUp()
      #expect(try await run.shell("cut -d' ' -f1 $DATA/ran", in: "app") == "now")
    }
  }

  @Test func `A template is filled in as far as it is understood, else refused`() async throws {
    let more = ", {source: filled, target: /filled}, {source: elsewhere, target: /elsewhere}"
    try await withHook(Self.recipe(hook: "cat /filled", more: more)) { run in
      let error = await failure(run)
      #expect(error?.code == .unsupported)
      #expect(error?.message.contains("config filled") == true)
    }
    var recipe = Self.recipe(hook: "cp /filled /data/f", more: more)
    recipe["filled.tmpl"] = recipe["filled.tmpl"]?.replacing(" | len", with: "")
    try await withHook(recipe) { run in
      _ = try await run.deployment.backUp()
      let text = try await run.shell("head -1 $DATA/f", in: "app")
      #expect(text == "app a-long-secret #!/bin/sh")
    }
    try await withHook(Self.recipe(hook: "cat /elsewhere", more: more)) { run in
      #expect(await failure(run)?.code == .unsupported)
    }
  }

  @Test func `A config whose file is not there is the recipe's failure`() async throws {
    var recipe = Self.recipe()
    recipe["hooks/hook.sh"] = nil
    try await withHook(recipe) { run in
      #expect(await failure(run)?.code == .recipeFailed)
    }
  }

  @Test func `A hook of local.yml runs only for the label text that it names`() async throws {
    func services(_ label: String) -> String {
      stayingApp
        + "\n  hooks: {backup.pre-hook: {label: \(label), command: [touch, \"{{volume.data}}/x\"]}}"
    }
    try await withHook(Self.recipe(), services: services("/hook.sh backup")) { run in
      #expect(await failure(run) == nil)
      try await run.shell("test -e $DATA/x", in: "app")
      let hook = run.driver.takeOperations().first { $0.name == "backup.pre-hook of app" }
      #expect(hook?.difference?.contains("`/hook.sh backup`") == true)
    }
    try await withHook(Self.recipe(), services: services("/hook.sh dump")) { run in
      #expect(await failure(run)?.code == .unsupported)
      try await run.shell("test ! -e $DATA/x", in: "app")
    }
  }

  // MARK: Before a start

  @Test func `What each version prepares runs once for each, before its start`() async throws {
    let service = """
        app:
          prepare:
            once: [[sh, -c, "echo once >>$DATA/log"]]
            each_version: [[sh, -c, "echo $PARITY_RECIPE_VERSION >>$DATA/log"]]
          command: [sh, -c, "echo start >>$DATA/log; exec sleep 100000"]
          ready: {command: [sh, -c, "tail -1 $DATA/log | grep start"]}
          volumes: [data]
          environment: {DATA: "{{volume.data}}"}
          restart_on_upgrade: true
      """
    let files = ["compose.yml": compose(["backupbot.backup": "false"])]
    let fixture = try LocalFixture(
      services: service,
      recipe: ["1.0.0+a": files, "2.0.0+a": files]
    )
    try await withLocal(fixture) { run in
      try await run.deployment.upgrade(to: "2.0.0+a")
      try await run.deployment.restart(["app"])
      let log = try await run.shell("echo $(cat $DATA/log)", in: "app")
      #expect(log == "once 1.0.0+a start 2.0.0+a start start")
      let names = run.driver.takeOperations().map(\.name)
      #expect(names.contains("prepare app for 2.0.0+a"))
    }
  }

  // MARK: Words

  @Test func `A path is replaced where it is a word, or the beginning of one`() {
    let paths = [("/data", "/r/d", true), ("/data/cache", "/r/c", true), ("/x.sh", "/r/x", false)]
      .map { (path: $0.0, here: $0.1, isFolder: $0.2) }
    let table = [
      ("/x.sh a", "/r/x a"), ("sh -c '/x.sh a'", "sh -c '/r/x a'"), ("/x.sh/a", "/x.sh/a"),
      ("./x.sh", "./x.sh"), ("a/x.sh", "a/x.sh"), ("/x.sh2", "/x.sh2"), ("/x.sh;b", "/r/x;b"),
      ("cp /data/a >/data/cache/b", "cp /r/d/a >/r/c/b"), ("--to=/data", "--to=/r/d"),
      ("/database /data2/ $X/data", "/database /data2/ $X/data"), ("$(/x.sh)", "$(/r/x)"),
    ]
    for (text, expected) in table { #expect(ShellWords.replace(paths, in: text) == expected) }
  }

  @Test func `A template does what Go's does with it, or is refused`() throws {
    let values: [ConfigTemplate.Name: String] = [.env("A"): "1", .env("B"): "", .secret("s"): "x"]
    let table = [
      (#"a {{ env "A" }} b"#, "a 1 b"), ("a {{- `b` -}} c", "abc"), (#"{{secret "s"}}"#, "x"),
      (#"{{if env "B"}}b{{else if eq (env "A") "2" "1"}}a{{else}}c{{end}}"#, "a"),
      (#"{{if and (env "A") (not (env "B"))}}y{{end}}"#, "y"),
      (#"{{if or (env "B") (ne (env "A") "1")}}y{{else}}n{{end}}"#, "n"),
      (#"{{if env "B"}}{{if env "A"}}a{{end}}b{{end}}c"#, "c"), ("{{.Service.Name}}", "app"),
      (#"{{if env "A"}}{{if env "B"}}a{{else}}b{{end}}{{else}}c{{end}}"#, "b"), ("no }}", "no }}"),
    ]
    for (text, expected) in table {
      #expect(try ConfigTemplate(text).filled(values, service: "app") == expected, "\(text)")
    }
    for text in [
      "{{ .Node.Hostname }}", "{{ range x }}{{ end }}", "{{ env \"A\" | upper }}", "{{ end }}",
      "{{ if env \"A\" }}", "{{ secret \"none\" }}", "{{ else }}",
    ] {
      #expect(throws: ConfigTemplate.Problem.self) {
        try ConfigTemplate(text).filled(values, service: "app")
      }
    }
  }
}
