extension Grammar {
  static let endpointModes = ["vip", "dnsrr"]

  static let swarmTables: [Table] = [
    Table("swarm", as: "swarm.yml", "What a suite says of its recipe on a Docker Swarm.") {
      Field(
        "domain",
        .template,
        "The domain that the app is told; the stack is called so, with `_` for dots."
      ).preset("{{recipe}}.parity.test")
      Field("environment", values, "Values of the app's env file, over those of `.env.sample`.")
        .also("env")
      Field(
        "compose",
        .list(.text),
        "Compose files of the suite that are laid over the recipe's own; the run says so."
      ).also("compose_file compose_files")
      Field(
        "endpoint_mode",
        .choice(endpointModes),
        "For every service; `dnsrr` where the machine has no `ip_vs`. The run says so."
      )
      Field(
        "shares",
        .map(.text),
        "What the recipe may use together with others on the machine, each with the reason: "
          + "a volume's or network's key, a path, the number of a port. A volume is only read."
      )
      Field(
        "app",
        .table("swarm_app"),
        "What `{{base_url}}` leads to, through a tunnel; else the port of Traefik's label."
      )
      Field(
        "url",
        .template,
        "What `{{base_url}}` is, where the app is reached through the cluster's own proxy."
      )
      Field(
        "tls",
        .table("swarm_tls"),
        "How far the certificate at `url` is trusted; else as far as this machine does."
      )
      Field(
        "one_shot",
        .list(.name),
        "Services that do their work, end with 0 and are not started again; jobs of the Swarm and "
          + "what `restart_policy: {condition: none}` has need no mention."
      ).also("oneshot one_shots jobs init")
    },
    Table("swarm_tls", as: "tls of swarm.yml", "How far the proxy's certificate is trusted.") {
      Field("ca", .text, "A PEM file of the suite with what must have signed it, and nothing else.")
        .also("cacert ca_file")
      Field("off", .text, "Why it is not checked at all; the page says so.").also("insecure")
    },
    Table("swarm_app", as: "app of swarm.yml", "A port inside a service.") {
      Field("service", .name, "The service.").preset("app")
      Field("port", .integer(1...65_535), "The port that it listens on.").required()
    },
  ]
}
