package import Domain
package import Web

/// Ticket machines that prove themselves: once by their key, then by a device token in a cookie.
///
/// The token names the kiosk and is signed together with the key's hash, so it ends when the key is changed or the kiosk is taken out of
/// the catalogue, and needs no table.
package struct KioskEnrolment: Sendable {
    private let catalogue: CatalogueHolder
    private let secrets: Secrets

    package init(catalogue: CatalogueHolder, secrets: Secrets) {
        self.catalogue = catalogue
        self.secrets = secrets
    }

    /// The device token for a key; `nil` when no kiosk of the hall has it.
    package func enrol(key: String, hall: HallID) -> String? {
        let hash = Secrets.sha256Hex(key)
        var token: String?
        // Looks at all of them, so that the time tells nothing.
        for kiosk in catalogue.city.kiosks where Secrets.equal(kiosk.keyHash, hash) && kiosk.hall == hall {
            token = "\(kiosk.hall).\(kiosk.id).\(signature(kiosk))"
        }
        return token
    }

    /// The kiosk that a device token belongs to.
    package func kiosk(deviceToken token: String) -> EnrolledKiosk? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3,
            let kiosk = catalogue.city.kiosks.first(where: { $0.hall.rawValue == parts[0] && $0.id == parts[1] }),
            Secrets.equal(parts[2], signature(kiosk))
        else { return nil }
        return kiosk
    }

    private func signature(_ kiosk: EnrolledKiosk) -> String {
        secrets.lookupHash("\(kiosk.hall)|\(kiosk.id)|\(kiosk.keyHash)", for: "kiosk-device")
    }
}
