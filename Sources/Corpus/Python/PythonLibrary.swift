/// Names of Python's libraries that say something without being run.
enum PythonLibrary {
  private static let statuses: [String: Int] = [
    "ok": 200, "created": 201, "accepted": 202, "no_content": 204, "moved_permanently": 301,
    "moved": 301, "found": 302, "see_other": 303, "not_modified": 304, "temporary_redirect": 307,
    "permanent_redirect": 308, "bad_request": 400, "unauthorized": 401, "forbidden": 403,
    "not_found": 404, "method_not_allowed": 405, "conflict": 409, "gone": 410,
    "too_many_requests": 429, "internal_server_error": 500, "server_error": 500,
    "not_implemented": 501, "bad_gateway": 502, "service_unavailable": 503, "gateway_timeout": 504,
  ]

  /// `http.HTTPStatus.NOT_FOUND`, `requests.codes.ok`.
  static func status(_ name: String) -> Int? {
    guard name.contains("HTTPStatus.") || name.contains("codes."),
      let last = name.split(separator: ".").last
    else { return nil }
    return statuses[last.lowercased()]
  }

  static let clients: Set<String> = [
    "requests.Session", "requests.session", "httpx.Client", "httpx.AsyncClient",
    "aiohttp.ClientSession", "urllib3.PoolManager", "http.client.HTTPConnection",
    "http.client.HTTPSConnection", "urllib.request.build_opener", "httplib2.Http",
  ]

  static let requesters: Set<String> = ["requests", "httpx", "requests.api", "urllib3"]

  static let databases: Set<String> = [
    "psycopg2.connect", "psycopg.connect", "sqlite3.connect", "pymysql.connect",
    "mysql.connector.connect", "asyncpg.connect", "clickhouse_driver.Client",
    "clickhouse_connect.get_client", "MySQLdb.connect",
  ]

  static let commands: Set<String> = [
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output",
    "subprocess.Popen", "subprocess.getoutput", "subprocess.getstatusoutput", "os.system",
    "os.popen", "pexpect.spawn", "pexpect.run", "sh.Command",
  ]
}
