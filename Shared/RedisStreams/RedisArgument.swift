/// One argument of a command: bytes with a length, so nothing has to be escaped.
package struct RedisArgument: Hashable, Sendable {
    package enum Storage: Hashable, Sendable {
        case text(String)
        case bytes([UInt8])
    }

    package let storage: Storage

    package init(_ text: String) {
        storage = .text(text)
    }

    package init(_ bytes: [UInt8]) {
        storage = .bytes(bytes)
    }

    package init(_ number: some BinaryInteger) {
        storage = .text(String(number))
    }
}

extension RedisArgument: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    package init(stringLiteral value: String) {
        self.init(value)
    }

    package init(integerLiteral value: Int64) {
        self.init(value)
    }
}
