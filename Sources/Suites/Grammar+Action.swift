extension Grammar {
  static let methods = ["get", "post", "put", "patch", "delete", "head", "options"]

  static let actionTables: [Table] = [
    Table("http", "One request to the app, or to a port of a service.", oneOf: methods + ["method"])
    {
      for method in methods {
        Field(method, .template, "Sends \(method.uppercased()) to this path or URL.")
      }
      Field("method", .text, "Another method, for `url`.")
      Field("url", .template, "The path or URL for `method`.").also("path")
      Field("headers", values, "Request headers.").also("header")
      Field("query", .map(.anyOf([.template, .list(.template)])), "What follows `?`, encoded.")
        .also("params parameters")
      Field("json", .tree, "The body as JSON.")
      Field("text", .template, "The body as text.").also("body data")
      Field("form", values, "The body as a web form.")
      Field("file", .template, "The body from this file below the suite's folder.")
      Field("auth", .table("auth"), "Who asks.").also("authorization authentication")
      Field(
        "redirects",
        .anyOf([.choice(["none"]), .integer(0...10)]),
        "How many redirects are followed."
      ).preset("none").also("follow follow_redirects")
      Field("tls", .table("tls"), "How far certificates are trusted.")
      Field("service", .name, "The service that is asked.").preset("the app")
      Field("port", .integer(1...65_535), "The port inside `service`.")
      Field("timeout", .duration, "For one attempt.").preset("deadlines.step")
    },
    Table("auth", "Who asks.", oneOf: ["basic", "bearer"]) {
      Field("basic", .list(.template), "User and password.")
      Field("bearer", .template, "A token.").also("token")
    },
    Table("tls", "How far certificates are trusted.") {
      Field("verify", .boolean, "Whether the certificate must be valid.").preset("true")
    },
    Table(
      "sql",
      as: "a query",
      "One statement, taken as written; values go in through `params`.",
      oneOf: ["sql", "query"]
    ) {
      Field("service", .name, "The service that is asked.").required()
      Field("sql", .text, "The statement.")
      Field("query", .text, "The same.").also("statement")
      Field(
        "params",
        .anyOf([.list(.tree), .map(.tree)]),
        "A list for PostgreSQL's `$1`, a mapping for ClickHouse's `{name:Type}`."
      ).also("parameters args values")
      Field("timeout", .duration, "For one attempt.").preset("deadlines.step")
    },
    Table("exec", "One command inside a service; no shell reads it.") {
      Field("service", .name, "The service.").preset("app")
      Field("argv", argv, "The program and its arguments.").required().also("command cmd args")
      Field("user", .text, "Who runs it.").preset("the service's own user")
      Field("stdin", .template, "What it reads.").also("input")
      Field("environment", values, "Added to its environment.").also("env")
      Field("timeout", .duration, "For one attempt.").preset("deadlines.step")
    },
    Table(
      "file",
      "One file of a service, or of the snapshot that the backup took.",
      oneOf: ["service", "snapshot"]
    ) {
      Field("service", .name, "The service that sees the file.")
      Field("snapshot", .boolean, "True: the file is in the snapshot.")
      Field("path", .template, "Its path: in the service, or `volume/path` in the snapshot.")
        .required()
      Field("write", .template, "What is written there.").also("content text")
    },
    Table("script", "One script of the suite.") {
      Field("path", .text, "Below the suite's folder.").required().also("file run")
      Field("args", argv, "Its arguments.").also("argv arguments")
      Field("timeout", .duration, "For one attempt.").preset("deadlines.step")
    },
  ]
}
