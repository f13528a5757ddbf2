extension Grammar {
  /// A value (equality) or a mapping of predicates.
  static let predicate = Shape.anyOf([.table("predicates"), .tree])
  static let predicates = Shape.map(predicate)

  static let expectationTables: [Table] = [
    Table(
      "expect",
      "What must be true of a step's answer. A scalar is equality, a mapping of predicates is those."
    ) {
      Field(
        "status",
        .anyOf([.integer(100...599), .list(.integer(100...599)), .table("predicates")]),
        "The status code; of a list, one of them."
      ).also("code status_code")
      Field("header", predicates, "Headers of the answer, by name.").also("headers")
      Field("body", predicate, "The whole body as text.").also("text")
      Field("json", .tree, "By JSONPath (`$.a`), or what the JSON answer must hold at least.")
      Field("jsonpath", predicates, "By JSONPath.")
      Field("xpath", predicates, "By XPath, in HTML and XML.")
      Field("css", predicates, "The text of elements, by CSS selector, in HTML and XML.").also(
        "selector"
      )
      Field("regex", predicates, "By pattern: its first group, or all that it matched.")
      Field("rows", .tree, "The number of rows; of a list, the rows themselves.")
      Field("row", .tree, "What the first row must hold at least, by column.")
      Field("column", predicates, "All values of a column, as a list.").also("columns")
      Field("stdout", predicate, "Standard output without its last line end.").also("output")
      Field("stderr", predicate, "Standard error without its last line end.")
      Field("exit", .anyOf([.integer(0...255), .table("predicates")]), "The exit code.").also(
        "exit_code code returncode"
      )
      Field("size", predicate, "A file's size in bytes.").also("bytes length")
      Field("content", predicate, "A file's text, of a long one its end.")
      Field("type", predicate, "What a path is: `file`, `folder`, `link` and others.")
      Field("mode", predicate, "A path's permissions in octal digits.").also("permissions")
      Field("target", predicate, "What a symbolic link leads to.").also("link")
      Field("duration", predicate, "How long the step took, as a duration.").also("time")
    },
    Table("predicates", as: "a predicate", "What must be true of a value.") {
      Field("==", .tree, "Equal.").also("equals eq is =")
      Field("!=", .tree, "Not equal.").also("ne notEquals")
      Field(">", .tree, "Greater.").also("gt greaterThan")
      Field(">=", .tree, "Greater or equal.").also("gte ge atLeast min")
      Field("<", .tree, "Less.").also("lt lessThan")
      Field("<=", .tree, "Less or equal.").also("lte le atMost max")
      Field("contains", .tree, "A part of a text, or an element of a list.").also("includes")
      Field("startsWith", .template, "How a text begins.").also("starts_with prefix")
      Field("endsWith", .template, "How a text ends.").also("ends_with suffix")
      Field("matches", .text, "A pattern; values are not filled in.").also("regex match")
      Field("exists", .boolean, "Whether it is there at all.").also("present")
      Field(
        "count",
        .anyOf([.integer(0...1_000_000_000), .table("predicates")]),
        "The number of elements."
      ).also("length size")
      Field("isInteger", .boolean, "An integer.").also("is_integer isInt")
      Field("isNumber", .boolean, "A number.").also("is_number isFloat")
      Field("isString", .boolean, "A text.").also("is_string")
      Field("isBoolean", .boolean, "True or false.").also("is_boolean isBool")
      Field("isList", .boolean, "A list.").also("is_list isArray isCollection")
      Field("isObject", .boolean, "An object.").also("is_object")
      Field("isEmpty", .boolean, "A text, list or object with nothing in it.").also("empty")
      Field("isDate", .boolean, "A date or a time, RFC 3339.").also("is_date isIsoDate")
      Field("isUUID", .boolean, "A UUID.").also("isUuid is_uuid")
      Field("equalsFile", .template, "Byte for byte this file below the suite's folder.").also(
        "equals_file file"
      )
      Field("equalsFreshBytes", freshBytes, "Byte for byte what `fresh_bytes` sent.").also(
        "equals_fresh_bytes fresh_bytes"
      )
      Field("sha256", .template, "Its bytes have this SHA-256, in hex digits.")
      Field("subset", .tree, "An object that has at least these members, at every depth.")
      Field("oneOf", .list(.tree), "Equal to one of these.").also("in one_of anyOf")
      Field("not", .anyOf([.table("predicates"), .tree]), "The one predicate below is false.")
    },
    Table(
      "capture",
      as: "a capture",
      "Where in the answer the value is.",
      oneOf: [
        "status", "header", "body", "jsonpath", "xpath", "css", "regex", "row", "column", "stdout",
        "stderr", "exit", "size", "content",
      ]
    ) {
      Field("status", .choice(["true"]), "The status code: `true`.")
      Field("header", .text, "The header of this name.")
      Field("body", .choice(["true"]), "The whole body: `true`.")
      Field("jsonpath", .text, "What this JSONPath finds first.").also("json")
      Field("xpath", .text, "What this XPath finds first.")
      Field("css", .text, "The text of the first element that this CSS selector selects.").also(
        "selector"
      )
      Field("regex", .text, "The pattern's first group, or all that it matched.")
      Field("row", .text, "This column of the first row.")
      Field("column", .text, "All values of this column, as a list.")
      Field("stdout", .choice(["true"]), "Standard output without its last line end: `true`.")
      Field("stderr", .choice(["true"]), "Standard error without its last line end: `true`.")
      Field("exit", .choice(["true"]), "The exit code: `true`.")
      Field("size", .choice(["true"]), "The file's size: `true`.")
      Field("content", .choice(["true"]), "The file's text: `true`.")
      Field(
        "match",
        .text,
        "Of what was found, this pattern's first group, or all that it matched."
      )
      .also("pattern matches")
      Field("secret", .boolean, "Never shown anywhere.").preset("false")
      Field(
        "scope",
        .choice(Capture.Scope.allCases.map(\.rawValue)),
        "`run`: also for later checks."
      ).preset("check")
    },
  ]
}
