/// An answer of Redis (RESP2).
package indirect enum RedisReply: Hashable, Sendable {
    case text(String)
    /// A string that is not UTF-8.
    case bytes([UInt8])
    case integer(Int64)
    case null
    case array([RedisReply])
    /// An error inside an answer, such as one element of a script's or a transaction's result, or a command of a
    /// pipeline.
    case error(RedisError)
}

extension RedisReply {
    /// - Throws: the error itself when the answer is one.
    package func checked() throws(RedisError) -> RedisReply {
        if case .error(let error) = self { throw error }
        return self
    }

    package func text(_ what: @autoclosure () -> String) throws(RedisError) -> String {
        switch self {
        case .text(let text): return text
        case .error(let error): throw error
        default: throw unexpected("text", what())
        }
    }

    /// An integer, also when it came as text.
    package func integer(_ what: @autoclosure () -> String) throws(RedisError) -> Int64 {
        switch self {
        case .integer(let number): return number
        case .text(let text):
            guard let number = Int64(text) else { throw unexpected("an integer", what()) }
            return number
        case .error(let error): throw error
        default: throw unexpected("an integer", what())
        }
    }

    /// The elements; none when the answer is null, as for a read that timed out.
    package func array(_ what: @autoclosure () -> String) throws(RedisError) -> [RedisReply] {
        switch self {
        case .array(let elements): return elements
        case .null: return []
        case .error(let error): throw error
        default: throw unexpected("a list", what())
        }
    }

    /// The value that follows `name` in a flat list of names and values, as `XINFO` answers.
    package func member(_ name: String) throws(RedisError) -> RedisReply {
        let elements = try array(name)
        for index in stride(from: 0, to: elements.count - 1, by: 2) where elements[index] == .text(name) {
            return elements[index + 1]
        }
        throw unexpected("a member named \(name)", "information")
    }

    private func unexpected(_ wanted: String, _ what: String) -> RedisError {
        RedisError(.protocolError, "expected \(wanted) for \(what), got \(shape)")
    }

    /// What kind of answer it is, without its content: content may be long.
    private var shape: String {
        switch self {
        case .text: "text"
        case .bytes: "bytes that are not UTF-8"
        case .integer(let number): "the integer \(number)"
        case .null: "nothing"
        case .array(let elements): "a list of \(elements.count)"
        case .error(let error): "an error: \(error.message)"
        }
    }
}
