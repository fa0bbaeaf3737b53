/// Collects what is wrong in a catalogue. Paths are those of the catalogue's document, in which services and halls are lists in
/// the order of their positions.
struct CatalogueValidator {
    let catalogue: Catalogue
    private(set) var issues: [CatalogueIssue] = []

    init(_ catalogue: Catalogue) {
        self.catalogue = catalogue
    }

    mutating func report(_ path: String, _ message: String) {
        issues.append(CatalogueIssue(path: path, message: message))
    }

    mutating func require(_ condition: Bool, _ path: String, _ message: @autoclosure () -> String) {
        if !condition { report(path, message()) }
    }

    /// Both languages, neither blank nor longer than `limit` characters.
    mutating func check(_ text: LocalizedText, _ path: String, limit: Int = 200) {
        for (language, value) in [("zh", text.zh), ("en", text.en)] {
            let blank = value.allSatisfy(\.isWhitespace)
            require(!blank, "\(path).\(language)", "a text is wanted in zh and en; this one is empty")
            require(
                value.count <= limit, "\(path).\(language)",
                "is \(value.count) characters long; at most \(limit) fit the pages")
        }
    }

    mutating func checkSlug(_ id: String, _ path: String) {
        require(
            Identifier<Never>.isSlug(id), path,
            "'\(id)' is not an identifier; use 1 to 40 of a-z, 0-9 and '-', not starting with '-'")
    }

    mutating func check(_ value: Int, in range: ClosedRange<Int>, _ path: String, _ unit: String = "") {
        let suffix = unit.isEmpty ? "" : " \(unit)"
        require(range.contains(value), path, "is \(value); give \(range.lowerBound) to \(range.upperBound)\(suffix)")
    }

    /// Reports every element that was there before under the same name.
    mutating func checkUnique(_ names: [String], _ what: String, path: (Int) -> String) {
        var seen: Set<String> = []
        for (index, name) in names.enumerated() where !seen.insert(name).inserted {
            report(path(index), "\(what) '\(name)' is there twice; each may be given once")
        }
    }

    /// Reports a name that is not among the known ones, with the likely one.
    mutating func checkKnown(_ name: String, among known: some Sequence<String>, _ what: String, _ path: String) {
        let known = Set(known)
        guard !known.contains(name) else { return }
        let hint = Spelling.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
        let sample = known.sorted().prefix(6).map { "'\($0)'" }.joined(separator: ", ") + (known.count > 6 ? "…" : "")
        report(
            path, "unknown \(what) '\(name)'; " + (hint ?? (known.isEmpty ? "there are none" : "known are \(sample)")))
    }

    mutating func check(hours: [TimeRange], _ path: String) {
        for (index, range) in hours.enumerated() {
            guard let other = hours[..<index].first(where: range.overlaps) else { continue }
            report("\(path)[\(index)]", "\(range) overlaps \(other); hours of a day must lie apart")
        }
    }
}

extension Catalogue {
    /// Everything that is wrong; empty when the catalogue can be imported.
    package func validate() -> [CatalogueIssue] {
        var validator = CatalogueValidator(self)
        validator.checkCity()
        validator.checkRequestLimits()
        for service in orderedServices { validator.check(service) }
        for hall in orderedHalls { validator.check(hall) }
        return validator.issues
    }
}

extension CatalogueInput {
    /// Everything that is wrong in the catalogue, the staff and the kiosks; empty when they can be imported.
    package func validate() -> [CatalogueIssue] {
        var validator = CatalogueValidator(catalogue)
        validator.check(staff)
        validator.checkShiftPeople(staff.map(\.staff))
        validator.check(kiosks)
        return catalogue.validate() + validator.issues
    }
}
