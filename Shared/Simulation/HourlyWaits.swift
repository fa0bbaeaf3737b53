/// Waits of offices by weekday and hour, as recorded from outside: nothing is known of who came, or of how many served.
///
/// Read from CSV (RFC 4180 without quotes) with the columns office, weekday (0 = Monday), hour, n, appt_mean, appt_p50,
/// appt_p90, walkin_mean, walkin_p50 and walkin_p90, in any order; times in minutes.
package struct HourlyWaits: Sendable {
    /// Over the captures of an hour, on that weekday of many weeks [min].
    package struct Wait: Sendable, Hashable {
        package var mean: Double
        package var median: Double
        package var p90: Double
    }

    package struct Hour: Sendable, Hashable {
        package var hour: Int
        /// How many captures were made.
        package var captures: Int
        package var appointment: Wait
        package var walkIn: Wait
    }

    /// By office and weekday, in the order of the hours.
    private var hours: [String: [Int: [Hour]]] = [:]

    package var offices: [String] { hours.keys.sorted() }

    private static let columns = [
        "office", "weekday", "hour", "n", "appt_mean", "appt_p50", "appt_p90", "walkin_mean", "walkin_p50",
        "walkin_p90",
    ]

    /// Refuses what is missing, no number, out of range or given twice, with the number of its line.
    package init(csv: String) throws {
        let lines = csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let header = (lines.first ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let places = try Self.columns.map { column in
            guard let place = header.firstIndex(of: column) else {
                throw SimulationError.invalid("line 1: there is no column \(column)")
            }
            return place
        }
        for (number, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count == header.count else {
                throw SimulationError.invalid("line \(number + 1): \(cells.count) cells, not \(header.count)")
            }
            try add(places.map { String(cells[$0]) }, line: number + 1)
        }
        guard !hours.isEmpty else { throw SimulationError.invalid("there is no row below the header") }
        for office in hours.keys {
            for weekday in hours[office, default: [:]].keys { hours[office]?[weekday]?.sort { $0.hour < $1.hour } }
        }
    }

    private mutating func add(_ cells: [String], line: Int) throws {
        func number(_ column: Int, _ range: ClosedRange<Double>) throws -> Double {
            guard let value = Double(cells[column]), range.contains(value) else {
                throw SimulationError.invalid(
                    "line \(line), \(Self.columns[column]): \(cells[column]) is no number from \(Int(range.lowerBound)) to "
                        + "\(Int(range.upperBound))")
            }
            return value
        }
        func whole(_ column: Int, _ range: ClosedRange<Double>) throws -> Int {
            let value = try number(column, range)
            guard value == value.rounded() else {
                throw SimulationError.invalid("line \(line), \(Self.columns[column]): \(cells[column]) is not whole")
            }
            return Int(value)
        }
        func wait(_ column: Int) throws -> Wait {
            let minutes = 0.0...1440.0
            return Wait(
                mean: try number(column, minutes), median: try number(column + 1, minutes),
                p90: try number(column + 2, minutes))
        }
        let weekday = try whole(1, 0...6)
        let hour = Hour(
            hour: try whole(2, 0...23), captures: try whole(3, 1...1_000_000), appointment: try wait(4),
            walkIn: try wait(7))
        guard hours[cells[0]]?[weekday]?.contains(where: { $0.hour == hour.hour }) != true else {
            throw SimulationError.invalid(
                "line \(line): \(cells[0]), weekday \(weekday), hour \(hour.hour) is given twice")
        }
        hours[cells[0], default: [:]][weekday, default: []].append(hour)
    }

    /// The hours of an office on a weekday, of which there are at least two, one after the other.
    package func hours(of office: String, weekday: Int) throws -> [Hour] {
        guard let days = hours[office] else {
            let near = offices.filter { $0.hasPrefix(office.prefix(3)) }.prefix(5).joined(separator: ", ")
            throw SimulationError.invalid("there is no office \(office)" + (near.isEmpty ? "" : "; there are \(near)"))
        }
        guard let found = days[weekday], let first = found.first else {
            let known = days.keys.sorted().map(String.init).joined(separator: ", ")
            throw SimulationError.invalid("\(office) has no hours on weekday \(weekday); it has weekdays \(known)")
        }
        guard found.count >= 2, found.enumerated().allSatisfy({ $1.hour == first.hour + $0 }) else {
            throw SimulationError.invalid("\(office), weekday \(weekday): the hours are not one after the other")
        }
        return found
    }
}
