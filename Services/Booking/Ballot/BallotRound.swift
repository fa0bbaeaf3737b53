package import Domain
import Messaging
import Postgres

/// A round of a ballot: the places of a period, for which people enter.
package struct BallotRound: Sendable {
    package enum State: String, Sendable {
        case open, drawn, settled
    }

    package var id: String
    package var service: ServiceID
    package var period: ReleasePeriod
    package var opens: Timestamp
    package var closes: Timestamp
    package var releases: Timestamp
    package var seedSealed: [UInt8]
    package var commitment: String
    /// Numbers given so far.
    package var entries: Int
    package var state: State
    package var drawnAt: Timestamp?

    /// Whether somebody can enter.
    package func takesEntries(at now: Timestamp) -> Bool {
        state == .open && opens <= now && now < closes
    }

    /// What is published while entries are taken.
    package var record: BallotRecord {
        BallotRecord(
            round: id, service: service, period: period, opens: opens, closes: closes, releases: releases,
            commitment: commitment, count: entries)
    }

    /// The round of a service that is due at a moment, if people can enter then.
    static func due(
        for service: ServiceID, rule: ReleaseRule, zone: TimeZoneRules, at now: Timestamp
    ) -> BallotRecord? {
        guard let ballot = rule.ballot else { return nil }
        // Periods open one after the other, so the next release is that of a day not far ahead.
        let today = zone.date(at: now)
        var period = rule.period(of: today)
        for _ in 0...(rule.horizonDays + ballot.entryDays) {
            let releases = rule.release(of: period, in: zone)
            let (opens, closes) = ballot.entryTime(before: releases)
            if opens > now { return nil }
            if now < closes {
                return BallotRecord(
                    round: "\(service)_\(period.first)", service: service, period: period, opens: opens, closes: closes,
                    releases: releases, commitment: "", count: 0)
            }
            period = rule.period(of: period.last.advanced(days: 1))
        }
        return nil
    }
}

extension BallotRound {
    static let columns = """
        r.id, r.service, r.first_day, r.last_day, r.opens_at, r.closes_at, r.releases_at, r.seed_sealed,
        r.seed_commitment, r.entries, r.state, r.drawn_at
        """

    init(_ row: PostgresRow) throws {
        let state: String = try row.decode("state")
        guard let known = State(rawValue: state), let first = LocalDate(try row.decode("first_day", as: String.self)),
            let last = LocalDate(try row.decode("last_day", as: String.self))
        else { throw BookingError.unreadable("round of a ballot") }
        self.init(
            id: try row.decode("id"), service: ServiceID(try row.decode("service", as: String.self)),
            period: ReleasePeriod(first: first, last: last), opens: try row.decode("opens_at"),
            closes: try row.decode("closes_at"), releases: try row.decode("releases_at"),
            seedSealed: try row.decode("seed_sealed"), commitment: try row.decode("seed_commitment"),
            entries: try row.decode("entries"), state: known, drawnAt: try row.decode("drawn_at"))
    }
}
