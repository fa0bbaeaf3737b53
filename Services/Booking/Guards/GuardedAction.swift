import Domain

/// A kind of request that takes places or sends messages, and so has limits.
package enum GuardedAction: String, Sendable, CaseIterable {
    case hold, booking, code

    func rates(of limits: RequestLimits) -> RequestRates {
        switch self {
        case .hold: limits.holds
        case .booking: limits.bookings
        case .code: limits.codes
        }
    }
}
