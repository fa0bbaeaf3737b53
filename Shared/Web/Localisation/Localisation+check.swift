import Domain
package import Foundation

extension Localisation {
    /// What differs between the two catalogues of a folder: keys, placeholders, empty texts. Empty when all is well.
    package static func check(_ folder: URL) -> [String] {
        do {
            return check(try catalogue(.zhHans, in: folder), try catalogue(.en, in: folder))
        } catch {
            return [error.message]
        }
    }

    /// As ``check(_:)-(URL)``, for the catalogues of a target.
    package static func check(_ bundle: Bundle) -> [String] {
        check(bundle.webResources)
    }

    /// The catalogues of this module.
    package static func checkOwn() -> [String] {
        check(Bundle.module)
    }

    static func check(_ chinese: [String: String], _ english: [String: String]) -> [String] {
        var findings: [String] = []
        for key in chinese.keys.sorted() where english[key] == nil {
            findings.append("\(key): missing in en")
        }
        for key in english.keys.sorted() {
            guard let one = chinese[key], let other = english[key] else {
                findings.append("\(key): missing in zh-Hans")
                continue
            }
            if placeholders(one) != placeholders(other) {
                findings.append("\(key): the placeholders differ")
            }
            if one.trimmingSpaces.isEmpty || other.trimmingSpaces.isEmpty {
                findings.append("\(key): empty")
            }
        }
        return findings
    }

    private static func placeholders(_ text: String) -> Set<Substring> {
        var names: Set<Substring> = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            names.insert(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return names
    }
}
