import Evidence

extension Grammar {
  static let recipeTables: [Table] = [
    Table(
      "recipe",
      as: "recipe.yml",
      "What a suite says of its recipe as a whole. An empty file is a suite."
    ) {
      Field("recipe", .name, "The recipe's name.").preset("the folder's name").also("name")
      Field("about", .text, "What the app is, in a sentence for the page.").also("description")
      Field("versions", .table("versions"), "Which versions a run goes through.").also(
        "version base"
      )
      Field("health", .table("health"), "What counts as ready.").also("ready readiness healthcheck")
      Field(
        "services",
        .map(.table("service")),
        "Services that steps talk to, by their name in the compose file."
      ).also("databases")
      Field(
        "vars",
        variables,
        "Values for `{{name}}`, made anew for every check; later ones may use earlier ones."
      ).also("variables values")
      Field("secrets", .map(.table("secret")), "Secret values for `{{secret.NAME}}`.")
      Field(
        "integrity",
        .map(.table("integrity")),
        "P4: how a marker is planted in each store, and found again."
      ).also("markers")
      Field("stores", .map(.table("store")), "What is to be known of a store beside its marker.")
        .also("volumes")
      Field("pre_install", steps, "Steps that run before the first deploy is looked at.")
      Field("post_install", steps, "Steps that run once the install is ready.").also("setup")
      Field("pre_upgrade", steps, "Steps that run just before the upgrade.")
      Field("post_upgrade", steps, "Steps that run once the upgraded app is ready.")
      Field("pre_backup", steps, "Steps that run just before the backup.")
      Field(
        "pre_restore",
        steps,
        "Steps that run just before each restore: the one in place, and the one into a new deployment."
      )
      Field("post_restore", steps, "Steps that run once a restored app is ready.")
      Field(
        "restart_after_restore",
        .list(.text),
        "Services that the recipe's own notes say must be restarted after a restore."
      )
      Field("backup", .table("backup"), "What is known of this recipe's backup.")
      Field(
        "deferred",
        .list(.table("deferral")),
        "What this suite does not do yet, and until when."
      ).also("deferrals todo")
      Field(
        "corpus",
        .table("corpus_units"),
        "Units of the corpus that no check names under `ports`, and what becomes of them."
      ).also("parity ports")
      Field(
        "waivers",
        .list(.table("waiver")),
        "Findings that do not count here, with a reason and an end."
      ).also("waive ignore")
      Field(
        "not_applicable",
        .map(.text),
        "Stages that this recipe cannot have (\(stageNames)), each with its reason."
      ).also("skip skips na")
      Field(
        "notes",
        .text,
        "Markdown that the page carries in a box of its own, with headings lowered and HTML as text."
      )
      Field("scripts", .table("scripts"), "How scripts of the suite are run.").also("script pytest")
      Field("environment", values, "Settings of the deployment, by variable.").also("env settings")
      Field("upgrade_environment", values, "Settings that hold only from the upgrade on.")
      Field("deadlines", .table("deadlines"), "How long things may take.").also(
        "timeouts timeout deadline"
      )
      Field(
        "dependencies",
        .list(.name),
        "Other recipes of the project that are deployed before this one."
      ).also("needs deps depends_on")
    },
    Table(
      "scripts",
      "How scripts of the suite are run: `test_*.py`, `*.bats`, `*.sh`, any executable."
    ) {
      Field("python", .text, "The interpreter of Python tests without a first line `#!`.").preset(
        "python3"
      ).also("interpreter pytest")
      Field("environment", values, "Added to the environment of every script.").also("env")
      Field("record", .boolean, "A proxy before the app records what they ask.").preset("false")
    },
    Table("versions", "Which versions a run goes through; the target is the recipe as given.") {
      Field("base", .text, "The version that is installed first.").preset(
        "the last green one, else the newest older one"
      )
    },
    Table("health", "What counts as ready.") {
      Field("path", .template, "What is asked of the app.").preset("/").also("url get")
      Field(
        "ok",
        .anyOf([.integer(100...499), .list(.integer(100...499))]),
        "Accepted status codes."
      ).preset("[200, 301, 302]").also("status accepts")
      Field(
        "require",
        values,
        "Keys of a JSON answer and the value that each must have; other keys are not looked at."
      ).also("requires json")
      Field("tcp", .table("tcp"), "A port that must accept connections.")
      Field("within", .duration, "How long the app may take to its first good answer.").preset(
        "300s"
      ).also("timeout deadline")
      Field("steady", .duration, "For how long its answers must stay good, three of them at least.")
        .preset("2s").also("stable for")
      Field("why", .text, "Why this is asked and not something else; for the page.").also("reason")
    },
    Table("tcp", "A port that must accept connections.") {
      Field("service", .name, "The service.").required()
      Field("port", .integer(1...65_535), "The port inside the service.").required()
    },
    Table("service", as: "a service", "How steps reach a service.") {
      Field("postgres", .table("postgres_database"), "It is a PostgreSQL server.")
      Field("mysql", .table("mysql_database"), "It is a MariaDB or MySQL server.").also("mariadb")
      Field("clickhouse", .table("clickhouse_database"), "It is a ClickHouse server.")
      Field("redis", .table("redis_database"), "It is a Redis server.").also("valkey")
      Field("port", .integer(1...65_535), "The port inside the service.").preset(
        "5432 for postgres, 3306 for mysql, 8123 for clickhouse, 6379 for redis"
      )
    },
    Table("postgres_database", as: "postgres", "A PostgreSQL database.") {
      Field("database", .template, "The database's name.").required().also("db name")
      Field("user", .template, "Who connects.").preset("postgres").also("username")
      Field("password", .template, "Their password.")
    },
    Table("mysql_database", as: "mysql", "A database of MariaDB or MySQL.") {
      Field("database", .template, "The database's name.").required().also("db name")
      Field("user", .template, "Who connects.").preset("root").also("username")
      Field("password", .template, "Their password.")
    },
    Table("redis_database", as: "redis", "A database of Redis.") {
      Field("database", .template, "The database's number.").preset("0").also("db name")
      Field("user", .template, "Who connects.").preset("default").also("username")
      Field("password", .template, "Their password.")
    },
    Table("clickhouse_database", as: "clickhouse", "A ClickHouse database.") {
      Field("database", .template, "The database's name.").required().also("db name")
      Field("user", .template, "Who connects.").preset("default").also("username")
      Field("password", .template, "Their password.")
    },
    Table(
      "secret",
      as: "a secret",
      "Where a secret's value comes from.",
      oneOf: ["generate", "env", "value"]
    ) {
      Field(
        "generate",
        .integer(8...256),
        "Made anew for each run, with this many letters and digits."
      ).also("length random")
      Field("env", .name, "Read from this environment variable.").also("environment")
      Field("value", .text, "Written here, for what is secret only in form.")
    },
    Table("integrity", as: "an integrity entry", "P4 for one store.") {
      Field("marker", .text, "What the marker is, in a sentence for the page.").preset(
        "the tables, keys and files that `seed` writes"
      )
      Field("prepare", steps, "Makes what the marker needs, once, before the first seed.")
      Field("seed", steps, "Plants `{{marker}}`.").required().also("plant write")
      Field("drop", steps, "Removes it again: the control before the restore.").also("delete")
      Field(
        "change",
        steps,
        "Changes data after the backup, as use would; the restore must undo it."
      )
      Field("verify", steps, "Passes while the marker is there, fails when it is not.").required()
        .also("check read")
      Field("count", .list(.text), "Tables whose rows are counted before and after.").also(
        "counts tables"
      )
    },
    Table("store", as: "a store", "What is to be known of one store.") {
      Field(
        "volatile",
        .map(.text),
        "Tables or paths whose contents change by themselves, each with the reason: they are not compared."
      ).also("ignore")
      Field(
        "written_by",
        .text,
        "Who writes to it past the app: the app is not asked to write to it in a run."
      )
      Field(
        "holds_nothing",
        .text,
        "Why nothing in it is worth keeping: P4 does not apply to it."
      ).also("cache empty")
    },
    Table("backup", "What is known of this recipe's backup.") {
      Field("capable", .boolean, "Forces the answer to whether it can be backed up.").preset(
        "as the labels say"
      )
      Field("why", .text, "Why `capable` is forced.").also("reason")
      Field("verify", steps, "Steps on the snapshot's files.")
    },
    Table("deferral", as: "a deferral", "Something that the suite does not do yet.") {
      Field("what", .text, "What is not done.").required()
      Field("why", .text, "Why not.").required().also("reason")
      Field("until", .text, "A date `YYYY-MM-DD`, or a trigger in words.").required()
      Field(
        "ports",
        .list(.text),
        "Units of the corpus that wait for it, as under a check's `ports`."
      ).also("port units")
    },
    Table("waiver", as: "a waiver", "A finding that does not count here.") {
      Field("rule", .name, "The rule's id.").required()
      Field("for", .text, "The check, store, service, volume or file that it is waived for.")
        .preset("all").also("subject store check service")
      Field("why", .text, "Why it does not count.").required().also("reason")
      Field("until", .text, "A date `YYYY-MM-DD`, or a trigger in words.").required()
    },
    Table("deadlines", "How long things may take.") {
      Field("run", .duration, "The whole run.").preset("1h")
      Field(
        "operation",
        .duration,
        "One deploy, upgrade, backup or restore, its gate not included."
      ).preset("20m")
      Field("step", .duration, "One step without `retry`.").preset("30s")
    },
  ]

  private static var stageNames: String {
    Stage.allCases.filter { ![.install, .teardown].contains($0) }.map(\.rawValue).joined(
      separator: ", "
    )
  }
}
