import HTTPTypes
import Hummingbird
import NIOCore
import Web

/// Who sends a request, as far as limits are concerned, and what work comes with it.
struct Caller: Sendable {
    /// The name in a device token that this installation gave.
    let device: String?
    /// `nil` for the machine itself.
    let network: String?
    let solution: ChallengeSolution?

    /// Whose work it is: a solution is good for nobody else.
    var subject: String { device ?? network ?? "" }

    /// Takes the fields of a solution out of a form, so that handlers see the form as it was before.
    init(_ request: Request, _ context: inout AppRequestContext, secrets: Secrets) {
        let sent = HTTPField.Name("Device-Token").flatMap { request.headers[$0] }
        device = DeviceToken(secrets: secrets).name(sent ?? request.cookies[DeviceToken.cookie]?.value)
        network = ClientNetwork.of(request, context)
        guard context.mediaType == "application/x-www-form-urlencoded" else {
            solution = HTTPField.Name("Challenge-Solution").flatMap { request.headers[$0] }
                .flatMap { ChallengeSolution(header: $0) }
            return
        }
        let form = Dictionary(context.sentForm().map { ($0.name, $0.value) }) { first, _ in first }
        solution = ChallengeSolution(form: form)
        guard solution != nil else { return }
        let names = Set(ChallengeSolution.fields.map { Array($0.utf8) })
        let parts = context.body.readableBytesView.split(separator: UInt8(ascii: "&")).filter { part in
            !names.contains(Array(part.prefix { $0 != UInt8(ascii: "=") }))
        }
        context.body = ByteBuffer(bytes: parts.joined(separator: [UInt8(ascii: "&")]))
    }
}
