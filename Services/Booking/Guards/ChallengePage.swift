import Domain
import HTTPTypes
import Hummingbird
import Web

/// The page between a form and its handler when a limit is near: a script does the work and sends the form again; without one, a moment's
/// wait does.
struct ChallengePage {
    let site: Site

    private struct View: Sendable {
        let action: String
        let hidden: [HiddenField]
        let token: String
        let salt: String
        let bits: Int
        let wait: String
        let waitText: String
        let working: String
        let done: String
    }

    func response(_ challenge: Challenge, _ context: AppRequestContext) throws -> Response {
        let view = View(
            action: context.target,
            hidden: context.sentForm().map { HiddenField(name: $0.name, value: $0.value) },
            token: challenge.token, salt: challenge.salt, bits: challenge.bits, wait: challenge.wait,
            waitText: context.text("challenge.wait", count: challenge.waitSeconds),
            working: context.text("challenge.working"), done: context.text("challenge.done"))
        return try site.pages.render(
            "booking-challenge", titleKey: "challenge.title", view: view, context, status: .preconditionRequired,
            scripts: ["challenge.js"])
    }
}
