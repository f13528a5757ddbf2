package import Deployments
package import Evidence

extension Inventory {
  /// Of a volume.
  package init(_ paths: [StoredPath]) {
    self.init()
    for path in paths {
      var properties: Properties = [
        .type: .text(path.kind.rawValue),
        .mode: .text(String(path.mode, radix: 8)),
        .owner: .number(path.owner),
        .group: .number(path.group),
      ]
      properties[.target] = path.target.map(InventoryValue.text)
      if path.kind == .file {
        properties[.size] = path.size.map(InventoryValue.number)
        properties[.hash] = path.hash.map(InventoryValue.text)
        if path.hash == nil { properties[.hashing] = .text("none") }
      }
      parts[InventoryPart(.path, path.path)] = properties
    }
  }
}
