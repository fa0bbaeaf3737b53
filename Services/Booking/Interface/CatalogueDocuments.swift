import Domain

/// A list, for the API.
struct ItemsDocument<Item: Encodable & Sendable>: Encodable, Sendable {
    let items: [Item]
}

struct ServiceSummaryDocument: Encodable, Sendable {
    let id: String
    let name: LocalizedText
    let summary: LocalizedText
    let audience: [Audience]
    let lifeEvents: [String]
    let minutes: Double

    init(_ service: Service) {
        id = service.id.rawValue
        name = service.name
        summary = service.summary
        audience = service.audience
        lifeEvents = service.lifeEvents
        minutes = service.meanMinutes
    }
}

struct ServiceDocument: Encodable, Sendable {
    let id: String
    let name: LocalizedText
    let summary: LocalizedText
    let audience: [Audience]
    let lifeEvents: [String]
    let minutes: Double
    let fee: LocalizedText?
    let legalDays: Int?
    let checklist: Checklist
    let identity: IdentityRule
    let waitlist: WaitlistRule?
    let halls: [String]

    init(_ service: Service, _ city: City) {
        id = service.id.rawValue
        name = service.name
        summary = service.summary
        audience = service.audience
        lifeEvents = service.lifeEvents
        minutes = service.meanMinutes
        fee = service.fee
        legalDays = service.legalDays
        checklist = service.checklist
        identity = service.identity
        waitlist = service.waitlist
        halls = city.catalogue.halls(offering: service.id).map(\.id.rawValue)
    }
}

struct HallDocument: Encodable, Sendable {
    let id: String
    let name: LocalizedText
    let address: LocalizedText
    let timeZone: String
    let latitude: Double?
    let longitude: Double?
    let services: [String]
    let horizonDays: Int

    init(_ hall: Hall) {
        id = hall.id.rawValue
        name = hall.name
        address = hall.address
        timeZone = hall.timeZone
        latitude = hall.latitude
        longitude = hall.longitude
        services = hall.offers.keys.map(\.rawValue).sorted()
        horizonDays = hall.horizonDays
    }
}
