/// The files of `templates/junit/`, as the binary carries them: JUnit XML, and its schema.
package enum JUnitTemplates {
  /// By name.
  package static let files: [String: [UInt8]] = [
    "begin.mustache": PackageResources.begin_mustache,
    "cases.mustache": PackageResources.cases_mustache,
    "end.mustache": PackageResources.end_mustache,
    "junit.xsd": PackageResources.junit_xsd,
    "suite-begin.mustache": PackageResources.suite_begin_mustache,
    "suite-end.mustache": PackageResources.suite_end_mustache,
  ]
}
