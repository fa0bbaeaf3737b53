import Domain
import Web

/// A slot as the API shows it.
struct SlotDocument: Encodable, Sendable {
    let id: String
    let hall: String
    let service: String
    let start: String
    let end: String
    let capacity: Int
    let free: Int

    init(_ slot: Slot, _ city: City) {
        id = slot.id.description
        hall = slot.hall.rawValue
        service = slot.service.rawValue
        start = city.localTime(slot.start, in: slot.hall)
        end = city.localTime(slot.end, in: slot.hall)
        capacity = slot.capacity
        free = max(0, slot.free)
    }

    var json: JSONValue {
        [
            "id": .string(id), "hall": .string(hall), "service": .string(service), "start": .string(start),
            "end": .string(end), "capacity": .int(Int64(capacity)), "free": .int(Int64(free)),
        ]
    }
}

struct HoldDocument: Encodable, Sendable {
    let token: String
    let expires: String
    let slot: SlotDocument
}
