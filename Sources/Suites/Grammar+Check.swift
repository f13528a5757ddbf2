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
        "cases",
        .anyOf([.list(values), .map(values)]),
        "One check for each row, called `name[row]`; its columns are values for `{{name}}`."
      ).also("rows examples each")
      Field("vars", values, "Values for `{{name}}`, for this check.").also("variables")
      Field(
        "health",
        .boolean,
        "It only looks at whether the app is well, and does not count for P3."
      ).preset("false")
    },
    Table(
      "step",
      as: "a step",
      "One act: a request, a query, a command; what is expected of it; what is kept of it.",
      oneOf: ["http", "postgres", "clickhouse", "exec", "file", "script", "group"]
    ) {
      Field("http", .table("http"), "Sends a request.").also("request get post url")
      Field("postgres", .table("sql"), "Asks PostgreSQL.").also("psql sql query")
      Field("clickhouse", .table("sql"), "Asks ClickHouse.")
      Field("exec", .table("exec"), "Runs a command in a service.").also("run command")
      Field("file", .table("file"), "Reads or writes a file of a service, or of the snapshot.")
      Field("script", .table("script"), "Runs a script of the suite.")
      Field("group", .list(.table("step")), "Steps under one `retry`.").also("steps")
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
