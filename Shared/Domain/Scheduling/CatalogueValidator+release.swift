extension CatalogueValidator {
    mutating func check(_ release: ReleaseRule, of service: ServiceID, _ path: String) {
        let before = issues.count
        check(release.jitterMinutes, in: 0...240, "\(path).jitterMinutes", "minutes")
        switch release.rhythm {
        case .daily(let days): check(days, in: 0...364, "\(path).daysAhead", "days")
        case .monthly(let day): check(day, in: 1...31, "\(path).monthly", "as the day of the month")
        case .weekly: break
        }
        if let ballot = release.ballot {
            check(ballot.entryDays, in: 1...60, "\(path).ballot.entryDays", "days")
            check(ballot.closesHoursBefore, in: 1...240, "\(path).ballot.closesHoursBefore", "hours")
            check(ballot.preferences, in: 1...10, "\(path).ballot.preferences", "preferences")
        }
        guard issues.count == before else { return }
        let halls = catalogue.halls(offering: service)
        for hall in halls where hall.horizonDays < release.horizonDays {
            report(
                path,
                "needs a hall whose days reach \(release.horizonDays) days ahead, but horizonDays of '\(hall.id)' is "
                    + "\(hall.horizonDays); raise it, or open the places later")
        }
        guard let ballot = release.ballot else { return }
        require(
            ballot.closesHoursBefore < ballot.entryDays * 24, "\(path).ballot.closesHoursBefore",
            "is \(ballot.closesHoursBefore), so that entries would end before they begin; give less than "
                + "\(ballot.entryDays * 24) hours")
        require(
            Set(halls.map(\.timeZone)).count <= 1, "\(path).ballot",
            "draws the places of halls in different time zones together; a ballot needs halls of one time zone")
        require(
            ballot.entryDays + release.horizonDays <= (halls.map(\.horizonDays).min() ?? .max),
            "\(path).ballot.entryDays",
            "begins before the halls' days are there; entryDays and \(release.horizonDays) days to the last visit must "
                + "not be more than horizonDays")
    }
}
