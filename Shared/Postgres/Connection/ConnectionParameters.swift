private import CLibpq

/// The keywords and values that libpq connects with.
struct ConnectionParameters: Equatable {
    /// In libpq's order; later ones do not repeat a keyword.
    let values: [(keyword: String, value: String)]

    /// - Parameter hostRotation: which of several hosts comes first, so that one that does not answer at all cannot use up
    ///   the time of every attempt.
    /// - Throws: `connection` when the address cannot be read.
    init(_ configuration: PostgresConfiguration, readOnly: Bool, hostRotation: Int = 0) throws(PostgresError) {
        var problem: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(configuration.uri, &problem) else {
            let reason = problem.map { String(cString: $0) } ?? "out of memory"
            PQfreemem(problem)
            throw PostgresError(
                .connection,
                "the address of PostgreSQL cannot be read, correct it: "
                    + reason.split(separator: "\n").joined(separator: " "))
        }
        defer { PQconninfoFree(options) }
        var given: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { given[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        var settings = configuration.settings
        if let path = configuration.searchPath { settings["search_path"] = path }
        if readOnly { settings["default_transaction_read_only"] = "on" }
        let ours = settings.sorted { $0.key < $1.key }
            .map { "-c \($0.key)=\(Self.escaped(option: $0.value))" }.joined(separator: " ")
        // The address has the last word on settings.
        given["options"] = given["options"].map { ours + " " + $0 } ?? ours
        given["client_encoding"] = "UTF8"
        given["application_name"] = given["application_name"] ?? configuration.applicationName
        // A peer that vanished without a word is noticed within about a minute.
        for (keyword, value) in [("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3")] {
            given[keyword] = given[keyword] ?? value
        }
        for keyword in ["host", "hostaddr", "port"] {
            given[keyword] = given[keyword].map { Self.rotated(list: $0, by: hostRotation) }
        }
        values = given.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.values.map(\.keyword) == rhs.values.map(\.keyword) && lhs.values.map(\.value) == rhs.values.map(\.value)
    }

    /// Spaces and backslashes of `options` are escaped by a backslash (PostgreSQL manual, 34.1.2).
    private static func escaped(option: String) -> String {
        option.reduce(into: "") { text, character in
            if character == " " || character == "\\" { text.append("\\") }
            text.append(character)
        }
    }

    private static func rotated(list: String, by count: Int) -> String {
        let parts = list.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return list }
        let start = count % parts.count
        return (parts[start...] + parts[..<start]).joined(separator: ",")
    }
}
