import BuiltTool
import Formats
import Foundation
import Glibc
import Testing

/// Files of a project that somebody else put there: links, pipes, hostile contents. The tool reads
/// and writes nothing that they lead to, and always comes to an end.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ForeignFilesTests {
  private static func published() async throws -> ToolProject {
    let project = try await MachinesTests.project("a")
    let run = try await project.run("run")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    return project
  }

  private static func move(_ project: ToolProject, _ from: String, to target: String) throws {
    try FileManager.default.moveItem(atPath: project.path(from), toPath: project.path(target))
  }

  /// What a folder holds, with contents.
  private static func contents(_ project: ToolProject, _ name: String) -> [String: Data] {
    project.files(below: name)
  }

  @Test func `Reports that are a link are not written to`() async throws {
    let project = try await Self.published()
    let name = MachinesTests.name("a", project)
    try Self.move(project, "reports/\(name)", to: "elsewhere")
    symlink(project.path("elsewhere"), project.path("reports/\(name)"))
    let before = Self.contents(project, "elsewhere")

    let run = try await project.run("run")
    #expect(run.status == 2)
    #expect(run.err.contains("is a link"))
    #expect(Self.contents(project, "elsewhere") == before)
    let report = try await project.run("report")
    #expect(report.status == 2)
    #expect(Self.contents(project, "elsewhere") == before)
  }

  @Test func `A page that is a link shows nothing of what it leads to, and is replaced`()
    async throws
  {
    let project = try await Self.published()
    let page = "suites/\(MachinesTests.name("a", project))/PARITY.md"
    let text = try project.text(page)
    try project.write("secret", "root:$6$hash\n")
    try project.remove(page)
    symlink(project.path("secret"), project.path(page))

    let verify = try await project.run("verify")
    #expect(verify.status == 1)
    #expect(verify.out.contains("is a link"))
    #expect(!(verify.out + verify.err).contains("hash"))
    #expect(try await project.run("report").status == 0)
    #expect(try project.text("secret") == "root:$6$hash\n")
    #expect(try project.text(page) == text)
  }

  @Test func `A pipe in the place of a file is told and not waited for`() async throws {
    let project = try await Self.published()
    let name = MachinesTests.name("a", project)
    let id = try #require(
      FileManager.default.contentsOfDirectory(atPath: project.path("reports/\(name)/runs")).max()
    )
    for (path, commands) in [
      ("reports/\(name)/runs/\(id)/events.ndjson", ["report", "audit"]),
      ("reports/\(name)/coverage.json", ["verify", "diff"]),
    ] {
      try Self.move(project, path, to: "aside")
      mkfifo(project.path(path), 0o600)
      for command in commands {
        #expect(try await project.run(command).status == 2, "\(command)")
      }
      try project.remove(path)
      try Self.move(project, "aside", to: path)
    }
    #expect(try await project.run("verify").status == 0)
  }

  @Test func `Reports of another machine with a link in them are not joined`() async throws {
    let project = try await Self.published()
    let name = MachinesTests.name("a", project)
    try Self.move(project, "reports", to: "theirs")
    try project.write("kept/recipe-1", "kept")
    let runs = project.path("theirs/\(name)/runs")
    let id = try #require(FileManager.default.contentsOfDirectory(atPath: runs).max())
    try FileManager.default.removeItem(atPath: "\(runs)/\(id)/logs")
    symlink(project.path("kept"), "\(runs)/\(id)/logs")

    let merge = try await project.run("merge", "theirs")
    #expect(merge.status == 2)
    #expect(merge.err.contains("is a link"))
    // What had been joined before would be cleared by the next run.
    _ = try await project.run("run")
    #expect(try project.text("kept/recipe-1") == "kept")

    unlink("\(runs)/\(id)/logs")
    // Each folder's way is gone from the top: some thousands would take hours.
    try project.write("theirs/\(name)/runs/\(id)/" + String(repeating: "d/", count: 100) + "x", "")
    let deep = try await project.run("merge", "theirs")
    #expect(deep.status == 2)
    #expect(deep.err.contains("too many folders"), "\(deep.err)")
    try project.remove("theirs/\(name)/runs/\(id)/d")
    try Self.move(project, "theirs/\(name)/runs/\(id)", to: "elsewhere")
    symlink(project.path("elsewhere"), "\(runs)/\(id)")
    let whole = try await project.run("merge", "theirs")
    #expect(whole.status == 2)
    #expect(whole.err.contains("regular files"))
  }

  @Test func `A project above that others can write to is not taken`() async throws {
    let project = try ToolProject(parity: "")
    try project.write("shared/parity.yml", "corpus: {none: planted}\n")
    try project.write("shared/own/x", "")
    for mode in [0o1777, 0o777] {
      chmod(project.path("shared"), mode_t(mode))
      let below = try await project.run("list", in: "shared/own")
      #expect(below.status == 65)
      #expect(below.err.contains("shared/parity.yml"))
      #expect(try await project.run("list", in: "shared").status == 65)
    }
    chmod(project.path("shared"), 0o755)
    #expect(!(try await project.run("list", in: "shared/own").err.contains("not taken")))
    if geteuid() == 0 {
      chown(project.path("shared"), 12_345, 12_345)
      let below = try await project.run("list", in: "shared/own")
      #expect(below.status == 65 && below.err.contains("not taken"))
      // A checkout of somebody else's in which the tool is started is what it was started for.
      #expect(!(try await project.run("list", in: "shared").err.contains("not taken")))
    }
  }

  @Test func `A folder of checks that is a link out of the suite tells no name`() async throws {
    let project = try await MachinesTests.project("a")
    let suite = "suites/\(MachinesTests.name("a", project))"
    try project.write("elsewhere/planted-name.yml", "")
    try project.write("elsewhere/planted-script.sh", "#!/bin/sh\n")
    for (folder, isMistake) in [
      ("functional", true), ("overlays", true), ("functional/deep", false),
    ] {
      if project.exists("\(suite)/\(folder)") {
        try Self.move(project, "\(suite)/\(folder)", to: "aside")
      }
      symlink(project.path("elsewhere"), project.path("\(suite)/\(folder)"))
      for command in ["list", "lint", "run"] {
        let result = try await project.run(command)
        #expect(!(result.out + result.err).contains("planted"), "\(folder) \(command)")
        if isMistake { #expect(result.status == 65, "\(folder) \(command)") }
      }
      try project.remove("\(suite)/\(folder)")
      if project.exists("aside") { try Self.move(project, "aside", to: "\(suite)/\(folder)") }
    }
  }

  /// Numbers of another machine that no run could have written.
  @Test func `An event with a number that cannot be is no event`() async throws {
    let project = try await Self.published()
    let name = MachinesTests.name("a", project)
    let runs = "reports/\(name)/runs"
    let id = try #require(
      FileManager.default.contentsOfDirectory(atPath: project.path(runs)).max()
    )
    let file = "\(runs)/\(id)/events.ndjson"
    let text = try project.text(file)
    let forged = text.replacing(/"microseconds":\d+/, with: "\"microseconds\":\(Int.max)")
      .replacing(/"at":\d+/, with: "\"at\":\(Int.max)")
    #expect(forged != text)
    try project.write(file, forged)
    for command in ["report", "audit"] {
      #expect(try await project.run(command).status == 2, "\(command)")
    }
    #expect(try await project.run("merge", "reports", "--into", "all").status == 2)
  }

  @Test func `A coverage that is nested without end is refused`() async throws {
    let project = try await Self.published()
    let path = "reports/\(MachinesTests.name("a", project))/coverage.json"
    let nested = String(repeating: "[", count: 1_200_000)
    try project.write(path, "{\"schema\": 3, \"unknown\": \(nested)")
    for command in ["verify", "diff", "history"] {
      let result = try await project.run(command)
      #expect(result.status == 2 || command == "history", "\(command)")
      #expect(result.out.utf8.count + result.err.utf8.count < 10_000)
    }
  }

  @Test func `What a file holds drives no terminal`() async throws {
    let project = try await Self.published()
    let page = "suites/\(MachinesTests.name("a", project))/PARITY.md"
    try project.write(page, "\u{1B}[2J\r::error::planted\n")
    let verify = try await project.run("verify")
    #expect(verify.status == 1)
    #expect(!verify.out.contains("\u{1B}") && !verify.out.contains("\r"))
    try project.write("suites/x\u{1B}[2J/recipe.yml", "")
    try project.write("suites/y\n::error::planted/recipe.yml", "")
    for command in ["list", "lint", "verify"] {
      let result = try await project.run(command)
      let lines = (result.out + result.err).split(separator: "\n")
      #expect(!lines.contains { $0.hasPrefix("::") }, "\(command)")
      #expect(!(result.out + result.err).contains("\u{1B}"), "\(command)")
    }
  }

  @Test func `A page that drives a terminal is told as JSON that does not`() async throws {
    let project = try ToolProject()
    let words = "Restored \u{202E}by hand, ##[add-mask]owned \u{9B}2J"
    try project.write("PARITY.md", "# demo\n\n## P4\n\n\(words)\n")
    let run = try await project.run("import", "PARITY.md", "--format", "json")
    #expect(run.status == 0, "\(run.err)")
    #expect(TerminalText.printed(run.out, keepsColour: false) == run.out)
    // For a person it would be shown with backslashes, which JSON has not.
    #expect((try? JSONParser().parse(Array(run.out.utf8)))?["rest"] != nil, "\(run.out)")
  }
}
