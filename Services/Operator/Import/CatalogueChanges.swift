package import Domain

/// What an import changes in the catalogue, for the person who runs it.
package struct CatalogueChanges: Equatable, Sendable {
    /// Names of one kind of thing, sorted.
    package struct Difference: Equatable, Sendable {
        package var added: [String] = []
        package var changed: [String] = []
        package var removed: [String] = []

        package var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }
    }

    package var services: Difference
    package var halls: Difference
    /// Name, life events, holidays, make-up working days and limits of requests.
    package var cityChanged: Bool

    package init(from old: Catalogue?, to new: Catalogue) {
        services = CatalogueChanges.difference(old?.services ?? [:], new.services)
        halls = CatalogueChanges.difference(old?.halls ?? [:], new.halls)
        cityChanged =
            old?.name != new.name || old?.lifeEvents != new.lifeEvents || old?.holidays != new.holidays
            || old?.workdays != new.workdays || old?.requestLimits != new.requestLimits
    }

    package var isEmpty: Bool { services.isEmpty && halls.isEmpty && !cityChanged }

    private static func difference<Subject, Value: Equatable>(
        _ old: [Identifier<Subject>: Value], _ new: [Identifier<Subject>: Value]
    ) -> Difference {
        var difference = Difference()
        for (id, value) in new {
            switch old[id] {
            case nil: difference.added.append(id.rawValue)
            case .some(let before) where before != value: difference.changed.append(id.rawValue)
            default: continue
            }
        }
        difference.removed = old.keys.filter { new[$0] == nil }.map(\.rawValue).sorted()
        difference.added.sort()
        difference.changed.sort()
        return difference
    }
}

extension CatalogueChanges: CustomStringConvertible {
    /// One line for each kind of change.
    package var description: String {
        guard !isEmpty else { return "catalogue: nothing changed" }
        var lines: [String] = []
        if cityChanged { lines.append("city: name, life events or holidays changed") }
        for (what, difference) in [("services", services), ("halls", halls)] {
            for (change, names) in [
                ("added", difference.added), ("changed", difference.changed), ("removed", difference.removed),
            ] where !names.isEmpty {
                lines.append("\(what) \(change): \(names.count) (\(names.joined(separator: ", ")))")
            }
        }
        return lines.joined(separator: "\n")
    }
}
