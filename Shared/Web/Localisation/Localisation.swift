package import Domain
package import Foundation

/// The texts that people read, in both languages, from the catalogues of this module and of a service.
///
/// A catalogue is a flat JSON object `messages.<language>.json` in the folder `Resources` of a bundle. Placeholders are
/// names in braces: `{count}`. A text about a number of things has a key for each plural form of its language, `key.one` and
/// `key.other` in English, `key.other` in Chinese; the argument `count` chooses the form.
package struct Localisation: Sendable {
    private let catalogues: [Language: [String: String]]

    private init(catalogues: [Language: [String: String]]) {
        self.catalogues = catalogues
    }

    static let empty = Localisation(catalogues: [:])

    /// - Parameter bundles: merged over this module's own, later ones over earlier ones.
    /// - Throws: ``WebError`` with code `resource` when a catalogue is absent or is not a flat object of texts.
    package init(bundles: [Bundle] = []) throws(WebError) {
        var catalogues: [Language: [String: String]] = [:]
        for bundle in [Bundle.module] + bundles {
            for language in Language.allCases {
                let catalogue = try Self.catalogue(language, in: bundle.webResources)
                catalogues[language, default: [:]].merge(catalogue) { _, new in new }
            }
        }
        self.catalogues = catalogues
    }

    /// One catalogue of a folder.
    package static func catalogue(_ language: Language, in folder: URL) throws(WebError) -> [String: String] {
        let file = folder.appendingPathComponent("messages.\(language.rawValue).json")
        guard let data = try? Data(contentsOf: file) else {
            throw WebError(.resource, "The message catalogue \(file.path) cannot be read.")
        }
        guard case .object(let members)? = JSONReader.value(Array(data)) else {
            throw WebError(.resource, "The message catalogue \(file.path) is not a JSON object without duplicate keys.")
        }
        var texts: [String: String] = [:]
        for (key, value) in members {
            guard case .string(let text) = value else {
                throw WebError(.resource, "The message catalogue \(file.path) has no text for \(key).")
            }
            texts[key] = text
        }
        return texts
    }

    package func has(_ key: String) -> Bool {
        let texts = catalogues[.zhHans] ?? [:]
        return texts[key] != nil || texts[PluralCategory.other.key(of: key)] != nil
    }

    /// All keys.
    package var keys: Set<String> {
        Set((catalogues[.zhHans] ?? [:]).keys)
    }

    /// A text with its placeholders filled; the key itself when there is no such text.
    package func text(_ key: String, _ language: Language, _ arguments: [String: String] = [:]) -> String {
        guard let template = template(key, language, count: arguments["count"]) else { return key }
        guard !arguments.isEmpty, template.utf8.contains(UInt8(ascii: "{")) else { return template }
        var text = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            text += rest[..<open]
            guard let close = rest[open...].firstIndex(of: "}") else {
                rest = rest[open...]
                break
            }
            let name = String(rest[rest.index(after: open)..<close])
            text += arguments[name] ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    /// A text about a number of things, with the number as `{count}`.
    package func text(_ key: String, _ language: Language, count: Int, _ arguments: [String: String] = [:]) -> String {
        text(key, language, arguments.merging(["count": String(count)]) { $1 })
    }

    private func template(_ key: String, _ language: Language, count: String?) -> String? {
        let texts = catalogues[language] ?? [:]
        if let text = texts[key] { return text }
        guard let number = count.flatMap({ Int($0) }) else { return nil }
        return texts[PluralCategory(number, language).key(of: key)]
    }

    /// What is wrong with a field, in words.
    package func text(_ error: FieldError, _ language: Language) -> String {
        text(error.key, language, error.arguments)
    }
}

extension Bundle {
    /// The folder `Resources` of a target's bundle. `resourceURL` may or may not point into it already.
    package var webResources: URL {
        bundleURL.appendingPathComponent("Resources")
    }
}
