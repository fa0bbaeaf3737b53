import Domain
import HTTPTypes
import Hummingbird
import Web

extension HoldPages {
    /// One kind of document to choose.
    struct DocumentKindView: Sendable {
        let value: String
        let name: String
        let isChosen: Bool
    }

    /// What was sent about the document, and what is wrong with it.
    struct EnteredIdentity {
        var kind: IdentityDocumentKind?
        var number = ""
        var document: IdentityDocument?
        var kindError: String?
        var numberError: String?

        var isRefused: Bool { kindError != nil || numberError != nil }
    }

    func enteredIdentity(
        _ fields: inout FieldReader, _ service: Service, known: IdentityDocument?, _ context: AppRequestContext
    ) -> EnteredIdentity {
        IdentityForm(rule: service.identity, known: known, today: desk.today).read(&fields, context)
    }

    /// The part of the form that asks for the document.
    func show(
        _ entered: EnteredIdentity?, of service: Service, known: IdentityDocument?, in view: inout [String: Any],
        _ context: AppRequestContext
    ) {
        IdentityForm(rule: service.identity, known: known, today: desk.today).show(entered, in: &view, context)
    }
}

/// The part of a form that asks who comes, where the service wants to know.
struct IdentityForm {
    let rule: IdentityRule
    /// What was given before.
    let known: IdentityDocument?
    let today: LocalDate

    /// Reads the document where the service asks for one. A number that was given before need not be typed again; it is
    /// not shown again either, so an empty field means the same one.
    func read(_ fields: inout FieldReader, _ context: AppRequestContext) -> HoldPages.EnteredIdentity {
        guard rule.isAsked else { return HoldPages.EnteredIdentity() }
        var entered = HoldPages.EnteredIdentity()
        let kind = fields.optionalString("identityKind", 0...40).flatMap { IdentityDocumentKind(rawValue: $0) }
        entered.kind = kind
        entered.number = fields.optionalString("identityNumber", 0...64) ?? ""
        guard !entered.number.isEmpty else {
            if let known, kind == nil || kind == known.kind, rule.refusal(of: known.kind) == nil {
                entered.document = known
            } else if rule.demand == .required {
                entered.numberError = context.text("identity.error.missing")
            }
            return entered
        }
        guard let kind, rule.refusal(of: kind) == nil else {
            entered.kindError = context.text("identity.error.kind")
            return entered
        }
        do throws(IdentityDocumentError) {
            entered.document = try IdentityDocument(kind, entered.number, on: today)
        } catch {
            entered.numberError = context.text(error.textKey, ["lengths": kind.lengths])
        }
        return entered
    }

    func show(_ entered: HoldPages.EnteredIdentity?, in view: inout [String: Any], _ context: AppRequestContext) {
        view["asksIdentity"] = rule.isAsked
        guard rule.isAsked else { return }
        let chosen = entered?.kind ?? known?.kind ?? rule.documents.first
        view["identityKinds"] = rule.documents.map {
            HoldPages.DocumentKindView(value: $0.rawValue, name: context.documentKind($0), isChosen: $0 == chosen)
        }
        view["identityNumber"] = entered?.number ?? ""
        view["identityKindError"] = entered?.kindError
        view["identityNumberError"] = entered?.numberError
        view["identityRequired"] = rule.demand == .required && known == nil
        view["identityHint"] = context.text("details.identity.hint.\(rule.demand.rawValue)")
        view["identityKept"] = known.map {
            context.text("details.identity.kept", ["kind": context.documentKind($0.kind), "number": $0.masked])
        }
    }
}

extension AppRequestContext {
    func documentKind(_ kind: IdentityDocumentKind) -> String { text("identity.kind.\(kind.rawValue)") }

    /// A document as it may be seen: `居民身份证 110*************2X`.
    func masked(_ document: IdentityDocument) -> String { "\(documentKind(document.kind)) \(document.masked)" }
}
