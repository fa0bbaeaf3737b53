import Domain
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import ServiceLifecycle
import Synchronization
import Web

/// A server with routes for tests.
struct TestService {
    static let secrets = made { try Secrets(masterKeyHex: String(repeating: "0123456789abcdef", count: 4)) }
    static let site = made { try Site() }

    private static func made<Value>(_ make: () throws -> Value) -> Value {
        do {
            return try make()
        } catch {
            preconditionFailure("\(error)")
        }
    }

    let routes: RouteTable

    init(authenticator: (any Authenticator)? = nil) {
        routes = RouteTable(
            site: Self.site, secrets: Self.secrets, authenticator: authenticator, signInPath: "/staff/sign-in")
    }

    var application: Application<RouterResponder<AppRequestContext>> {
        Application(
            router: routes.router(), configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: Self.quiet)
    }

    func test<Value>(_ body: @Sendable (any TestClientProtocol) async throws -> Value) async throws -> Value {
        try await application.test(.live, body)
    }

    static let quiet = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()
}

/// Knows people by the cookie `who`: `clerk`, `reception` (both of hall `east`), `kiosk`.
struct CookieAuthenticator: Authenticator {
    func principal(for request: Request, context: AppRequestContext) -> Principal {
        switch request.cookies["who"]?.value {
        case "clerk": .staff("li", ["east": [.clerk]], session: "s1")
        case "reception": .staff("wang", ["east": [.reception]], session: "s2")
        case "kiosk": .kiosk("east")
        default: .anonymous
        }
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }

    var json: JSONValue? { JSONValue(parsing: Array(body.readableBytesView)) }

    func member(_ name: String) -> JSONValue? {
        guard case .object(let members)? = json else { return nil }
        return members[name]
    }
}

/// Collects lines from any thread.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func append(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}
