import ArgumentParser
import Git
import Reports
import Suites

extension JUnitFlavour: ExpressibleByArgument {}

struct JUnitOption: ParsableArguments {
  @Option(
    name: .customLong("junit"),
    help: ArgumentHelp(
      "Whom junit.xml is for: jenkins, strict (both published schemas), gitlab (with files) or github "
        + "(with files and lines).",
      valueName: "flavour"
    )
  )
  var flavour = JUnitFlavour.jenkins
}

extension Workspace {
  /// How a recipe's file is written; git is asked for the top of the repository only where files are named.
  func form(_ flavour: JUnitFlavour, of recipe: String) async -> JUnitForm {
    guard flavour.namesFile else { return JUnitForm(flavour) }
    let folder = project.suiteFolder(of: recipe)
    let top = (try? await GitRepository(at: project.folder).topLevel).map { $0 + "/" }
    let inside = top.flatMap { folder.hasPrefix($0) ? String(folder.dropFirst($0.count)) : nil }
    return JUnitForm(flavour, suiteFolder: inside ?? shown(folder))
  }
}
