import Deployments
import Formats
import Testing

@testable import SwarmDeployments

/// What an engine lists as changed in a container's file system.
@Suite struct SwarmContentsTests {
  @Test func `Files beside the volumes are told, what leads out or keeps nothing is not`() throws {
    let listed = try JSONParser().parse(
      """
      [{"Path": "/srv", "Kind": 0}, {"Path": "/srv/app", "Kind": 1}, {"Path": "/srv/app/a.db", "Kind": 1},
       {"Path": "/srv/gone", "Kind": 2}, {"Path": "/data", "Kind": 1}, {"Path": "/data/x", "Kind": 1},
       {"Path": "/etc/app.conf", "Kind": 0}, {"Path": "/etc", "Kind": 0}, {"Path": "/tmp/y", "Kind": 1},
       {"Path": "/run/app.pid", "Kind": 1}, {"Path": "/var/run/s", "Kind": 1}, {"Path": "/srv/run/z", "Kind": 1},
       {"Path": "/var/log/app.log", "Kind": 1}, {"Path": "/mnt", "Kind": 1}]
      """
    )
    let found = SwarmContents.changes(
      listed.arrayValue ?? [],
      mounts: ["/data", "/mnt/volume"]
    )
    #expect(found == ["/srv/app/a.db": "added", "/etc/app.conf": "changed", "/srv/run/z": "added"])
  }

  @Test func `A hard link is the file that it is another name of`() {
    let file = TarEntry(path: "./a", kind: .file, size: 5, modified: 0, offset: 512, hash: "h")
    var link = TarEntry(path: "./b", kind: .hardLink, size: 0, modified: 0, offset: 1536)
    link.target = "./a"
    var stray = link
    (stray.path, stray.target) = ("./c", "../../etc/passwd")
    let resolved = TarEntry.resolved([file, link, stray])
    #expect(resolved.map(\.kind) == [.file, .file, .hardLink])
    #expect(resolved.map(\.size) == [5, 5, 0] && resolved[1].offset == 512)
    #expect(resolved.map(\.path) == ["./a", "./b", "./c"])
  }

  @Test func `Of what is shared each change is told`() {
    func path(_ path: String, hash: String?, mode: Int = 0o644) -> (String, StoredPath) {
      (path, StoredPath(path: path, kind: .file, mode: mode, owner: 0, group: 0, hash: hash))
    }
    let was = [
      path("a", hash: "1"), path("b", hash: "1"), path("c", hash: "1"), path("e", hash: "1"),
    ]
    let now = [
      path("a", hash: "1"), path("b", hash: "2"), path("d", hash: "1"),
      path("e", hash: "1", mode: 0o600),
    ]
    let changes = SharedContents.changes(
      Dictionary(uniqueKeysWithValues: was),
      Dictionary(uniqueKeysWithValues: now)
    )
    #expect(changes == ["b changed", "c removed", "d added", "e changed"])
  }
}
