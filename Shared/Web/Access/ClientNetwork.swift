import Foundation
import HTTPTypes
package import Hummingbird
import NIOCore

/// The network from which a request comes, as far as it can be trusted: an IPv4 address, or the /64 of an IPv6 one, since a single device has
/// all addresses of that.
package enum ClientNetwork {
    /// `nil` when the machine itself asks, or nobody says who does.
    package static func of(_ request: Request, _ context: AppRequestContext) -> String? {
        network(
            peer: context.channel.remoteAddress?.ipAddress,
            forwarded: HTTPField.Name("X-Forwarded-For").flatMap { request.headers[$0] })
    }

    /// - Parameters:
    ///   - peer: the address at the other end of the connection; `nil` for a Unix socket.
    ///   - forwarded: the `X-Forwarded-For` of the request. Only a front that stands in the own network is believed, and only the last
    ///     address, which it has added itself: whatever stands before came from the client.
    package static func network(peer: String?, forwarded: String?) -> String? {
        let direct = peer.flatMap(bytes)
        if let direct, !isInside(direct) { return text(direct) }
        guard let last = forwarded?.split(separator: ",").last?.trimmingCharacters(in: .whitespaces),
            let client = bytes(last), !isLoopback(client)
        else { return nil }
        return text(client)
    }

    /// 4 or 16 bytes; IPv4 within IPv6 (RFC 4291 section 2.5.5.2) is IPv4.
    private static func bytes(_ address: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, address, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var sixteen = in6_addr()
        guard inet_pton(AF_INET6, address, &sixteen) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &sixteen) { Array($0) }
        let mapped: [UInt8] = Array(repeating: 0, count: 10) + [255, 255]
        return bytes.starts(with: mapped) ? Array(bytes.suffix(4)) : bytes
    }

    private static func isLoopback(_ bytes: [UInt8]) -> Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Loopback, link-local and private addresses (RFC 1918, RFC 3927, RFC 4193, RFC 4291): where fronts stand.
    private static func isInside(_ bytes: [UInt8]) -> Bool {
        if isLoopback(bytes) { return true }
        guard bytes.count == 4 else { return bytes[0] & 0xFE == 0xFC || bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 }
        return switch (bytes[0], bytes[1]) {
        case (10, _), (192, 168), (169, 254), (172, 16...31): true
        default: false
        }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        bytes.count == 4
            ? bytes.map { String($0) }.joined(separator: ".") : Hexadecimal.text(bytes.prefix(8)) + "/64"
    }
}
