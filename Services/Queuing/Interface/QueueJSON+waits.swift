import Domain
import Web

/// Waits to come, and where they are shortest.
extension QueueJSON {
    static func waits(_ waits: HallForesight.Waits, in reading: HallReading) -> JSONValue {
        [
            "hall": .string(reading.hall.rawValue), "made": moment(waits.made, reading.configuration),
            "services": .array(
                waits.calls.keys.sorted().map { service in
                    [
                        "service": .string(service.rawValue),
                        "arrivals": .array(
                            (waits.calls[service] ?? []).compactMap(\.self).map { call in
                                [
                                    "arrival": moment(call.arrival, reading.configuration),
                                    "wait": quoted(call.wait),
                                ]
                            }),
                    ]
                }),
        ]
    }

    static func advice(_ service: ServiceID, _ options: [QueuingInterface.WayToBeServed]) -> JSONValue {
        [
            "service": .string(service.rawValue),
            "options": .array(
                options.map { option in
                    [
                        "hall": .string(option.hall.id.rawValue),
                        "travelSeconds": option.travel.map { .int(Int64($0)) } ?? .null,
                        "wait": quoted(option.wait), "totalSeconds": .double(option.total.rounded()),
                        "savingSeconds": .double(option.saving.rounded()),
                        "isRecommended": .bool(option.isRecommended),
                    ]
                }),
        ]
    }

    private static func quoted(_ wait: QuotedWait) -> JSONValue {
        [
            "lowSeconds": .int(Int64(wait.low)), "expectedSeconds": .int(Int64(wait.expected)),
            "highSeconds": .int(Int64(wait.high)),
            "ninetyLowSeconds": .int(Int64(wait.ninety?.lowerBound ?? wait.low)),
            "ninetyHighSeconds": .int(Int64(wait.ninety?.upperBound ?? wait.high)),
        ]
    }
}
