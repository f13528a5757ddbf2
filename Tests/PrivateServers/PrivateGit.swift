import Foundation

/// Servers of git's own, for repositories below one folder.
package enum PrivateGit {
  package static let user = "alice"
  package static let password = "s3cret/w%rd"

  /// The protocol `git://`.
  package static func daemon(serving repositories: String) async throws -> GuardedServer {
    try await GuardedServer.start(stoppedBy: "TERM") { _, port in
      [
        "/usr/bin/env", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory",
        "GIT_CONFIG_VALUE_0=*", "/usr/lib/git-core/git-daemon", "--export-all", "--reuseaddr",
        "--listen=127.0.0.1", "--port=\(port)", "--base-path=\(repositories)", repositories,
      ]
    } isReady: { _, port in
      GuardedServer.accepts(port: port)
    }
  }

  /// `git http-backend` behind a web server.
  ///
  /// `/open/…` answers everybody, `/closed/…` asks for a user and a password, `/hang/…` never answers,
  /// `/page/…` answers with a page.
  package static func web(serving repositories: String) async throws -> GuardedServer {
    try await GuardedServer.start(stoppedBy: "TERM") { folder, port in
      let program = "\(folder)/server.py"
      try Data(source.utf8).write(to: URL(filePath: program))
      try GuardedServer.hand(over: program)
      return [
        "/usr/bin/python3", "-I", program, "\(port)", repositories, "\(user):\(password)",
      ]
    } isReady: { _, port in
      GuardedServer.accepts(port: port)
    }
  }

  private static let source = """
    import base64, http.server, os, subprocess, sys, time

    PORT, ROOT, LOGIN = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    WANTED = "Basic " + base64.b64encode(LOGIN.encode()).decode()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def log_message(self, *_):
            pass

        def plain(self, status, text, *headers):
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def answer(self):
            kind, _, rest = self.path.lstrip("/").partition("/")
            if kind == "hang":
                time.sleep(60)
                return
            if kind == "page":
                return self.plain(200, b"<html>\\n<p>Welcome\\n</html>\\n", ("Content-Type", "text/html"))
            if kind == "closed" and self.headers.get("Authorization") != WANTED:
                return self.plain(401, b"", ("WWW-Authenticate", 'Basic realm="git"'))
            path, _, query = rest.partition("?")
            length = int(self.headers.get("Content-Length") or 0)
            if (self.headers.get("Transfer-Encoding") or "").lower() == "chunked":
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
            else:
                body = self.rfile.read(length)
            variables = dict(
                os.environ, GIT_PROJECT_ROOT=ROOT, GIT_HTTP_EXPORT_ALL="1", PATH_INFO="/" + path,
                QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_ADDR="127.0.0.1",
                CONTENT_TYPE=self.headers.get("Content-Type") or "", CONTENT_LENGTH=str(len(body)),
                HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding") or "",
                GIT_PROTOCOL=self.headers.get("Git-Protocol") or "",
                GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*",
            )
            out = subprocess.run(
                ["/usr/lib/git-core/git-http-backend"], input=body, env=variables,
                stdout=subprocess.PIPE,
            ).stdout
            head, _, body = out.partition(b"\\r\\n\\r\\n")
            status, headers = 200, []
            for line in head.decode().split("\\r\\n"):
                name, _, value = line.partition(": ")
                if name == "Status":
                    status = int(value.split()[0])
                elif name:
                    headers.append((name, value))
            self.plain(status, body, *headers)

        do_GET = do_POST = answer

    http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
    """
}
