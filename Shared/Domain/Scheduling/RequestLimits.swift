/// How often requests that take places, or have messages sent, may be repeated. The city's own numbers; by default nobody who books for
/// themselves or a family gets near them.
package struct RequestLimits: Hashable, Codable, Sendable {
    /// Keeping a place. Slow, because what one device keeps at a time follows from it.
    package var holds: RequestRates
    package var bookings: RequestRates
    /// Having a code sent. A phone has narrower limits of its own.
    package var codes: RequestRates

    package init(holds: RequestRates, bookings: RequestRates, codes: RequestRates) {
        self.holds = holds
        self.bookings = bookings
        self.codes = codes
    }

    /// Whole offices, and whole districts of a mobile network, share an address, so addresses have many.
    package static let usual = RequestLimits(
        holds: RequestRates(
            device: RequestRate(burst: 12, perMinute: 2), address: RequestRate(burst: 600, perMinute: 600)),
        bookings: RequestRates(
            phone: RequestRate(burst: 40, perMinute: 10), device: RequestRate(burst: 30, perMinute: 10),
            address: RequestRate(burst: 600, perMinute: 600)),
        codes: RequestRates(
            device: RequestRate(burst: 12, perMinute: 4), address: RequestRate(burst: 300, perMinute: 300)))
}

/// The rates of one kind of request; what is `nil` has no bound.
package struct RequestRates: Hashable, Codable, Sendable {
    package var phone: RequestRate?
    package var device: RequestRate?
    package var address: RequestRate?

    package init(phone: RequestRate? = nil, device: RequestRate? = nil, address: RequestRate? = nil) {
        self.phone = phone
        self.device = device
        self.address = address
    }
}

/// So many requests at once, and so many a minute in the long run.
package struct RequestRate: Hashable, Codable, Sendable {
    package var burst: Int
    package var perMinute: Int

    package init(burst: Int, perMinute: Int) {
        self.burst = burst
        self.perMinute = perMinute
    }

    package var perMillisecond: Double { Double(perMinute) / 60_000 }
}
