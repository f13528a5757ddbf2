extension Grammar {
  static let hookLabels = [
    "backup.pre-hook", "backup.post-hook", "restore.pre-hook", "restore.post-hook",
  ]
  static let signals = ["TERM", "INT", "QUIT", "HUP"]

  static let localTables: [Table] = [
    Table("local", as: "local.yml", "How a recipe's services run as processes of this machine.") {
      Field(
        "search",
        .list(.text),
        "Folders in which programs are looked for first; `*` stands for one part of a path."
      ).also("path paths")
      Field(
        "versions",
        .map(.map(.text)),
        "By recipe version: names and what `{{version.NAME}}` is for it."
      ).also("version")
      Field("services", .map(.table("local_service")), "By their name in the compose file.")
    },
    Table("local_service", as: "a service of local.yml", "One service as a process.") {
      Field("standin", .text, "What it is, where it only stands for the real program.")
      Field("standin_version", .name, "The name in `versions` that is the stand-in's own version.")
      Field(
        "prepare",
        .anyOf([.list(argv), .table("local_prepare")]),
        "Commands before the first start, or before that of each version."
      ).also("init")
      Field("command", argv, "The program and its arguments; no shell reads it.").required().also(
        "argv cmd run"
      )
      Field("environment", values, "The process's environment.").also("env")
      Field("files", values, "Files below the service's folder, written before the first start.")
      Field(
        "ports",
        .list(.integer(1...65_535)),
        "Ports of the service; `{{port.N}}` is the free one that stands for it."
      ).also("port")
      Field(
        "volumes",
        .list(.name),
        "Volumes of the compose file; `{{volume.NAME}}` is the folder."
      ).also("volume")
      Field("after", .list(.name), "Services that must be ready first.").also("depends_on")
      Field("ready", .table("local_ready"), "When it is ready.").also("health healthcheck")
      Field("setup", .list(argv), "Commands once it is ready for the first time.")
      Field("stop", .table("local_stop"), "How it is stopped.")
      Field(
        "hooks",
        .map(.anyOf([.table("local_hook"), argv])),
        "What runs here in place of the recipe's hooks (\(hookLabels.joined(separator: ", ")))."
      )
      Field("restart_on_upgrade", .boolean, "Whether a new version restarts it.").preset("false")
        .also("restart")
      Field("reports", .table("local_reports"), "How the program tells its version.")
    },
    Table("local_prepare", as: "prepare", "Commands before a start of the service.") {
      Field("once", .list(argv), "Before the first start on empty folders.")
      Field("each_version", .list(argv), "Before the first start, and again at an upgrade.")
    },
    Table("local_hook", as: "a hook", "What runs in place of a hook of the recipe.") {
      Field("label", .text, "The label's text, as it is in the recipe now.").required()
      Field("command", argv, "The program and its arguments; no shell reads it.").required().also(
        "argv run"
      )
    },
    Table(
      "local_ready",
      as: "ready",
      "When the next service may start.",
      oneOf: ["port", "command"]
    ) {
      Field("port", .integer(1...65_535), "This port accepts connections.")
      Field("command", argv, "This command exits with 0.").also("argv")
      Field("within", .duration, "For how long.").preset("60s").also("timeout")
    },
    Table("local_stop", as: "stop", "How a service is stopped.") {
      Field("signal", .choice(signals), "The first signal.").preset("TERM")
      Field("grace", .duration, "Before it is killed.").preset("10s").also("timeout")
    },
    Table(
      "local_reports",
      as: "reports",
      "How the program tells its version.",
      oneOf: ["http", "command"]
    ) {
      Field("http", .table("local_reports_http"), "A member of a JSON answer.")
      Field("command", argv, "A command's output.").also("argv")
      Field("is", .template, "What the answer is, or the output contains.").required().also(
        "version equals"
      )
    },
    Table("local_reports_http", as: "http", "A member of a JSON answer.") {
      Field("path", .text, "What is asked.").required().also("get url")
      Field("port", .integer(1...65_535), "The service's port.").required()
      Field("json", .text, "The member, by JSONPath.").required().also("jsonpath")
    },
  ]
}
