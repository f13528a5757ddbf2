import CLinux
import Files
import Glibc
import Programs
import Testing

@testable import Guarding

@Suite struct FolderRemovalTests {
  @Test func `Symbolic links are removed and not followed`() throws {
    let fixture = try RunFixture()
    let (inside, outside) = (fixture.path + "/in", fixture.path + "/out")
    mkdir(inside, 0o700)
    mkdir(outside, 0o700)
    mkdir(outside + "/kept", 0o700)
    symlink(outside, inside + "/folder")
    symlink(outside + "/kept", inside + "/other")
    symlink("/no/such/place", inside + "/dangling")
    mkfifo(inside + "/pipe", 0o600)
    #expect(FolderRemoval.remove(inside) == [])
    #expect(!exists(inside))
    #expect(exists(outside + "/kept"))
    symlink(outside, inside)
    #expect(FolderRemoval.remove(inside) == [])
    #expect(!exists(inside))
    #expect(exists(outside + "/kept"))
  }

  @Test func `Folders that their owner has closed are removed as well`() async throws {
    try await withGuardian { guardian, _, folder in
      let script = "mkdir -p a/b/c d; touch a/b/c/f d/g; chmod 0 a/b/c/f a/b/c a/b; chmod 500 d"
      let made = try await guardian.run(shell(script, in: folder))
      #expect(made.succeeded)
    }
  }

  @Test func `Depth has no limit`() throws {
    let fixture = try RunFixture()
    let path = fixture.path + "/deep"
    mkdir(path, 0o700)
    var folder = open(path, O_RDONLY | O_DIRECTORY)
    // Its name is three times as long as any path that the kernel takes.
    for _ in 0..<2500 {
      #expect(mkdirat(folder, "level", 0o700) == 0)
      let next = shim_linux_openat(folder, "level", O_RDONLY | O_DIRECTORY, 0)
      close(folder)
      folder = next
    }
    close(folder)
    #expect(FolderRemoval.remove(path) == [])
    #expect(!exists(path))
  }

  @Test func `What is not there is removed, and what cannot be named is refused`() {
    #expect(FolderRemoval.remove("/no/such/folder") == [])
    for path in ["", "/", "relative/path", "/tmp/", "/tmp/.."] {
      #expect(FolderRemoval.remove(path) == [path])
    }
  }

  @Test(.enabled(if: geteuid() == 0))
  func `What may not be removed is named`() async throws {
    let fixture = try RunFixture()
    // Not sticky: the guardian may empty its folder but not remove it.
    chmod(fixture.root, 0o755)
    let configuration = try fixture.configuration()
    let folder = try #require(configuration.folder)
    do {
      let guardian = try await Guardian.start(configuration)
      #expect(try await guardian.run(shell("mkdir a", in: folder)).succeeded)
      kill(guardian.processID, SIGTERM)
      try await eventually("it is gone") { !guardian.isAlive }
      try await eventually("it is empty") { FolderRemoval.names(inFolderAt: folder.base) == [] }
    }
    #expect(exists(folder.base))
    #expect(folder.removeHull())
    #expect(!exists(folder.base))
  }

  @Test func `A root that others can change is refused`() throws {
    let fixture = try RunFixture()
    chmod(fixture.root, 0o777)
    let identity = try UserLease.take().identity
    #expect(throws: GuardianError(.unsafePath, fixture.root)) {
      try RunFolder.create(runID: "test", identity: identity, root: fixture.root)
    }
  }

  @Test func `A run folder is short, its services' own, and leaves room for a socket`() throws {
    let identity = try UserLease.take().identity
    let folder = try RunFolder.create(runID: "test", identity: identity)
    defer { #expect(folder.removeHull()) }
    #expect(folder.path.utf8.count == 24)
    var status = stat()
    #expect(lstat(folder.path, &status) == 0)
    #expect(status.st_uid == identity.user)
    #expect(status.st_mode & 0o7777 == 0o700)
    #expect(lstat(folder.base, &status) == 0)
    #expect(status.st_uid == identity.guardian)
    #expect(status.st_mode & 0o7777 == 0o711)
  }
}
