import Glibc

/// Finds a TCP port that nobody listens on.
enum FreePort {
    /// The first free one of the hundred from `first` on.
    static func find(from first: Int) throws -> Int {
        for port in first..<min(first + 100, 65_536) where isFree(port) { return port }
        throw UpError.noFreePort(first)
    }

    private static func isFree(_ port: Int) -> Bool {
        // On both families: a listener on one of them would share the port with us unseen.
        isFree(port, family: AF_INET) && isFree(port, family: AF_INET6)
    }

    private static func isFree(_ port: Int, family: Int32) -> Bool {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return family == AF_INET6 }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        if family == AF_INET {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(UInt16(port).bigEndian)
            return bindAddress(descriptor, &address)
        }
        setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = in_port_t(UInt16(port).bigEndian)
        return bindAddress(descriptor, &address)
    }

    private static func bindAddress<Address>(_ descriptor: Int32, _ address: inout Address) -> Bool {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) == 0
            }
        }
    }
}
