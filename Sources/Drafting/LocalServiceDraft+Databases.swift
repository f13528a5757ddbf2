import Suites

extension LocalServiceDraft {
  /// PostgreSQL, with the variables of the image and those that psql reads: hooks run with the same.
  func postgres() -> [String] {
    let data = folder(at: "/var/lib/postgresql/data", else: "data")
    let user = database?.user ?? "postgres"
    let name = database?.database ?? user
    var own = [
      ("PGHOST", "127.0.0.1"), ("PGPORT", "{{port.5432}}"), ("PGUSER", user),
      ("PGDATABASE", name), ("PGDATA", data),
    ]
    var initdb = ["initdb", "--pgdata=\(data)", "--username=\(user)"]
    var files = secretFiles
    if let password = database?.password {
      files.append(("superuser-password", password + "\n"))
      own.append(("PGPASSWORD", password))
      initdb += ["--pwfile={{folder}}/superuser-password", "--auth=scram-sha-256"]
    } else {
      initdb.append("--auth=trust")
    }
    initdb += ["--encoding=UTF8", "--locale=C", "--no-sync"]
    let command = [
      "postgres", "-D", data, "-p", "{{port.5432}}", "-c", "listen_addresses=127.0.0.1", "-c",
      "unix_socket_directories=", "-c", "shared_buffers=16MB", "-c", "fsync=off",
    ]
    var lines = head + Self.files(files) + environment(own)
    lines += ["prepare:", "  - \(YAMLText.list(initdb))"]
    lines += [Self.command(command)]
    lines += ["ready: {command: [pg_isready, --quiet, \"--dbname=postgres\"], within: 60s}"]
    if name != "postgres" {
      let create = ["createdb", "--no-password", "--maintenance-db=postgres", "--", name]
      lines += ["setup:", "  - \(YAMLText.list(create))"]
    }
    return lines + ["stop: {signal: INT, grace: 20s}"]
  }

  /// MariaDB, with the image's variables. The socket's path has at most 107 bytes.
  func mysql() -> [String] {
    let data = folder(at: "/var/lib/mysql", else: "data")
    var own = [("MYSQL_UNIX_PORT", "{{folder}}/s")]
    if let password = database?.password { own.append(("MYSQL_PWD", password)) }
    let install = [
      "mariadb-install-db", "--no-defaults", "--datadir=\(data)",
      "--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=4M",
    ]
    let command = [
      "mariadbd", "--no-defaults", "--datadir=\(data)", "--socket={{folder}}/s",
      "--pid-file={{folder}}/pid", "--port={{port.3306}}", "--bind-address=127.0.0.1",
      "--init-file={{folder}}/account.sql", "--event-scheduler=on", "--innodb-log-file-size=4M",
      "--innodb-buffer-pool-size=16M", "--innodb-flush-method=nosync", "--performance-schema=off",
    ]
    var lines = head + ["files:"]
    lines += secretFiles.map { "  \($0.name): \(YAMLText.scalar($0.content))" }
    lines += ["  # One statement a line. The image does the same with its variables."]
    lines += ["  account.sql: |"] + account.map { "    " + $0 }
    return lines + environment(own) + ["prepare:", "  - \(YAMLText.list(install))"]
      + [Self.command(command), "ready: {port: 3306, within: 60s}"]
      + ["stop: {signal: TERM, grace: 20s}"]
  }

  private var account: [String] {
    guard let database else { return [] }
    var lines: [String] = []
    if let name = database.database {
      lines.append("CREATE DATABASE IF NOT EXISTS `\(name)` CHARACTER SET utf8mb4;")
      if let user = database.user {
        let password = database.password.map { " IDENTIFIED BY '\($0)'" } ?? ""
        lines.append("CREATE OR REPLACE USER `\(user)`@localhost\(password);")
        lines.append("GRANT ALL ON `\(name)`.* TO `\(user)`@localhost;")
      }
    }
    if let root = database.rootPassword ?? database.password {
      lines.append("ALTER USER root@localhost IDENTIFIED BY '\(root)';")
    }
    return lines
  }

  /// The image does it with its variable.
  private func creation(of name: String) -> [String] {
    if name == "default" { return [] }
    let words = [
      "clickhouse-client", "--host=127.0.0.1", "--port={{port.9000}}",
      "--query=CREATE DATABASE IF NOT EXISTS \(name)",
    ]
    return ["setup:", "  - \(YAMLText.list(words))"]
  }

  func redis() -> [String] {
    let data = folder(at: "/data", else: "data")
    var conf = ["bind 127.0.0.1", "port {{port.6379}}", "dir \(data)"]
    if let password = database?.password { conf.append("requirepass \(password)") }
    if service.command.contains("--appendonly") { conf.append("appendonly yes") }
    let makes = data == "{{folder}}/data" ? ["prepare:", "  - [mkdir, \"\(data)\"]"] : []
    return head + ["files:", "  redis.conf: |"] + conf.map { "    " + $0 } + environment() + makes
      + [Self.command(["redis-server", "{{folder}}/redis.conf"])]
      + ["ready: {port: 6379, within: 30s}"]
  }

  func clickhouse() -> [String] {
    let data = folder(at: "/var/lib/clickhouse", else: "data")
    let user = database?.user ?? "default"
    let name = database?.database ?? "default"
    let own = [
      ("CLICKHOUSE_HOST", "127.0.0.1"), ("CLICKHOUSE_PORT", "{{port.9000}}"),
      ("CLICKHOUSE_HTTP_PORT", "{{port.8123}}"),
    ]
    let config = [
      "<?xml version=\"1.0\"?>", "<yandex>",
      "  <logger><level>warning</level><console>1</console></logger>",
      "  <listen_host>127.0.0.1</listen_host>", "  <http_port>{{port.8123}}</http_port>",
      "  <tcp_port>{{port.9000}}</tcp_port>", "  <path>\(data)/</path>",
      "  <tmp_path>\(data)/tmp/</tmp_path>", "  <users_config>users.xml</users_config>",
      "  <default_profile>default</default_profile>",
      "  <default_database>default</default_database>",
      "  <mark_cache_size>16777216</mark_cache_size>", "  <timezone>UTC</timezone>", "</yandex>",
    ]
    let users = [
      "<?xml version=\"1.0\"?>", "<yandex>", "  <profiles><default/></profiles>", "  <users>",
      "    <\(user)>", "      <password>\(database?.password ?? "")</password>",
      "      <networks><ip>127.0.0.1</ip></networks>", "      <profile>default</profile>",
      "      <quota>default</quota>", "    </\(user)>", "  </users>",
      "  <quotas><default/></quotas>", "</yandex>",
    ]
    return head + ["files:", "  config.xml: |"] + config.map { "    " + $0 } + ["  users.xml: |"]
      + users.map { "    " + $0 } + environment(own)
      + [Self.command(["clickhouse-server", "--config-file={{folder}}/config.xml"])]
      + ["ready: {port: 8123, within: 60s}"] + creation(of: name)
      + ["stop: {signal: TERM, grace: 20s}"]
  }
}
