/// The files of `templates/page/`, as the binary carries them: PARITY.md.
package enum PageTemplates {
  /// By name.
  package static let files: [String: [UInt8]] = [
    "check.mustache": PackageResources.check_mustache,
    "parity.mustache": PackageResources.parity_mustache,
  ]
}
