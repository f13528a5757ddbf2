extension Grammar {
  static let methods = ["get", "post", "put", "patch", "delete", "head", "options"]

  static let actionTables: [Table] = [
    Table(
      "http",
      "One request to the app, or to a port of a service.",
      oneOf: methods + ["method"],
      or: "form"
    ) {
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
      Field(
        "form",
        .anyOf([.table("page_form"), values]),
        "The body as a web form; without a method, a form of the page before."
      )
      Field(
        "multipart",
        .map(.anyOf([.template, .table("part"), .list(.anyOf([.template, .table("part")]))])),
        "The body as a web form with files, by field."
      ).also("files upload")
      Field("file", .template, "The body from this file below the suite's folder.")
      Field("fresh_bytes", freshBytes, "The body: so many bytes that nobody has sent before.")
      Field("auth", .table("auth"), "Who asks.").also("authorization authentication")
      Field(
        "redirects",
        .anyOf([.choice(["none"]), .integer(0...10)]),
        "How many redirects are followed."
      ).preset("none").also("follow follow_redirects")
      Field(
        "session",
        .name,
        "Whose cookies are sent and kept: a name for a second user, `off` for none."
      ).preset("the check's one user").also("cookies cookie_jar jar")
      Field("tls", .table("tls"), "How far certificates are trusted.")
      Field("service", .name, "The service that is asked.").preset("the app")
      Field("port", .integer(1...65_535), "The port inside `service`.")
      Field("timeout", .duration, "For one attempt.").preset("deadlines.step")
    },
    Table(
      "page_form",
      as: "a form of a page",
      "A form of the page that the same user saw last, filled in and sent as a browser does."
    ) {
      Field("from", .text, "A CSS selector of the form, or of something in it.").required().also(
        "css selector form"
      )
      Field(
        "set",
        .map(.anyOf([.template, .table("part"), .list(.anyOf([.template, .table("part")]))])),
        "What is filled in, by field; the others stay as they are on the page."
      ).also("fields values fill")
      Field("button", .template, "The button that is pressed, by name or value.").preset(
        "the first"
      )
      .also("submit press")
    },
    Table(
      "part",
      as: "a part",
      "What is uploaded in a field.",
      oneOf: ["file", "fresh_bytes", "text"]
    ) {
      Field("file", .template, "This file below the suite's folder.")
      Field("fresh_bytes", freshBytes, "So many bytes that nobody has sent before.")
      Field("text", .template, "A text.")
      Field("filename", .template, "The name that it is uploaded under.").preset(
        "of a file its own; else the field's"
      ).also("name")
      Field("type", .template, "Its media type.").preset("application/octet-stream").also(
        "content_type mime"
      )
    },
    Table("fresh_bytes", as: "fresh bytes", "Bytes that are made of a fresh value.") {
      Field("size", .integer(1...16_777_216), "How many.").required().also("length count")
      Field("of", .template, "The value.").preset("{{unique}}").also("seed from value")
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
        "A list for PostgreSQL's `$1` and for `?` of MariaDB, a mapping for ClickHouse's `{name:Type}`."
      ).also("parameters args values")
      Field("timeout", .duration, "For one attempt.").preset("deadlines.step")
    },
    Table(
      "sqlite",
      as: "a query",
      "One statement that reads a copy of a database file, made for it with its journal.",
      oneOf: ["sql", "query"]
    ) {
      Field("service", .name, "The service that sees the file.").preset("app")
      Field("path", .template, "The file's path in the service.").required().also("file database")
      Field("sql", .text, "The statement.")
      Field("query", .text, "The same.").also("statement")
      Field("params", .list(.tree), "Values for `?`, in their order.").also(
        "parameters args values"
      )
      Field("timeout", .duration, "For one attempt.").preset("deadlines.step")
    },
    Table("redis", "One command of Redis. What it answers are rows with the column `value`.") {
      Field("service", .name, "The service that is asked.").required()
      Field("command", .list(.template), "The command and its arguments: `[GET, \"{{unique}}\"]`.")
        .required().also("cmd argv")
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
      Field("link", .template, "What a symbolic link that is made there leads to.").also("symlink")
      Field("folder", .choice(["true"]), "Makes a folder there: `true`.").also("directory mkdir")
      Field("mode", .text, "Permissions of what is written, made or there, in octal: `0640`.").also(
        "permissions chmod"
      )
    },
    Table("script", "One script of the suite.") {
      Field("path", .text, "Below the suite's folder.").required().also("file run")
      Field("args", argv, "Its arguments.").also("argv arguments")
      Field("stdin", .template, "What it reads.").also("input")
      Field("environment", values, "Added to its environment.").also("env")
      Field("timeout", .duration, "For one attempt.").preset("deadlines.step")
      Field("record", .boolean, "A proxy before the app records what it asks.").preset(
        "scripts.record"
      )
    },
  ]
}
