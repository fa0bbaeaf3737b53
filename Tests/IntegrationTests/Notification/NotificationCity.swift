import Domain
import TestSupport

/// Two halls with two services, where it is the middle of the morning now.
enum NotificationCity {
    static let hall: HallID = "north"

    static var catalogue: Catalogue {
        func service(_ id: ServiceID, _ letter: String, _ minutes: Double, _ name: LocalizedText) -> Service {
            Service(
                id: id, name: name, summary: name, letter: letter, meanMinutes: minutes, checklist: Checklist(items: [])
            )
        }
        func hall(_ id: HallID, _ position: Int, _ name: LocalizedText) -> Hall {
            Hall(
                id: id, position: position, name: name, address: LocalizedText(zh: "测试路 1 号", en: "1 Test Road"),
                timeZone: TestCity.daytimeZone, hours: [:],
                windows: (1...3).map { HallWindow(id: WindowID("\($0)"), services: ["passport", "licence"]) },
                offers: [:])
        }
        return Catalogue(
            name: LocalizedText(zh: "测试市", en: "Testville"),
            services: [
                "passport": service("passport", "A", 10, LocalizedText(zh: "护照", en: "Passport")),
                "licence": service("licence", "B", 5, LocalizedText(zh: "营业执照", en: "Business licence")),
            ],
            halls: [
                "north": hall("north", 0, LocalizedText(zh: "城北大厅", en: "North Hall")),
                "south": hall("south", 1, LocalizedText(zh: "城南大厅", en: "South Hall")),
            ])
    }
}
