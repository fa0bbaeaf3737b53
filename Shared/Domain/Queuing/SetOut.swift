/// When somebody who waits elsewhere should set out for the hall.
///
/// A window calls whether the person is there or not. So the low end of the range that the person is shown counts, which
/// nine calls in ten are not earlier than; `CallAhead`, under which a call is put off, may be three times as bold.
///
/// O(1): it goes by the forecast that is shown, whoever looks.
package struct SetOut: Sendable, Hashable, Codable {
    package enum Advice: String, Sendable, Hashable, Codable, CaseIterable {
        /// There is time until `at`.
        case later
        /// Later than this the call may well come first.
        case now
        /// The call will probably come first, however soon the person sets out.
        case late
        /// There is no way, and the call may come at any moment.
        case near
    }

    package var advice: Advice
    /// How far away the person is [min].
    package var minutesAway: Int
    /// Until when there is time, to the whole minute; only with `later`.
    package var at: Timestamp?

    /// The ways that are advised on [min].
    package static let ways = 0...180
    /// Minutes that the person should be there before the earliest likely call, or the booked time.
    package static let spare = CallAhead().spare / 60

    /// For somebody who has a number.
    ///
    /// - Parameters:
    ///   - low: minutes that nine in ten wait at least.
    ///   - expected: minutes that half of them wait at least.
    package init(low: Int, expected: Int, minutesAway: Int, at now: Timestamp) {
        let leave = now.advanced(minutes: low - minutesAway - Self.spare)
        let urgent: Advice = minutesAway == 0 ? .near : expected < minutesAway ? .late : .now
        self.init(until: leave, otherwise: urgent, minutesAway: minutesAway, at: now)
    }

    /// For somebody who has booked and not checked in; `nil` when it is too late for the booking to count.
    package init?(slot: Timestamp, lateCheckInMinutes: Int, minutesAway: Int, at now: Timestamp) {
        guard now.advanced(minutes: minutesAway) <= slot.advanced(minutes: lateCheckInMinutes) else { return nil }
        let leave = slot.advanced(minutes: -minutesAway - Self.spare)
        self.init(
            until: leave, otherwise: now.advanced(minutes: minutesAway) > slot ? .late : .now,
            minutesAway: minutesAway, at: now)
    }

    private init(until leave: Timestamp, otherwise urgent: Advice, minutesAway: Int, at now: Timestamp) {
        self.minutesAway = minutesAway
        guard leave > now else {
            advice = urgent
            return
        }
        advice = .later
        at = Timestamp(milliseconds: leave.milliseconds - leave.milliseconds % 60_000)
    }
}
