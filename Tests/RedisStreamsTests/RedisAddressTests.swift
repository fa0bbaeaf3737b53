import Testing

@testable import RedisStreams

@Suite struct RedisAddressTests {
    @Test(arguments: [
        ("unix:/run/redis.sock", RedisAddress(endpoint: .unix(path: "/run/redis.sock"))),
        (
            "unix:/run/redis.sock?password=a%20b&database=3",
            RedisAddress(endpoint: .unix(path: "/run/redis.sock"), password: "a b", database: 3)
        ),
        ("redis://127.0.0.1", RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: 6379))),
        (
            "redis://:p%40ss:word@cache:6380/2",
            RedisAddress(endpoint: .tcp(host: "cache", port: 6380), password: "p@ss:word", database: 2)
        ),
        (
            "redis://bob:secret@[::1]:7000",
            RedisAddress(endpoint: .tcp(host: "::1", port: 7000), user: "bob", password: "secret")
        ),
    ])
    func text_parses(text: String, expected: RedisAddress) throws {
        #expect(try RedisAddress(text) == expected)
    }

    @Test(arguments: [
        "", "localhost:6379", "unix:relative.sock", "unix:/\(String(repeating: "x", count: 120))", "redis://",
        "redis://host:0", "redis://host:x", "redis://host/x", "redis://secret@host", "redis://:%zz@host",
        "unix:/a?colour=red",
    ])
    func text_thatIsNoAddress_isRefused(text: String) {
        let error = #expect(throws: RedisError.self) { try RedisAddress(text) }
        #expect(error?.code == .configuration)
    }

    @Test func description_hidesTheCredentials() throws {
        let address = try RedisAddress("redis://bob:secret@cache:6380/2")
        #expect(address.description == "redis://cache:6380/2")
    }
}
