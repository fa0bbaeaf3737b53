import Testing
import Web

@Suite struct ClientNetworkTests {
    @Test(
        arguments: [
            // From a front: the address that it added, the last one. What the client wrote before it is not believed.
            (nil, "203.0.113.9", "203.0.113.9"), (nil, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
            ("127.0.0.1", "203.0.113.9", "203.0.113.9"), ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
            ("172.20.0.2", " 203.0.113.9 ", "203.0.113.9"), ("fd00::1", "203.0.113.9", "203.0.113.9"),
            // Directly: whatever the header says.
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("2001:db8:1:2:3::4", "198.51.100.1", "20010db800010002/64"),
            // One device has all addresses of a /64.
            (nil, "2001:db8:1:2:aaaa::1", "20010db800010002/64"), (nil, "2001:db8:1:3::1", "20010db800010003/64"),
            (nil, "::ffff:203.0.113.9", "203.0.113.9"),
            // Nobody says, or the machine itself asks.
            (nil, nil, nil), (nil, "", nil), (nil, "nonsense", nil), (nil, "127.0.0.1", nil), (nil, "::1", nil),
            ("127.0.0.1", nil, nil), ("172.32.0.1", nil, "172.32.0.1"),
        ] as [(String?, String?, String?)])
    func network(peer: String?, forwarded: String?, expected: String?) {
        #expect(ClientNetwork.network(peer: peer, forwarded: forwarded) == expected)
    }
}
