package import Domain

/// The names of the streams. One hall is one unit of order; the braces keep its streams on one Redis Cluster slot.
package struct StreamNames: Sendable, Hashable {
    /// `onetrip` in production; tests take their own.
    package let prefix: String

    package init(prefix: String = "onetrip") {
        self.prefix = prefix
    }

    /// Everything that happens in a hall's queue. Written by the queuing service.
    package func queue(_ hall: HallID) -> String {
        "\(prefix):{\(hall)}:queue"
    }

    /// The bookings of a hall. Written by the booking service.
    package func booking(_ hall: HallID) -> String {
        "\(prefix):{\(hall)}:booking"
    }

    /// Proofs of contact that were asked for. Written by the booking service.
    package var verification: String {
        "\(prefix):{contact}:verification"
    }

    /// The hall of a queue or booking stream.
    package func hall(of stream: String) -> HallID? {
        guard let open = stream.firstIndex(of: "{"), let close = stream.firstIndex(of: "}"), open < close else {
            return nil
        }
        let name = stream[stream.index(after: open)..<close]
        let hall = HallID(String(name))
        return stream == queue(hall) || stream == booking(hall) ? hall : nil
    }
}
