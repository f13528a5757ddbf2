/// The files of `templates/html/`, as the binary carries them: the pages that a browser shows.
package enum HTMLTemplates {
  /// By name.
  package static let files: [String: [UInt8]] = [
    "begin.mustache": PackageResources.begin_mustache,
    "checks.mustache": PackageResources.checks_mustache,
    "diff-begin.mustache": PackageResources.diff_begin_mustache,
    "diff-changes.mustache": PackageResources.diff_changes_mustache,
    "diff-end.mustache": PackageResources.diff_end_mustache,
    "end.mustache": PackageResources.end_mustache,
    "index.mustache": PackageResources.index_mustache,
    "mark.mustache": PackageResources.mark_mustache,
    "step.mustache": PackageResources.step_mustache,
    "script.js": PackageResources.script_js,
    "style.css": PackageResources.style_css,
    "suite-begin.mustache": PackageResources.suite_begin_mustache,
    "suite-end.mustache": PackageResources.suite_end_mustache,
    "verdict.mustache": PackageResources.verdict_mustache,
  ]
}
