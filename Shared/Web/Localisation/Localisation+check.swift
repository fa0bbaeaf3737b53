import Domain
package import Foundation

extension Localisation {
    /// What differs between the two catalogues of a folder: keys, plural forms, placeholders, empty texts. Empty when all is well.
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
            let same = chineseKey(for: key)
            guard let one = chinese[same], let other = english[key] else {
                findings.append("\(same): missing in zh-Hans")
                continue
            }
            // Only the form for one thing may do without its number.
            let optional: Set<Substring> = same == key ? [] : ["{count}"]
            if placeholders(one).union(optional) != placeholders(other).union(optional) {
                findings.append("\(key): the placeholders differ")
            }
            if one.trimmingSpaces.isEmpty || other.trimmingSpaces.isEmpty {
                findings.append("\(key): empty")
            }
        }
        return findings + pluralFindings(chinese, english)
    }

    /// Chinese has one form where English has two: its text goes with both.
    private static func chineseKey(for key: String) -> String {
        PluralCategory.one.text(of: key).map(PluralCategory.other.key(of:)) ?? key
    }

    private static func pluralFindings(_ chinese: [String: String], _ english: [String: String]) -> [String] {
        var findings: [String] = []
        for key in chinese.keys.sorted() where PluralCategory.one.text(of: key) != nil {
            findings.append("\(key): Chinese has no such form")
        }
        for key in english.keys.sorted() {
            guard let text = PluralCategory.other.text(of: key) else { continue }
            let singular = PluralCategory.one.key(of: text)
            if english[singular] == nil { findings.append("\(singular): missing in en") }
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
