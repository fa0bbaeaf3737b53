package import Domain

/// Places for the slots of a hall on a weekday: how many of each service when, what becomes of the waits, and why.
package struct HallSlotPlan: Sendable {
    /// Why a cell gets another number of places.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        case same
        /// Nobody is on duty.
        case closed
        /// Fewer or more windows on duty than on the average of the day.
        case fewerWindows, moreWindows
        /// More or fewer people without a booking than on the average of the day.
        case moreWalkIns, fewerWalkIns
        /// At the end of the day, what is not done is overtime.
        case overtime
        /// Windows would be idle at opening.
        case opening
        /// So the cells around it come out better in simulation.
        case neighbours
    }

    package struct Cell: Sendable, Hashable {
        /// Minutes since midnight.
        package var time: Range<Int>
        /// On duty, on average.
        package var windows: Double
        /// Expected people without a booking.
        package var walkIns: Double
        /// Expected minutes of service for walk-ins and for the people booked now, visits followed to their end.
        package var work: Double
        /// Places of all slots that begin in the cell.
        package var now: Int
        package var planned: Int
        /// Mean minutes that people who are due in the cell wait; `nil` when nobody is.
        package var waitNow: Double?
        package var waitPlanned: Double?
        package var reason: Reason
    }

    /// Means over the days simulated, in minutes.
    package struct Figures: Sendable, Hashable {
        package var mean: Double
        package var p90: Double
        package var cost: Double
        package var overtime: Double
    }

    package let hall: HallScenario
    package let cells: [Cell]
    /// Places by service and start of the slot in minutes since midnight: those planned, or those of now where nothing
    /// better was found.
    package let places: [ServiceID: [Int: Int]]
    /// Places of the city file that no slot can hold with the windows on duty.
    package let left: [ServiceID: Int]
    package let before: Figures
    package let after: Figures
    /// Whether the places change: the plan lowers waits and overtime together on days that the search has not seen, and
    /// people stay little longer; or some of today's places are where nobody can serve them.
    package let isChanged: Bool

    package var total: (now: Int, planned: Int) {
        (cells.reduce(0) { $0 + $1.now }, cells.reduce(0) { $0 + $1.planned })
    }

    /// How the plan is searched for and judged.
    package struct Settings: Sendable, Hashable {
        package var search = SlotPlanner.Settings()
        /// The first day of the search, and the first of the days on which plans are judged.
        package var searchSeed = 1000
        package var judgeSeed = 50_000
        package var judgeDays = 40
        /// By how many minutes the day may end later than with the places of now. A search that goes beyond it is made
        /// again with overtime twice as dear, twice at most.
        package var mostOvertime = 10.0
        /// The hall's own rule.
        package var policy = Policy.engine
        package var workers = 1
        package init() {}
    }

    /// Searches, divides among the services, and simulates both plans on the same people.
    package init(
        _ hall: HallScenario, settings: Settings = Settings(), progress: @Sendable (Int) -> Void = { _ in }
    ) async throws {
        var settings = settings
        settings.search.dials = hall.dials
        let flat = Dictionary(
            uniqueKeysWithValues: hall.bookable.map { bookable in
                (
                    bookable.service,
                    Dictionary(uniqueKeysWithValues: bookable.starts.map { ($0, bookable.offer.places) })
                )
            })
        let now = try await Judged(flat, of: hall, settings)
        let price = settings.search.overtime
        let latest = now.figures.overtime + settings.mostOvertime
        var (wanted, missing) = try Self.search(hall, flat: flat, settings, progress)
        var planned = try await Judged(wanted, of: hall, settings)
        while planned.figures.overtime > latest, settings.search.overtime < 4 * price {
            settings.search.overtime *= 2
            (wanted, missing) = try Self.search(hall, flat: flat, settings, progress)
            planned = try await Judged(wanted, of: hall, settings)
        }
        let isBetter =
            planned.figures.cost + price * planned.figures.overtime < now.figures.cost + price * now.figures.overtime
        isChanged = !hall.isPossible(flat) || isBetter && planned.figures.overtime <= latest
        let chosen = isChanged ? planned : now
        places = isChanged ? wanted : flat
        left = isChanged ? missing : [:]
        before = now.figures
        after = chosen.figures
        self.hall = hall
        cells = Self.cells(of: hall, flat: flat, places: places, now: now, planned: chosen)
    }

    /// First for all services together, then service by service: windows with few skills have peaks of their own.
    private static func search(
        _ hall: HallScenario, flat: [ServiceID: [Int: Int]], _ settings: Settings, _ progress: (Int) -> Void
    ) throws -> (places: [ServiceID: [Int: Int]], left: [ServiceID: Int]) {
        let joint = SlotPlanner(
            hall.scenario,
            slots: hall.flatCells.map {
                DayGenerator.BookedSlot(slot: $0.0, places: $0.1, share: hall.filledShare)
            })
        let found = try joint.search(
            from: joint.newsvendor(), seed: settings.searchSeed, settings: settings.search, progress: progress)
        let split = PlaceSplit(found, of: hall)
        guard settings.search.rounds > 0 else { return (split.places, split.left) }

        let slots = hall.slots(flat)
        let keys = hall.bookable.flatMap { bookable in bookable.starts.map { (bookable, $0) } }
        let most = keys.map { bookable, start in
            hall.starts(of: bookable.service, in: start..<start + bookable.offer.slotMinutes)
        }
        let planner = SlotPlanner(hall.scenario, slots: slots, most: most)
        let divided = keys.map { split.places[$0.service]?[$1] ?? 0 }
        let isFlatBetter =
            try hall.isPossible(flat)
            && planner.cost(of: planner.flat, seed: settings.searchSeed, settings.search)
                < planner.cost(of: divided, seed: settings.searchSeed, settings.search)
        var single = settings.search
        single.rounds = (settings.search.rounds + 2) / 3
        let plan = try planner.search(
            from: isFlatBetter ? planner.flat : divided, seed: settings.searchSeed, settings: single
        ) { progress(settings.search.rounds + $0) }
        var places: [ServiceID: [Int: Int]] = [:]
        for ((bookable, start), count) in zip(keys, plan) { places[bookable.service, default: [:]][start] = count }
        return (places, isFlatBetter ? [:] : split.left)
    }

    private static func cells(
        of hall: HallScenario, flat: [ServiceID: [Int: Int]], places: [ServiceID: [Int: Int]], now: Judged,
        planned: Judged
    ) -> [Cell] {
        let demand = hall.scenario.demandModel()
        let visit = hall.scenario.workPerVisit()
        let numbers = Dictionary(uniqueKeysWithValues: hall.scenario.serviceNames.enumerated().map { ($1, $0) })
        let walkInWork = zip(demand.mix, visit).reduce(0) { $0 + $1.0 * $1.1.mean } / 60
        func count(_ plan: [ServiceID: [Int: Int]], _ cell: Range<Int>) -> Int {
            plan.values.reduce(0) { sum, slots in sum + slots.reduce(0) { $0 + (cell.contains($1.key) ? $1.value : 0) }
            }
        }
        var cells = hall.cells.enumerated().map { number, time in
            let walkIns =
                demand.expected(until: time.upperBound * 60) - demand.expected(until: time.lowerBound * 60)
            let booked = hall.bookable.reduce(0.0) { sum, bookable in
                let places = bookable.starts.reduce(0) { $0 + (time.contains($1) ? bookable.offer.places : 0) }
                return sum + Double(places) * hall.booked.share(of: bookable.service)
                    * (numbers[bookable.service.rawValue].map { visit[$0].mean / 60 } ?? 0)
            }
            return Cell(
                time: time, windows: hall.windows(in: time), walkIns: walkIns,
                work: walkIns * walkInWork + booked * demand.showOdds, now: count(flat, time),
                planned: count(places, time), waitNow: now.waits[number], waitPlanned: planned.waits[number],
                reason: .same)
        }
        let windows = cells.map(\.windows).mean
        let walkIns = cells.map(\.walkIns).mean
        for index in cells.indices {
            cells[index].reason = reason(cells[index], at: index, of: cells.count, windows, walkIns)
        }
        return cells
    }

    /// The first that explains it; a tenth off the average is nothing to speak of.
    private static func reason(
        _ cell: Cell, at index: Int, of count: Int, _ windows: Double, _ walkIns: Double
    ) -> Reason {
        guard cell.planned != cell.now else { return .same }
        if cell.planned < cell.now {
            if cell.windows < 0.05 { return .closed }
            if cell.windows < 0.9 * windows { return .fewerWindows }
            if cell.walkIns > 1.1 * walkIns { return .moreWalkIns }
            return index >= count - 2 ? .overtime : .neighbours
        }
        if cell.windows > 1.1 * windows { return .moreWindows }
        if cell.walkIns < 0.9 * walkIns { return .fewerWalkIns }
        return index < 2 ? .opening : .neighbours
    }
}

extension HallScenario {
    /// Whether no slot has more places than the windows with the skill can begin.
    fileprivate func isPossible(_ places: [ServiceID: [Int: Int]]) -> Bool {
        bookable.allSatisfy { bookable in
            bookable.starts.allSatisfy { start in
                (places[bookable.service]?[start] ?? 0)
                    <= starts(of: bookable.service, in: start..<start + bookable.offer.slotMinutes)
            }
        }
    }

    /// The slots of all services, one service after the other, with these places.
    fileprivate func slots(_ places: [ServiceID: [Int: Int]]) -> [DayGenerator.BookedSlot] {
        let numbers = Dictionary(uniqueKeysWithValues: scenario.serviceNames.enumerated().map { ($1, $0) })
        return bookable.flatMap { bookable in
            bookable.starts.map { start in
                DayGenerator.BookedSlot(
                    slot: start * 60, places: places[bookable.service]?[start] ?? 0,
                    service: numbers[bookable.service.rawValue], share: booked.share(of: bookable.service))
            }
        }
    }

    /// The places of now in the cells: a slot that is longer than a cell has a part in each.
    fileprivate var flatCells: [(Int, Int)] {
        var given = 0
        var sum = 0.0
        return cells.map { cell in
            sum += bookable.reduce(0.0) { sum, bookable in
                let minutes = bookable.starts.reduce(0) {
                    $0 + cell.clamped(to: $1..<$1 + bookable.offer.slotMinutes).count
                }
                return sum + Double(minutes * bookable.offer.places) / Double(bookable.offer.slotMinutes)
            }
            let places = Int(sum.rounded()) - given
            given += places
            return (cell.lowerBound * 60, places)
        }
    }

    /// The cell in which somebody who is due at a moment counts [s since midnight]: the last that has begun.
    fileprivate func cell(at time: Int) -> Int {
        max(0, (cells.firstIndex { $0.lowerBound * 60 > time } ?? cells.count) - 1)
    }
}

/// A plan on simulated days.
private struct Judged: Sendable {
    var figures: HallSlotPlan.Figures
    /// Mean minutes by cell; `nil` where nobody was due.
    var waits: [Double?]

    init(
        _ places: [ServiceID: [Int: Int]], of hall: HallScenario, _ settings: HallSlotPlan.Settings
    ) async throws {
        let generator = DayGenerator(hall.scenario)
        let slots = hall.slots(places)
        let days = (0..<settings.judgeDays).map { generator.day(seed: settings.judgeSeed + $0, booked: slots) }
        var results = days.map { _ in Result() }
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var next = 0
            var done = 0
            while done < days.count {
                while next < days.count, next - done < max(1, settings.workers) {
                    let number = next
                    group.addTask { (number, try Result(days[number], of: hall, settings.policy)) }
                    next += 1
                }
                guard let (number, result) = try await group.next() else { break }
                results[number] = result
                done += 1
            }
        }
        func mean(_ name: KeyPath<Result, Double>) -> Double { results.map { $0[keyPath: name] }.mean }
        figures = HallSlotPlan.Figures(
            mean: mean(\.mean), p90: mean(\.p90), cost: mean(\.cost), overtime: mean(\.overtime))
        waits = hall.cells.indices.map { cell in
            let count = results.reduce(0) { $0 + ($1.people.indices.contains(cell) ? $1.people[cell] : 0) }
            return count > 0 ? results.reduce(0) { $0 + $1.waits[cell] } / count : nil
        }
    }

    private struct Result: Sendable {
        var mean = 0.0
        var p90 = 0.0
        var cost = 0.0
        var overtime = 0.0
        var waits: [Double] = []
        var people: [Double] = []

        init() {}

        init(_ day: Day, of hall: HallScenario, _ policy: Policy) throws {
            let outcome = try policy.run(day, of: hall.scenario, dials: hall.dials)
            let metrics = DayMetrics(day: day, served: outcome.served, scenario: hall.scenario)
            mean = metrics["mean"] ?? 0
            p90 = metrics["p90"] ?? 0
            cost = metrics["J"] ?? 0
            overtime = metrics["overtime"] ?? 0
            waits = hall.cells.map { _ in 0 }
            people = waits
            for person in Waits(day: day, served: outcome.served).all {
                let citizen = day.citizens[person.citizen]
                let cell = hall.cell(at: citizen.isBooked ? citizen.slot : person.arrived)
                waits[cell] += person.wait
                people[cell] += 1
            }
        }
    }
}
