import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Web

/// The one route of the booking service that notification asks, with contacts that a test chooses, and failures on demand.
final class ContactServer: Sendable {
    private struct State {
        var contacts: [String: String] = [:]
        var isBroken = false
        var asked: [String] = []
    }

    private let state = Mutex(State())
    private let socket: String
    private let token: String

    init(socket: String, secrets: Secrets) {
        self.socket = socket
        token = secrets.serviceToken
    }

    var address: String { "unix:\(socket)" }
    var asked: [String] { state.withLock { $0.asked } }

    func set(_ subject: String, phone: String, language: String = "zh-Hans", parameters: [String: String] = [:]) {
        let extra = parameters.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        state.withLock {
            $0.contacts[subject] = #"{"phone":"\#(phone)","language":"\#(language)","parameters":{\#(extra)}}"#
        }
    }

    func setBroken(_ broken: Bool) {
        state.withLock { $0.isBroken = broken }
    }

    func application(_ logger: Logger) -> some ApplicationProtocol {
        let router = Router()
        router.get("/internal/v1/contacts/:subject") { [self] request, context in
            guard request.headers[.authorization] == "Bearer \(token)" else { return Response(status: .unauthorized) }
            let subject = context.parameters.get("subject") ?? ""
            let (isBroken, contact) = state.withLock {
                $0.asked.append(subject)
                return ($0.isBroken, $0.contacts[subject])
            }
            guard !isBroken else { return Response(status: .internalServerError) }
            guard let contact else { return Response(status: .notFound) }
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: contact)))
        }
        return Application(
            router: router, configuration: .init(address: .unixDomainSocket(path: socket)), logger: logger)
    }
}
