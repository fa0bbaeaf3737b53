/// When somebody who holds a place from afar should set out, so as to wait little in the hall and yet not to miss the
/// call.
package struct CallAhead: Sendable, Hashable {
    /// The odds that the call would come before the person is there, and so be put off. With 0.2 people wait on site half
    /// a minute longer at the peak, and those who came in person give way more.
    package var odds: Double
    /// Seconds that the person should be there before the earliest likely call.
    package var spare: Int
    /// From how many seconds before setting out a moment is told.
    package var notice: Int

    package init(odds: Double = 0.3, spare: Int = 120, notice: Int = 1200) {
        self.odds = odds
        self.spare = spare
        self.notice = notice
    }

    package enum Advice: Sendable, Hashable {
        case leaveNow
        /// At this moment [s since midnight], as it looks now.
        case leave(at: Int)
        /// Too early to name a moment.
        case notYet
    }

    /// Leave when the quantile `odds` of the call, for somebody who were there already, is not further than the way and
    /// the time to spare.
    ///
    /// - Parameters:
    ///   - call: the moments of the call as if the person were waiting in the hall.
    ///   - travel: seconds of the way.
    package func advice(call: WaitDistribution, travel: Int, now: Int) -> Advice {
        let leave = Int(call.quantile(odds)) - travel - spare
        if leave <= now { return .leaveNow }
        return leave <= now + notice ? .leave(at: leave) : .notYet
    }

    /// The moment that somebody who is told to leave is promised (`Waiting.promisedBy`).
    ///
    /// It makes the moment told true: without it people waited on site nearly twice as long at the peak.
    package func promise(call: WaitDistribution, arrival: Int) -> Int {
        max(arrival, Int(call.quantile(odds)))
    }
}
