import Hummingbird

extension AppRequestContext {
    /// The fields of the JSON object in the body.
    ///
    /// - Throws: ``Problem`` 415 for another content type, 400 when the body is not one JSON object.
    package func jsonFields() throws(Problem) -> FieldReader {
        guard mediaType == "application/json" else { throw .unsupportedMediaType("application/json") }
        guard case .object(let members)? = JSONReader.value(Array(body.readableBytesView)) else { throw .malformedBody }
        return FieldReader(source: .json(members))
    }

    /// The fields of the form in the body. The token against cross-site requests is no field.
    ///
    /// - Throws: ``Problem`` 415 for another content type, 400 when the body is not a form in UTF-8.
    package func formFields() throws(Problem) -> FieldReader {
        guard mediaType == "application/x-www-form-urlencoded" else {
            throw .unsupportedMediaType("application/x-www-form-urlencoded")
        }
        guard let fields = FormBody.fields(body.readableBytesView) else { throw .malformedBody }
        return FieldReader(source: .form(fields), known: ["csrf"])
    }

    /// The fields of the form in the body by name, for a page that sends them again; none when it is no form.
    package func sentForm() -> [(name: String, value: String)] {
        guard mediaType == "application/x-www-form-urlencoded", let fields = FormBody.fields(body.readableBytesView)
        else { return [] }
        return fields.sorted { $0.key < $1.key }.flatMap { name, values in values.map { (name, $0) } }
    }

    /// The parameters of the query. `lang` belongs to every route. An empty parameter is an error for programs; forms of pages send
    /// what was left empty.
    ///
    /// - Throws: ``Problem`` 400 when the query is not percent-encoded UTF-8.
    package func queryFields() throws(Problem) -> FieldReader {
        let query = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first ?? ""
        guard let fields = FormBody.fields(query.utf8) else { throw .malformedBody }
        var reader = FieldReader(source: .query(fields), known: ["lang"])
        if route?.kind == .api {
            for name in fields.filter({ $0.value.contains("") }).keys.sorted() { reader.fail(name, "field.required") }
        }
        return reader
    }
}
