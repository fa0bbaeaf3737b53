import Domain
import Hummingbird
import Web

/// A service and its checklist.
struct ServicePages {
    let desk: BookingDesk
    let site: Site

    func add(to routes: RouteTable) {
        routes.add(.get, "/services/{service}", access: .everyone, kind: .page) { _, context in try service(context) }
    }

    private struct HallView: Sendable {
        let name: String
        let address: String
    }

    private struct OptionView: Sendable {
        let id: String
        let name: String
        let value: String
        let text: String
        let checked: Bool
    }

    private struct QuestionView: Sendable {
        let text: String
        let options: [OptionView]
    }

    private struct View: Sendable {
        let name: String
        let summary: String
        let minutes: String
        let fee: String
        let legal: String?
        let halls: [HallView]
        let hasHalls: Bool
        let questions: [QuestionView]
        let hasQuestions: Bool
        let items: [ItemView]
        let hasItems: Bool
        let action: String
        let slotsAction: String
        /// Where people enter for places that are drawn.
        let ballotLink: String?
    }

    private func service(_ context: AppRequestContext) throws -> Response {
        let city = desk.city
        let id = try context.identifier("service", as: ServiceID.self)
        guard let service = city.service(id) else { throw Problem.notFound }
        let language = context.language
        let answers = ChecklistAnswers(query: context, for: service.checklist).answers
        let halls = city.catalogue.halls(offering: id).map {
            HallView(name: $0.name.text(language), address: $0.address.text(language))
        }
        let questions = service.checklist.questions.map { question in
            QuestionView(
                text: question.text.text(language),
                options: question.options.map { option in
                    OptionView(
                        id: "\(question.id)-\(option.id)", name: "a.\(question.id)", value: option.id,
                        text: option.text.text(language), checked: answers[question.id] == option.id)
                })
        }
        let items = service.checklist.items(for: answers).map { ItemView($0, context) }
        let legal = service.legalDays.map { days in
            days == 0
                ? context.text("service.legal.now") : context.text("service.legal.value", count: days)
        }
        let view = View(
            name: service.name.text(language), summary: service.summary.text(language),
            minutes: context.text("service.minutes.value", count: Int(service.meanMinutes.rounded(.up))),
            fee: service.fee?.text(language) ?? context.text("service.fee.none"), legal: legal, halls: halls,
            hasHalls: !halls.isEmpty, questions: questions, hasQuestions: !questions.isEmpty, items: items,
            hasItems: !items.isEmpty, action: "/services/\(id)", slotsAction: "/services/\(id)/slots",
            ballotLink: service.release?.ballot.map { _ in "/services/\(id)/ballot" })
        return try site.pages.render("booking-service", title: view.name, view: view, context)
    }
}
