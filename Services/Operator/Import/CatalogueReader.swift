package import Domain
import Yams

/// Reads a city's YAML file.
package enum CatalogueReader {
    /// - Parameters:
    ///   - yaml: the file's text.
    ///   - file: its name, for the messages.
    /// - Throws: every problem of the file at once; when the text is not YAML at all, the first.
    package static func read(yaml: String, file: String) throws(CatalogueImportError) -> CatalogueInput {
        let notes = DocumentNotes()
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw CatalogueImportError(file: file, problems: [problem(of: error)])
        }
        guard let root, let fields = DocumentValue(root, path: "", notes: notes).fields() else {
            notes.report("", "the file must hold a mapping with name, services and halls")
            throw CatalogueImportError(file: file, problems: notes.sorted)
        }
        let input = city(fields)
        notes.add(input.validate())
        let problems = notes.sorted
        guard problems.isEmpty else { throw CatalogueImportError(file: file, problems: problems) }
        return input
    }

    private static func problem(of error: any Error) -> CatalogueImportError.Problem {
        func problem(_ place: DocumentPlace, _ message: String) -> CatalogueImportError.Problem {
            .init(line: place.line, column: place.column, path: "", message: message)
        }
        switch error as? YamlError {
        case .scanner(let context, let text, let mark, _), .parser(let context, let text, let mark, _),
            .composer(let context, let text, let mark, _):
            let around = context.map { " (\($0.text))" } ?? ""
            return problem(DocumentPlace(mark), "this is not YAML: \(text)\(around)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0)'" }.joined(separator: ", ")
            return problem(
                DocumentPlace(context.mark),
                "the mapping that begins here has \(names) twice; each key may be given once")
        case .reader(let text, _, _, _):
            return problem(.beginning, "this is not UTF-8 text: \(text)")
        default:
            return problem(.beginning, "this is not YAML: \(error)")
        }
    }

    private static func city(_ fields: DocumentFields) -> CatalogueInput {
        let name = text(fields.required("name"))
        let version = fields.optional("version").map { $0.int() ?? 1 } ?? 1
        let holidays = holidays(fields.optional("holidays"))
        let workdays = workdays(fields.optional("workdays"))
        let lifeEvents = fields.optional("lifeEvents")?.list().compactMap(lifeEvent) ?? []
        let services = unique(fields.required("services"), "service", \.id, read: service)
        let halls = unique(fields.required("halls"), "hall", \.hall.id, read: hall)
        let staff = fields.optional("staff")?.list().compactMap(staff) ?? []
        let requestLimits = requestLimits(fields.optional("requestLimits"))
        fields.finish()
        return CatalogueInput(
            catalogue: Catalogue(
                name: name, version: version, services: services, halls: halls.mapValues(\.hall),
                lifeEvents: lifeEvents,
                holidays: holidays, workdays: workdays, requestLimits: requestLimits),
            staff: staff, kiosks: halls.values.flatMap(\.kiosks).sorted { ($0.hall, $0.id) < ($1.hall, $1.id) })
    }

    /// Reads the elements of a list by their identifier; a second one of the same name is a problem.
    private static func unique<Element, Subject>(
        _ value: DocumentValue?, _ what: String, _ id: (Element) -> Identifier<Subject>,
        read: (DocumentValue, Int) -> Element?
    ) -> [Identifier<Subject>: Element] {
        var elements: [Identifier<Subject>: Element] = [:]
        var places: [Identifier<Subject>: Int] = [:]
        for (position, value) in (value?.list() ?? []).enumerated() {
            guard let element = read(value, position) else { continue }
            let id = id(element)
            if let line = places[id] {
                value.notes.report(
                    "\(value.path).id", "\(what) '\(id)' is there twice, first on line \(line); give it another id")
            } else {
                elements[id] = element
                places[id] = value.place.line
            }
        }
        return elements
    }
}
