extension CatalogueValidator {
    mutating func checkCity() {
        check(catalogue.name, "name", limit: 60)
        check(catalogue.version, in: 1...1_000_000, "version")
        require(!catalogue.services.isEmpty, "services", "the city has no service; list one or more")
        require(!catalogue.halls.isEmpty, "halls", "the city has no hall; list one or more")
        checkUnique(catalogue.lifeEvents.map(\.id), "life event") { "lifeEvents[\($0)].id" }
        for (index, event) in catalogue.lifeEvents.enumerated() {
            checkSlug(event.id, "lifeEvents[\(index)].id")
            check(event.name, "lifeEvents[\(index)].name", limit: 60)
        }
        for (date, name) in catalogue.holidays.sorted(by: { $0.key < $1.key }) {
            check(name, "holidays.\(date)", limit: 60)
            require(
                catalogue.workdays[date] == nil, "workdays.\(date)",
                "is both a holiday and a make-up working day; drop one of them")
        }
    }

    /// Three at once at least, so that work is asked for before anybody is refused.
    mutating func checkRequestLimits() {
        let limits = catalogue.requestLimits
        for (kind, rates) in [("holds", limits.holds), ("bookings", limits.bookings), ("codes", limits.codes)] {
            for (name, rate) in [("phone", rates.phone), ("device", rates.device), ("address", rates.address)] {
                guard let rate else { continue }
                check(rate.burst, in: 3...1_000_000, "requestLimits.\(kind).\(name).burst", "requests")
                check(rate.perMinute, in: 1...1_000_000, "requestLimits.\(kind).\(name).perMinute", "requests")
            }
        }
    }

    mutating func check(_ service: Service) {
        let path = "services[\(service.position)]"
        checkSlug(service.id.rawValue, "\(path).id")
        check(service.name, "\(path).name", limit: 60)
        check(service.summary, "\(path).summary", limit: 400)
        if let fee = service.fee { check(fee, "\(path).fee") }
        require(
            service.letter.utf8.count == 1 && ("A"..."Z").contains(service.letter),
            "\(path).letter", "'\(service.letter)' cannot start a ticket number; give one of A to Z")
        require(
            service.meanMinutes > 0 && service.meanMinutes <= 480, "\(path).meanMinutes",
            "is \(service.meanMinutes); give the mean time at the window, more than 0 and at most 480 minutes")
        require(
            !service.audience.isEmpty, "\(path).audience",
            "is empty; name whom the service is for: citizen, business, agency")
        checkUnique(service.audience.map(\.rawValue), "audience") { "\(path).audience[\($0)]" }
        for (index, keyword) in service.keywords.enumerated() {
            require(
                !keyword.allSatisfy(\.isWhitespace) && keyword.count <= 60, "\(path).keywords[\(index)]",
                "is empty or longer than 60 characters")
        }
        checkUnique(service.lifeEvents, "life event") { "\(path).lifeEvents[\($0)]" }
        for (index, event) in service.lifeEvents.enumerated() {
            checkKnown(event, among: catalogue.lifeEvents.map(\.id), "life event", "\(path).lifeEvents[\(index)]")
        }
        if let days = service.legalDays { check(days, in: 0...365, "\(path).legalDays", "working days") }
        checkUnique(service.after.map(\.rawValue), "service") { "\(path).after[\($0)]" }
        for (index, other) in service.after.enumerated() {
            checkKnown(
                other.rawValue, among: catalogue.services.keys.map(\.rawValue), "service", "\(path).after[\(index)]")
            require(
                !leads(from: other, to: service.id), "\(path).after[\(index)]",
                "'\(service.id)' comes after '\(other)', and '\(other)' after '\(service.id)'; no order would do")
        }
        check(service.checklist, "\(path).checklist")
        check(service.identity, path)
        check(service.limits, "\(path).limits")
        check(service.returnDelayMinutes, in: 0...1440, "\(path).returnDelayMinutes", "minutes")
        if let waitlist = service.waitlist {
            check(waitlist.offerMinutes, in: 5...1440, "\(path).waitlist.offerMinutes", "minutes")
            check(waitlist.maxDays, in: 1...90, "\(path).waitlist.maxDays", "days")
        }
        if let release = service.release { check(release, of: service.id, "\(path).release") }
    }

    private mutating func check(_ identity: IdentityRule, _ path: String) {
        checkUnique(identity.documents.map(\.rawValue), "document") { "\(path).identityDocuments[\($0)]" }
        require(
            identity.isAsked || identity.documents.isEmpty, "\(path).identityDocuments",
            "names documents, but none is asked for; set identity to optional or required, or drop them")
        require(
            !identity.isAsked || !identity.documents.isEmpty, "\(path).identityDocuments",
            "is empty, so nobody could book; name the documents that will do, or drop it to accept all")
    }

    private mutating func check(_ limits: PersonLimits, _ path: String) {
        if let count = limits.perWeek { check(count, in: 1...100, "\(path).perWeek", "visits") }
        if let count = limits.perMonth { check(count, in: 1...400, "\(path).perMonth", "visits") }
        if let perWeek = limits.perWeek, let perMonth = limits.perMonth {
            require(
                perWeek <= perMonth, "\(path).perMonth",
                "is \(perMonth), less than the \(perWeek) of a week; give at least as many, or drop perWeek")
        }
        guard let rule = limits.noShows else { return }
        check(rule.count, in: 1...100, "\(path).noShows.count", "visits")
        check(rule.withinDays, in: 1...366, "\(path).noShows.withinDays", "days")
        check(rule.blockDays, in: 1...366, "\(path).noShows.blockDays", "days")
        check(rule.forgiven, in: 0...100, "\(path).noShows.forgiven", "visits")
    }

    /// Whether a service is another, or comes after it, by however many steps.
    private func leads(from service: ServiceID, to other: ServiceID) -> Bool {
        var seen: Set<ServiceID> = []
        var next = [service]
        while let service = next.popLast() {
            if service == other { return true }
            if seen.insert(service).inserted { next += catalogue.services[service]?.after ?? [] }
        }
        return false
    }

    private mutating func check(_ checklist: Checklist, _ path: String) {
        check(checklist.version, in: 1...1_000_000, "\(path).version")
        checkUnique(checklist.questions.map(\.id), "question") { "\(path).questions[\($0)].id" }
        for (index, question) in checklist.questions.enumerated() {
            let path = "\(path).questions[\(index)]"
            checkSlug(question.id, "\(path).id")
            check(question.text, "\(path).text")
            require(
                question.options.count >= 2, "\(path).options",
                "has \(question.options.count) of them; a question needs two or more")
            checkUnique(question.options.map(\.id), "option") { "\(path).options[\($0)].id" }
            for (index, option) in question.options.enumerated() {
                checkSlug(option.id, "\(path).options[\(index)].id")
                check(option.text, "\(path).options[\(index)].text")
            }
        }
        checkUnique(checklist.items.map(\.id), "paper") { "\(path).items[\($0)].id" }
        for (index, item) in checklist.items.enumerated() {
            check(item, of: checklist, "\(path).items[\(index)]")
        }
    }

    private mutating func check(_ item: ChecklistItem, of checklist: Checklist, _ path: String) {
        checkSlug(item.id, "\(path).id")
        check(item.name, "\(path).name")
        check(item.count, in: 1...99, "\(path).count")
        if let text = item.whereToGet { check(text, "\(path).whereToGet", limit: 400) }
        if let text = item.sample { check(text, "\(path).sample", limit: 400) }
        for (name, options) in (item.when ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let question = checklist.questions.first(where: { $0.id == name }) else {
                checkKnown(name, among: checklist.questions.map(\.id), "question", "\(path).when.\(name)")
                continue
            }
            require(!options.isEmpty, "\(path).when.\(name)", "names no option, so nobody would need this paper")
            checkUnique(options, "option") { "\(path).when.\(name)[\($0)]" }
            for (index, option) in options.enumerated() {
                checkKnown(option, among: question.options.map(\.id), "option", "\(path).when.\(name)[\(index)]")
            }
        }
    }
}
