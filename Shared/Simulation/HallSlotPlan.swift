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
    /// Whether the plan lowers waits and overtime together on days that the search has not seen.
    package let isBetter: Bool

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
        /// The hall's own rule.
        package var policy = Policy.engine
        package var workers = 1
        package init() {}
    }

    /// Searches, divides among the services, and simulates both plans on the same people.
    package init(
        _ hall: HallScenario, settings: Settings = Settings(), progress: @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let flat = Dictionary(
            uniqueKeysWithValues: hall.bookable.map { bookable in
                (
                    bookable.service,
                    Dictionary(uniqueKeysWithValues: bookable.starts.map { ($0, bookable.offer.places) })
                )
            })
        let planner = SlotPlanner(
            hall.scenario, slots: hall.flatCells.map { (slot: $0.0, places: $0.1) }, share: hall.filledShare)
        let found = try planner.search(
            from: planner.newsvendor(), seed: settings.searchSeed, settings: settings.search, progress: progress)
        let split = PlaceSplit(found, of: hall)
        let now = try await Judged(flat, of: hall, settings)
        let planned = try await Judged(split.places, of: hall, settings)
        let price = settings.search.overtime
        isBetter =
            planned.figures.cost + price * planned.figures.overtime < now.figures.cost + price * now.figures.overtime
        let chosen = isBetter ? planned : now
        places = isBetter ? split.places : flat
        left = isBetter ? split.left : [:]
        before = now.figures
        after = chosen.figures
        self.hall = hall
        cells = Self.cells(of: hall, flat: flat, places: places, now: now, planned: chosen)
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
        let numbers = Dictionary(uniqueKeysWithValues: hall.scenario.serviceNames.enumerated().map { ($1, $0) })
        let slots = places.flatMap { service, slots in
            slots.map { start, count in
                DayGenerator.BookedSlot(
                    slot: start * 60, places: count, service: numbers[service.rawValue],
                    share: hall.booked.share(of: service))
            }
        }.sorted { ($0.slot, $0.service ?? 0) < ($1.slot, $1.service ?? 0) }
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
            let outcome = try policy.run(day, of: hall.scenario)
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
