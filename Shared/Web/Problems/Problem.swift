package import HTTPTypes

/// A refusal or failure as people and programs see it (RFC 9457).
///
/// The texts come from the catalogues: `problem.<code>.title` and `problem.<code>.detail`. The code is stable; it makes
/// the `type` of the problem. API routes answer `application/problem+json`; pages show the same texts.
package struct Problem: Error, Sendable, Hashable {
    package var status: HTTPResponse.Status
    /// Kebab-case, such as `slot-full`.
    package var code: String
    /// For the placeholders of the texts.
    package var arguments: [String: String]
    package var errors: [FieldError]
    /// Extra members of the problem object.
    package var members: [String: JSONValue]
    package var headers: HTTPFields
    /// Where a person goes on from the page of this problem; `nil`: the start page.
    package var wayOut: String?

    package init(
        _ status: HTTPResponse.Status, code: String, arguments: [String: String] = [:], errors: [FieldError] = [],
        members: [String: JSONValue] = [:], headers: HTTPFields = [:], wayOut: String? = nil
    ) {
        self.status = status
        self.code = code
        self.arguments = arguments
        self.errors = errors
        self.members = members
        self.headers = headers
        self.wayOut = wayOut
    }

    /// The bases of the `type` of every problem.
    package static let typeBase = "https://onetrip.example/problems/"
}

/// What is wrong with one field or parameter.
package struct FieldError: Sendable, Hashable {
    package enum Place: Sendable, Hashable {
        /// JSON pointer into the body (RFC 6901), such as `/contact/phone`.
        case pointer(String)
        /// Name of a query parameter or header.
        case parameter(String)
    }

    package let place: Place
    /// Key of the text in the catalogues, such as `field.required`.
    package let key: String
    package let arguments: [String: String]

    package init(_ place: Place, key: String, arguments: [String: String] = [:]) {
        self.place = place
        self.key = key
        self.arguments = arguments
    }

    /// The name of the field at the top level, for showing the error beside the input of a form.
    package var name: String {
        switch place {
        case .parameter(let name): name
        case .pointer(let pointer): String(pointer.split(separator: "/").first ?? "")
        }
    }
}
