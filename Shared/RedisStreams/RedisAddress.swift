/// Where a Redis server listens, and as whom to speak to it.
///
/// Written as `unix:/path/to/socket`, `redis://[user:password@]host[:port][/database]` or
/// `unix:/path?password=…&database=…`. User and password may be percent-encoded.
package struct RedisAddress: Hashable, Sendable {
    package enum Endpoint: Hashable, Sendable {
        case unix(path: String)
        case tcp(host: String, port: Int)
    }

    package var endpoint: Endpoint
    package var user: String?
    package var password: String?
    package var database: Int

    package init(endpoint: Endpoint, user: String? = nil, password: String? = nil, database: Int = 0) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.database = database
    }

    /// - Throws: ``RedisError`` with code `configuration`, telling what is wrong; the password is never repeated.
    package init(_ text: String) throws(RedisError) {
        if text.hasPrefix("unix:") {
            try self.init(unix: text.dropFirst(5))
        } else if text.hasPrefix("redis://") {
            try self.init(redis: text.dropFirst(8))
        } else {
            throw RedisError(
                .configuration, "the address must start with unix: or redis://, such as redis://127.0.0.1:6379")
        }
    }

    private init(unix text: Substring) throws(RedisError) {
        let parts = text.split(separator: "?", maxSplits: 1)
        guard let path = parts.first, path.hasPrefix("/") else {
            throw RedisError(.configuration, "unix: needs an absolute path, such as unix:/run/redis/redis.sock")
        }
        // sun_path holds 108 bytes with the closing zero.
        guard path.utf8.count < 108 else {
            throw RedisError(.configuration, "the path of the socket is longer than 107 bytes: \(path)")
        }
        self.init(endpoint: .unix(path: String(path)))
        guard parts.count == 2 else { return }
        for pair in parts[1].split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, let value = percentDecoded(halves[1]) else {
                throw RedisError(.configuration, "after ? only password=… and database=… may stand")
            }
            switch halves[0] {
            case "password": password = value
            case "user": user = value
            case "database": database = try Self.database(value[...])
            default: throw RedisError(.configuration, "unknown parameter of the address: \(halves[0])")
            }
        }
    }

    private init(redis text: Substring) throws(RedisError) {
        var rest = text
        var credentials: Substring?
        if let at = rest.lastIndex(of: "@") {
            credentials = rest[..<at]
            rest = rest[rest.index(after: at)...]
        }
        var database = 0
        if let slash = rest.firstIndex(of: "/") {
            let name = rest[rest.index(after: slash)...]
            database = name.isEmpty ? 0 : try Self.database(name)
            rest = rest[..<slash]
        }
        let (host, port) = try Self.hostAndPort(rest)
        self.init(endpoint: .tcp(host: host, port: port), database: database)
        guard let credentials, !credentials.isEmpty else { return }
        let halves = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, let user = percentDecoded(halves[0]), let password = percentDecoded(halves[1]) else {
            throw RedisError(.configuration, "before the @ of the address must stand user:password or :password")
        }
        self.user = user.isEmpty ? nil : user
        self.password = password
    }

    private static func hostAndPort(_ text: Substring) throws(RedisError) -> (String, Int) {
        var host = text
        var port = "6379"[...]
        if text.hasPrefix("["), let close = text.firstIndex(of: "]") {  // IPv6
            host = text[text.index(after: text.startIndex)..<close]
            let tail = text[text.index(after: close)...]
            if tail.hasPrefix(":") { port = tail.dropFirst() }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { throw RedisError(.configuration, "the address names no host") }
        guard let number = Int(port), (1...65535).contains(number) else {
            throw RedisError(.configuration, "the port of the address must be 1 to 65535, not \(port)")
        }
        return (String(host), number)
    }

    private static func database(_ text: Substring) throws(RedisError) -> Int {
        guard let number = Int(text), number >= 0 else {
            throw RedisError(.configuration, "the database of the address must be a number from 0, not \(text)")
        }
        return number
    }
}

extension RedisAddress: CustomStringConvertible {
    /// Without credentials, fit for a log.
    package var description: String {
        switch endpoint {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): "redis://\(host):\(port)/\(database)"
        }
    }
}

/// `nil` when a `%` is not followed by two hexadecimal digits, or the bytes are not UTF-8.
private func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
            return nil
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
}
