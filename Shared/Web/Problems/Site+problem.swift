import Domain
package import Hummingbird
import Logging

extension Site {
    /// The answer that a problem becomes: a page for people, JSON for programs, in the language of the request.
    package func response(for problem: Problem, _ request: Request, _ context: AppRequestContext) -> Response {
        var response = wantsPage(request, context) ? page(problem, context) : json(problem, context)
        response.headers[.contentLanguage] = context.language.rawValue
        response.headers[.vary] = "Accept-Language, Cookie"
        for field in problem.headers { response.headers[field.name] = field.value }
        return response
    }

    private func wantsPage(_ request: Request, _ context: AppRequestContext) -> Bool {
        switch context.route?.kind {
        case .page: true
        case .api, .sse, .probe: false
        case .asset, nil:
            !request.uri.path.hasPrefix("/api/") && !request.uri.path.hasPrefix("/internal/")
                && (request.headers[.accept]?.contains("text/html") ?? false)
        }
    }

    private func title(_ problem: Problem, _ language: Language) -> String {
        let key = "problem.\(problem.code).title"
        return localisation.has(key)
            ? localisation.text(key, language, problem.arguments) : problem.status.reasonPhrase
    }

    private func detail(_ problem: Problem, _ language: Language) -> String? {
        let key = "problem.\(problem.code).detail"
        return localisation.has(key) ? localisation.text(key, language, problem.arguments) : nil
    }

    private func json(_ problem: Problem, _ context: AppRequestContext) -> Response {
        var members = problem.members
        members["type"] = .string(Problem.typeBase + problem.code)
        members["title"] = .string(title(problem, context.language))
        members["status"] = .int(Int64(problem.status.code))
        members["detail"] = detail(problem, context.language).map { .string($0) }
        members["instance"] = .string("urn:onetrip:trace:\(context.trace.traceID)")
        if !problem.errors.isEmpty {
            members["errors"] = .array(
                problem.errors.map { error in
                    let detail = JSONValue.string(localisation.text(error, context.language))
                    return switch error.place {
                    case .pointer(let pointer): ["pointer": .string(pointer), "detail": detail]
                    case .parameter(let name): ["parameter": .string(name), "detail": detail]
                    }
                })
        }
        return .json(
            text: JSONValue.object(members).text, status: problem.status,
            headers: [.contentType: "application/problem+json"])
    }

    private func page(_ problem: Problem, _ context: AppRequestContext) -> Response {
        let heading = title(problem, context.language)
        let view = ProblemView(
            heading: heading, detail: detail(problem, context.language) ?? "",
            errors: problem.errors.map { localisation.text($0, context.language) },
            wayOut: problem.wayOut ?? "/", trace: problem.status.kind == .serverError ? context.trace.traceID : nil)
        do {
            return try pages.render("problem", title: heading, view: view, context, status: problem.status)
        } catch {
            context.logger.error("The page of a problem cannot be shown", metadata: ["error": "\(error)"])
            return json(problem, context)
        }
    }
}

/// What the page of a problem shows.
struct ProblemView: Sendable {
    let heading: String
    let detail: String
    let errors: [String]
    let wayOut: String
    let trace: String?

    var hasErrors: Bool { !errors.isEmpty }
}
