/// A value that travels beside a statement.
package enum PostgresBind: Sendable, Hashable {
    case null
    case text(String)
    /// In the binary format of the parameter's type, which the server checks.
    case binary([UInt8])

    init(_ text: String?) {
        self = text.map(Self.text) ?? .null
    }
}
