/// How many of a day's visits that have ended got everything done that they were for: the rate that the hall is named
/// after (最多跑一次).
///
/// Counted are the people who came. A visit is complete when each of its services was completed or needed nothing; it is
/// not when papers were missing, when the person has to come again, or when the person left before all was done. Visits
/// with which nothing was to be done, or of which nobody said what came, are left out.
package struct OneTripFigure: Sendable, Hashable {
    package var complete: Int
    package var visits: Int

    package init(complete: Int, visits: Int) {
        self.complete = complete
        self.visits = visits
    }

    /// Of the queue's day so far. O(m) for its m tickets.
    package init(of queue: HallQueue) {
        self.init(complete: 0, visits: 0)
        for ticket in queue.tickets.values {
            guard let isComplete = ticket.isComplete else { continue }
            visits += 1
            if isComplete { complete += 1 }
        }
    }

    /// Rounded down, so that 100 means all; `nil` when no visit counts.
    package var percent: Int? { visits == 0 ? nil : complete * 100 / visits }
}
