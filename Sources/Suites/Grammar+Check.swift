import Formats

extension Grammar {
  static let checkTables: [Table] = [
    Table("check", as: "a check", "One test.") {
      Field("about", .text, "What it shows, in one sentence.").also("description doc")
      Field(
        "ports",
        .list(.text),
        "Corpus scripts, functions or named checks that this one stands for."
      ).also("port source covers")
      Field("steps", steps, "What it does, in order.").required().also("step")
      Field("when", .table("when"), "Else it is skipped with that reason.").also("if only")
      Field(
        "needs",
        .list(.text),
        "Checks that must have passed before: a name of this file, or `folder/file::name`."
      ).also("depends_on after")
      Field(
        "not_carried",
        .text,
        "Why its acts are not done early and looked for again after upgrade and restore."
      ).also("carry")
      Field(
        "cases",
        .anyOf([.list(values), .map(values)]),
        "One check for each row, called `name[row]`; its columns are values for `{{name}}`."
      ).also("rows examples each")
      Field("vars", variables, "Values for `{{name}}`, for this check.").also("variables")
      Field(
        "health",
        .boolean,
        "It only looks at whether the app is well, and does not count for P3."
      ).preset("false")
      Field("control", .table("control"), "Leaves out the control, which would do harm.").also(
        "decoy"
      )
    },
    Table(
      "value",
      as: "a value",
      "A value that is made of others.",
      oneOf: ["base64", "sha256", "hmac"]
    ) {
      Field("base64", .template, "This text in Base64.")
      Field("sha256", .template, "The SHA-256 of this text.")
      Field("hmac", .table("hmac"), "A keyed hash of a text, RFC 2104.")
      Field("as", .choice(ValueFunction.Form.allCases.map(\.rawValue)), "How bytes are written.")
        .preset("hex; of base64 itself").also("encoding format")
    },
    Table("hmac", "A keyed hash of a text, RFC 2104.") {
      Field("key", .template, "The key.").required().also("secret")
      Field("text", .template, "The text.").required().also("message data")
      Field("with", .choice(KeyedDigest.allCases.map(\.rawValue)), "The hash.").preset("sha256")
        .also("algorithm hash")
    },
    Table("control", "Whether the check is run once more where it must fail.") {
      Field("none", .text, "Why it is not: the check then does not count for P3.").required().also(
        "off why reason"
      )
    },
    Table(
      "step",
      as: "a step",
      "One act: a request, a query, a command; what is expected of it; what is kept of it.",
      oneOf: [
        "http", "postgres", "mysql", "clickhouse", "redis", "sqlite", "exec", "file", "script",
        "group", "use",
      ]
    ) {
      Field("http", .table("http"), "Sends a request.").also("request get post url")
      Field("postgres", .table("sql"), "Asks PostgreSQL.").also("psql sql query")
      Field("mysql", .table("sql"), "Asks MariaDB or MySQL.").also("mariadb")
      Field("clickhouse", .table("sql"), "Asks ClickHouse.")
      Field("redis", .table("redis"), "Asks Redis.").also("valkey")
      Field("sqlite", .table("sqlite"), "Asks a copy of an SQLite file of a service.")
      Field("exec", .table("exec"), "Runs a command in a service.").also("run command")
      Field("file", .table("file"), "Reads or writes a file of a service, or of the snapshot.")
      Field("script", .table("script"), "Runs a script of the suite.")
      Field("group", .list(.table("step")), "Steps under one `retry`.").also("steps")
      Field(
        "use",
        .text,
        "Performs the steps of the suite's file `steps/<use>.yml`, a list of steps."
      )
      .also("include shared call")
      Field("with", .map(.template), "Of `use`: values for `{{name}}` in those steps.").also(
        "vars values args"
      )
      Field("retry", .table("retry"), "Does it again until it is as expected.").also(
        "poll wait eventually"
      )
      Field("never", .table("never"), "What is expected must at no time be so.")
      Field("expect", .table("expect"), "What must be true of the answer.").also(
        "assert asserts expected should"
      )
      Field("capture", .map(.table("capture")), "Values that later steps use as `{{name}}`.").also(
        "save store captures register"
      )
      Field("when", .table("when"), "Else the step is skipped.").also("if only")
    },
    Table("retry", "Does it again, in growing steps, until it is as expected.") {
      Field("within", .duration, "For how long.").required().also("for timeout max until")
      Field("stop_on", .list(.text), "Statuses, SQLSTATEs or exit codes on which it ends early.")
        .also("stop unless")
    },
    Table("never", "What is expected must at no time be so: something must not happen.") {
      Field("for", .duration, "For how long.").required().also("within during")
    },
    Table("when", "Under which circumstances it runs.") {
      Field("driver", .anyOf([.choice(drivers), .list(.choice(drivers))]), "One of these drivers.")
        .also("drivers")
      Field("version", .text, "What the running recipe version must be: `>=3.0`.").also("versions")
    },
  ]
}
