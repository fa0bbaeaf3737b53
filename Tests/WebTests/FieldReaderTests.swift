import Domain
import Hummingbird
import HummingbirdTesting
import Testing
import Web

@Suite struct FieldReaderTests {
    enum Colour: String, CaseIterable { case red, green }

    /// Reads every kind of field from JSON and answers what was read, or the problem.
    private func service() -> TestService {
        let service = TestService()
        service.routes.add(.post, "/api/v1/read", access: .everyone, kind: .api) { _, context in
            var fields = try context.jsonFields()
            let text = fields.string("text", 2...4)
            let note = fields.optionalString("note", 1...10, multiline: true)
            let count = fields.int("count", 1...9)
            let isOpen = fields.bool("open")
            let colour = fields.choice("colour", of: Colour.self)
            let time = fields.optionalParsed("time", 1...40, key: "field.timestamp") { Timestamp(rfc3339: $0) }
            let hall = fields.optionalIdentifier("hall", as: HallID.self)
            let phone = fields.object("contact") { contact in contact.string("a/b", 1...3) }
            let tags = fields.strings("tags", 0...2, each: 1...3)
            let answers = fields.dictionary("answers", 0...2, each: 1...5, pattern: .slug)
            try fields.finish()
            let shown =
                "\(text)|\(note ?? "-")|\(count)|\(isOpen)|\(colour)|\(time?.rfc3339() ?? "-")|\(hall?.rawValue ?? "-")"
                + "|\(phone ?? "-")|\(tags)|\(answers.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
            return Response.json(text: JSONValue.string(shown).text)
        }
        service.routes.add(.post, "/form", access: .everyone, kind: .page) { _, context in
            var fields = try context.formFields()
            let name = fields.string("name", 1...10)
            let count = fields.int("count", 0...5)
            let agreed = fields.bool("agreed")
            let answers = fields.dictionary("answer", 0...5, each: 1...9)
            let days = fields.strings("day", 0...3, each: 1...3)
            try fields.finish()
            return Response.html("\(name)|\(count)|\(agreed)|\(answers)|\(days)")
        }
        service.routes.add(.get, "/api/v1/query", access: .everyone, kind: .api) { _, context in
            var fields = try context.queryFields()
            let limit = fields.optionalInt("limit", 1...50) ?? 20
            try fields.finish()
            return Response.json(text: String(limit))
        }
        return service
    }

    private func json(_ changes: [String: JSONValue?] = [:]) -> String {
        var members: [String: JSONValue] = [
            "text": "办证", "count": 3, "open": true, "colour": "red", "contact": ["a/b": "x"],
        ]
        for (key, value) in changes { members[key] = value }
        return JSONValue.object(members).text
    }

    @Test func validObject_isRead() async throws {
        try await service().test { client in
            let body = json([
                "note": "a\nb", "time": "2026-11-23T09:30:00+08:00", "hall": "east-1", "tags": ["a", "b"],
                "answers": ["q1": "yes"], "text": " ab ",
            ])
            let response = try await client.execute(
                uri: "/api/v1/read", method: .post, headers: [.contentType: "application/json"],
                body: ByteBuffer(string: body))
            #expect(
                response.json
                    == #"ab|a\#nb|3|true|red|2026-11-23T01:30:00Z|east-1|x|["a", "b"]|["q1=yes"]"#)
        }
    }

    @Test(
        arguments: [
            ("text", nil, "/text", "Please fill this in"), ("text", "", "/text", "Please fill this in"),
            ("text", "a", "/text", "Must have 2 to 4 characters"),
            ("text", "abcde", "/text", "Must have 2 to 4 characters"),
            ("text", " abc ", "/text", "Must have 2 to 4 characters"),
            ("text", 5, "/text", "Must be text"), ("text", "a\nb", "/text", "Contains characters that cannot be used"),
            ("text", "a\u{0}b", "/text", "Contains characters that cannot be used"),
            ("count", "3", "/count", "Must be a whole number"),
            ("count", .double(1.5), "/count", "Must be a whole number"),
            ("count", 10, "/count", "Must be from 1 to 9"), ("count", .null, "/count", "Please fill this in"),
            ("open", "true", "/open", "Must be true or false"),
            ("colour", "blue", "/colour", "Must be one of: red, green"),
            ("colour", 1, "/colour", "Must be one of: red, green"),
            ("time", "2026-11-23", "/time", "Must be a time with an offset, such as 2026-11-23T09:30:00+08:00"),
            ("hall", "East", "/hall", "Does not have the right form"),
            ("contact", "x", "/contact", "Must be an object"),
            ("contact", ["a/b": "xxxx"], "/contact/a~1b", "Must have 1 to 3 characters"),
            ("contact", ["a/b": "x", "z": 1], "/contact/z", "There is no such field"),
            ("tags", ["a", "b", "c"], "/tags", "Must have 0 to 2 entries"), ("tags", "a", "/tags", "Must be an array"),
            ("tags", ["a", 1], "/tags/1", "Must be text"),
            ("answers", ["q": "A B"], "/answers/q", "Does not have the right form"),
            ("answers", ["q"], "/answers", "Must be an object"), ("extra", 1, "/extra", "There is no such field"),
        ] as [(String, JSONValue?, String, String)])
    func wrongField_isNamed(field: String, value: JSONValue?, pointer: String, detail: String) async throws {
        try await service().test { client in
            var members = try #require(JSONValue(parsing: Array(json().utf8)))
            if case .object(var object) = members {
                object[field] = value
                members = .object(object)
            }
            let response = try await client.execute(
                uri: "/api/v1/read", method: .post, headers: [.contentType: "application/json", .acceptLanguage: "en"],
                body: ByteBuffer(string: members.text))
            #expect(response.status == .unprocessableContent)
            #expect(response.member("errors") == [["pointer": .string(pointer), "detail": .string(detail)]])
        }
    }

    @Test func allErrors_comeAtOnce() async throws {
        try await service().test { client in
            let response = try await client.execute(
                uri: "/api/v1/read", method: .post, headers: [.contentType: "application/json"],
                body: ByteBuffer(string: #"{"x":1}"#))
            guard case .array(let errors)? = response.member("errors") else {
                Issue.record("no errors")
                return
            }
            #expect(errors.count == 6)
        }
    }

    @Test(arguments: [
        (
            "name=%E5%BC%A0+%E4%B8%89&count=2&agreed=on&answer.q1=a&day=1&day=2", 200,
            #"张 三|2|true|["q1": "a"]|["1", "2"]"#
        ),
        ("name=a&count=2", 200, #"a|2|false|[:]|[]"#), ("name=a&name=b&count=2", 422, ""), ("name=a&count=x", 422, ""),
        ("name=&count=1", 422, ""), ("name=a&count=1&zz=1", 422, ""), ("name=%ZZ&count=1", 400, ""),
        ("name=%FF&count=1", 400, ""), ("csrf=x&name=a&count=0", 200, "a|0|false|[:]|[]"),
    ])
    func form_isRead(body: String, status: Int, shown: String) async throws {
        try await service().test { client in
            let response = try await client.execute(
                uri: "/form", method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
                body: ByteBuffer(string: body))
            #expect(response.status.code == status)
            if status == 200 { #expect(response.text == shown) }
        }
    }

    @Test(arguments: [
        ("", 200), ("?limit=50&lang=en", 200), ("?limit=51", 422), ("?limit=a", 422), ("?limt=1", 422),
        ("?limit=%", 400),
        ("?limit=1&limit=2", 422),
    ])
    func query_isRead(query: String, status: Int) async throws {
        try await service().test { client in
            let response = try await client.execute(uri: "/api/v1/query\(query)", method: .get)
            #expect(response.status.code == status)
            if status == 422 { #expect(response.text.contains(#""parameter":"lim"#)) }
        }
    }
}
