import Domain

extension CatalogueReader {
    /// `at`, one of `daysAhead`, `weekly` and `monthly`, and perhaps `jitterMinutes` and `ballot`.
    static func release(_ value: DocumentValue) -> ReleaseRule? {
        guard let fields = value.fields() else { return nil }
        let time = fields.required("at")
        // A time that ends a range is written as one that begins it: 24:00 is no time of release.
        let minute = time?.string().flatMap { TimeRange($0 + "-24:00")?.start }
        if let time, minute == nil { time.report("is no time of the day; write it in quotes, such as \"09:00\"") }
        var rhythms: [ReleaseRule.Rhythm] = []
        var count = 0
        if let days = fields.optional("daysAhead") {
            count += 1
            if let days = days.int() { rhythms.append(.daily(daysAhead: days)) }
        }
        if let weekday = fields.optional("weekly") {
            count += 1
            if let weekday = weekday.choice(Weekday.self) { rhythms.append(.weekly(on: weekday)) }
        }
        if let day = fields.optional("monthly") {
            count += 1
            if let day = day.int() { rhythms.append(.monthly(day: day)) }
        }
        if count != 1 {
            value.report(
                "needs one of daysAhead (each day opens so many days before), weekly (the weekday on which the next week "
                    + "opens) and monthly (the day on which the next month opens)")
        }
        let jitter = fields.optional("jitterMinutes").map { $0.int() ?? 0 } ?? 0
        let ballot = fields.optional("ballot").flatMap(Self.ballot)
        fields.finish()
        guard let minute, let rhythm = rhythms.first else { return nil }
        return ReleaseRule(rhythm, minute: minute, jitterMinutes: jitter, ballot: ballot)
    }

    private static func ballot(_ value: DocumentValue) -> BallotRule? {
        guard let fields = value.fields() else { return nil }
        let ballot = BallotRule(
            entryDays: fields.required("entryDays")?.int() ?? 1,
            closesHoursBefore: fields.required("closesHoursBefore")?.int() ?? 1,
            preferences: fields.optional("preferences").map { $0.int() ?? 5 } ?? 5)
        fields.finish()
        return ballot
    }
}
