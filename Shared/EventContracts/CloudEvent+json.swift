import Domain

extension CloudEvent {
    /// JSON with the members sorted, so that one event has one text. `data` goes in as it is.
    package func json() -> String {
        var object = JSONObjectWriter()
        object.write("data", raw: data)
        object.write("datacontenttype", "application/json")
        object.write("id", id)
        object.write("source", source)
        object.write("specversion", "1.0")
        object.write("subject", subject)
        object.write("time", time)
        object.write("traceparent", traceparent)
        object.write("type", type)
        return object.text
    }

    /// Reads an event. Other attributes (extensions) are skipped, as the specification demands.
    package init(json: String) throws(ContractError) {
        var scanner = try JSONScanner(json)
        var attributes = JSONObject(path: "")
        var data: String?
        try scanner.object { (name, scanner) throws(ContractError) in
            if name == "data" {
                guard data == nil else { throw .invalid(name, expected: "given once") }
                data = try scanner.objectText()
            } else {
                try attributes.add(name, try scanner.value())
            }
        }
        try scanner.end()
        let version = try attributes.string("specversion")
        guard version == "1.0" else { throw .specVersion(version) }
        let contentType = try attributes.optionalString("datacontenttype") ?? "application/json"
        guard contentType == "application/json" else { throw .invalid("datacontenttype", expected: "application/json") }
        guard let data else { throw .missing("data") }
        self.init(
            id: try attributes.text("id"), source: try attributes.text("source"), type: try attributes.text("type"),
            subject: try attributes.optionalString("subject"), time: try attributes.timestamp("time"),
            traceparent: try attributes.optionalString("traceparent"), data: data)
    }
}
