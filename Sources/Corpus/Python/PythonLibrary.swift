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

  // MARK: What is not followed

  /// Modules whose functions reach for nothing that an older script could be about.
  private static let harmlessModules: Set<String> = [
    "abc", "argparse", "asyncio", "base64", "binascii", "bisect", "bs4", "calendar", "collections",
    "colorama", "concurrent", "configparser", "contextlib", "copy", "csv", "dataclasses",
    "datetime", "dateutil", "decimal", "difflib", "dotenv", "email", "enum", "errno", "faker",
    "fnmatch", "functools", "getpass", "glob", "gzip", "hashlib", "heapq", "hmac", "html",
    "inspect",
    "io", "itertools", "json", "jwt", "locale", "logging", "lxml", "math", "mimetypes", "operator",
    "os", "pathlib", "pickle", "platform", "pprint", "pyotp", "pytest", "queue", "random", "re",
    "rich", "secrets", "shlex", "shutil", "signal", "ssl", "statistics", "string", "struct", "sys",
    "tarfile", "tempfile", "tenacity", "textwrap", "threading", "time", "tomllib", "traceback",
    "types", "typing", "unicodedata", "unittest", "urllib3", "uuid", "warnings", "xml", "yaml",
    "zipfile", "zlib", "builtins", "environ", "ElementTree",
  ]
  /// Modules of which only some names ask for something: those are known.
  private static let partlyKnown: Set<String> = [
    "requests", "httpx", "aiohttp", "urllib", "http", "subprocess", "psycopg2", "psycopg",
    "sqlite3", "httplib2",
  ]

  /// Whether a call of a library's name that is not known hides nothing.
  static func isHarmless(_ name: String) -> Bool {
    let root = String(name.prefix { $0 != "." })
    if root.utf8.count == name.utf8.count { return builtins.contains(name) || isWord(name) }
    return harmlessModules.contains(root) || partlyKnown.contains(root)
  }

  /// Names that are imported alone: `from time import sleep`.
  private static func isWord(_ name: String) -> Bool { harmlessModules.contains(name) }

  static let builtins: Set<String> = [
    "abs", "all", "any", "ascii", "bin", "bool", "bytearray", "bytes", "callable", "chr",
    "classmethod", "dict", "dir", "divmod", "enumerate", "filter", "float", "format", "frozenset",
    "getattr", "globals", "hasattr", "hash", "hex", "id", "input", "int", "isinstance",
    "issubclass", "iter", "len", "list", "locals", "map", "max", "memoryview", "min", "next",
    "object", "oct", "open", "ord", "pow", "print", "property", "range", "repr", "reversed",
    "round", "set", "setattr", "slice", "sorted", "staticmethod", "str", "sum", "super", "tuple",
    "type", "vars", "yield", "zip", "ArithmeticError", "AssertionError", "AttributeError",
    "BaseException", "ConnectionError", "Exception", "FileNotFoundError", "IOError", "IndexError",
    "KeyError", "KeyboardInterrupt", "LookupError", "NotImplementedError", "OSError",
    "PermissionError", "RuntimeError", "StopIteration", "SystemExit", "TimeoutError", "TypeError",
    "UnicodeDecodeError", "ValueError",
  ]

  /// Parameters and fixtures that stand for a client.
  static let clientNames: Set<String> = [
    "client", "session", "http", "api", "browser", "sess", "web", "http_client", "api_client",
  ]

  /// Fixtures of pytest itself, and what scripts call their own bookkeeping.
  static let harmlessNames: Set<String> = [
    "tmp_path", "tmpdir", "tmp_path_factory", "monkeypatch", "capsys", "capfd", "caplog",
    "request", "record_property", "recwarn", "subtests", "pytestconfig", "self", "cls", "args",
    "argv", "options", "opts", "parser", "log", "logger",
  ]

  /// Methods of texts, lists, files and the like.
  static func isHarmless(method name: String) -> Bool { methods.contains(name) }

  private static let methods: Set<String> = [
    "add", "add_argument", "add_parser", "add_subparsers", "addfinalizer", "append",
    "as_posix", "as_uri", "capitalize", "casefold", "center", "clear", "close", "copy", "count",
    "critical", "debug", "decode", "delenv", "difference", "digest", "discard", "encode",
    "endswith",
    "error", "exception", "exists", "expanduser", "extend", "find", "flush", "format", "get",
    "getoption", "group", "groupdict", "groups", "hexdigest", "index", "info", "insert",
    "intersection", "is_dir", "is_file", "is_set", "isalnum", "isalpha", "isdigit", "isnumeric",
    "isoformat", "issubset", "items", "join", "joinpath", "keys", "ljust", "log", "lower", "lstrip",
    "mkdir", "parse_args", "partition", "pop", "read", "read_bytes", "read_text", "readline",
    "readlines", "remove", "removeprefix", "removesuffix", "replace", "resolve", "reverse",
    "rfind", "rglob", "glob", "rjust", "rpartition", "rsplit", "rstrip", "seek", "set",
    "set_defaults", "setdefault", "setenv", "setLevel", "sort", "split", "splitlines",
    "startswith", "strftime", "strip", "swapcase", "timestamp", "title", "total_seconds",
    "translate", "union", "unlink", "update", "upper", "values", "warning", "with_suffix", "write",
    "write_bytes", "write_text", "zfill", "total", "sleep", "__init__", "subTest", "setUp",
    "tearDown", "skipTest", "addCleanup", "id",
  ]
}
