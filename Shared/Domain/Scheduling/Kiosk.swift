/// A ticket machine in a hall. Its key is not part of the catalogue: see ``KioskInput``.
package struct Kiosk: Hashable, Codable, Sendable {
    /// A slug, unique within the hall.
    package var id: String
    package var name: LocalizedText?

    package init(id: String, name: LocalizedText? = nil) {
        self.id = id
        self.name = name
    }
}

/// A ticket machine as an import brings one, with the key by which it proves itself. Services store only the key's hash.
package struct KioskInput: Hashable, Sendable {
    package var hall: HallID
    /// The ``Kiosk/id`` within the hall.
    package var id: String
    /// 16 visible ASCII characters or more; unique in the city, as it alone tells the kiosk.
    package var key: String

    package init(hall: HallID, id: String, key: String) {
        self.hall = hall
        self.id = id
        self.key = key
    }
}
