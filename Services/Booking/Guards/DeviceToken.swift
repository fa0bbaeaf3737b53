import Domain
import Hummingbird
import Web

/// The name of a browser or program: drawn at random and signed, so that nobody makes up many of them. It says nothing about the device.
struct DeviceToken {
    static let cookie = "device"
    private static let purpose = "device"

    let secrets: Secrets

    func make() -> String {
        let name = secrets.randomToken()
        return name + "." + signature(name)
    }

    /// The name, if this installation gave it.
    func name(_ token: String?) -> String? {
        guard let token, token.utf8.count == 45 else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, Secrets.isToken(String(parts[0])),
            Secrets.equal(String(parts[1]), signature(String(parts[0])))
        else { return nil }
        return String(parts[0])
    }

    private func signature(_ name: String) -> String {
        String(secrets.lookupHash(name, for: Self.purpose).prefix(22))
    }

    /// Gives a browser a name with the page on which a time is chosen, if it has none.
    func greet(_ request: Request, _ response: inout Response, publicURL: String) {
        guard name(request.cookies[Self.cookie]?.value) == nil else { return }
        response.setCookie(
            Cookie(
                name: Self.cookie, value: make(), maxAge: 365 * 86_400, path: "/",
                secure: publicURL.hasPrefix("https:"), httpOnly: true, sameSite: .lax))
    }
}
