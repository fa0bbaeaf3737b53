package import Domain

/// The catalogue as this service uses it, with what is asked at every command looked up once.
package struct City: Sendable {
    package let version: Int64
    package let catalogue: Catalogue
    package let configurations: [HallID: HallConfiguration]
    package let kiosks: [EnrolledKiosk]

    package init(version: Int64, catalogue: Catalogue, kiosks: [EnrolledKiosk]) {
        self.version = version
        self.catalogue = catalogue
        self.kiosks = kiosks
        configurations = catalogue.halls.keys.reduce(into: [:]) { result, hall in
            result[hall] = catalogue.hallConfiguration(hall)
        }
    }

    /// Before the first import.
    package static let empty = City(
        version: 0, catalogue: Catalogue(name: LocalizedText(zh: "", en: ""), services: [:], halls: [:]), kiosks: [])
}

/// A ticket machine that may take part, with the hash of its key.
package struct EnrolledKiosk: Sendable, Hashable {
    package let hall: HallID
    package let id: String
    package let keyHash: String

    package init(hall: HallID, id: String, keyHash: String) {
        self.hall = hall
        self.id = id
        self.keyHash = keyHash
    }
}
