/// Whether who books a service must say by a document who comes.
package enum IdentityDemand: String, Codable, Sendable, CaseIterable {
    case notAsked = "none"
    case optional
    case required
}

/// What a service wants to know of the person's document.
package struct IdentityRule: Hashable, Codable, Sendable {
    package var demand: IdentityDemand
    /// The kinds that will do, the usual one first; empty when none is asked for.
    package var documents: [IdentityDocumentKind]

    package init(_ demand: IdentityDemand, documents: [IdentityDocumentKind] = IdentityDocumentKind.allCases) {
        self.demand = demand
        self.documents = documents
    }

    package static let notAsked = IdentityRule(.notAsked, documents: [])

    package var isAsked: Bool { demand != .notAsked }

    /// Why a booking with this document, or without one, is refused; `nil` when it is not.
    package func refusal(of kind: IdentityDocumentKind?) -> IdentityRefusal? {
        switch (demand, kind) {
        case (.notAsked, _?): .notAsked
        case (.required, nil): .missing
        case (_, let kind?) where !documents.contains(kind): .kindNotAccepted
        default: nil
        }
    }
}

/// Why a service does not take somebody's document.
package enum IdentityRefusal: String, Error, Sendable, CaseIterable {
    case missing
    case kindNotAccepted
    /// What is not needed is not taken.
    case notAsked
}
