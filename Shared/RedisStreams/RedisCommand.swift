/// Encodes commands as arrays of bulk strings.
///
/// Source: "Redis serialization protocol specification" (RESP2), section "Sending commands to a Redis server".
package enum RedisCommand {
    package static func encode(_ arguments: [RedisArgument]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 + arguments.count * 24)
        append(arguments, to: &bytes)
        return bytes
    }

    package static func append(_ arguments: [RedisArgument], to bytes: inout [UInt8]) {
        appendHeader(UInt8(ascii: "*"), arguments.count, to: &bytes)
        for argument in arguments {
            switch argument.storage {
            case .text(var text):
                text.withUTF8 { content in
                    appendHeader(UInt8(ascii: "$"), content.count, to: &bytes)
                    bytes.append(contentsOf: content)
                }
            case .bytes(let content):
                appendHeader(UInt8(ascii: "$"), content.count, to: &bytes)
                bytes.append(contentsOf: content)
            }
            bytes.append(UInt8(ascii: "\r"))
            bytes.append(UInt8(ascii: "\n"))
        }
    }

    private static func appendHeader(_ kind: UInt8, _ count: Int, to bytes: inout [UInt8]) {
        bytes.append(kind)
        bytes.append(contentsOf: String(count).utf8)
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }
}
