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
        router.post("/internal/v1/contacts") { [self] request, context in
            guard request.headers[.authorization] == "Bearer \(token)" else { return Response(status: .unauthorized) }
            struct Question: Decodable { var subjects: [String] }
            let subjects = try await request.decode(as: Question.self, context: context).subjects
            let (isBroken, contacts) = state.withLock { state in
                state.asked += subjects
                return (
                    state.isBroken, subjects.compactMap { name in state.contacts[name].map { "\"\(name)\":\($0)" } }
                )
            }
            guard !isBroken else { return Response(status: .internalServerError) }
            let text = "{\"contacts\":{\(contacts.joined(separator: ","))}}"
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
        return Application(
            router: router, configuration: .init(address: .unixDomainSocket(path: socket)), logger: logger)
    }
}
