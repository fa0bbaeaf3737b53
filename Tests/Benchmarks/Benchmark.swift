import ArgumentParser
import TestSupport

/// What can be measured.
enum Benchmark: String, CaseIterable, ExpressibleByArgument, Sendable {
    case callToDisplay = "call-to-display"
    case ticketIssue = "ticket-issue"
    case callNext = "call-next"
    case booking
    case bookingHTTP = "booking-http"
    case bookingWriter = "booking-writer"
    case availability
    case growth
    case reads
    case routing
    case rush

    /// Those that are run when none is named: `growth` fills tables for a quarter of an hour.
    static var usual: [Benchmark] { allCases.filter { $0 != .growth } }

    /// The longest a benchmark may take.
    var limit: Duration {
        switch self {
        case .bookingHTTP, .bookingWriter, .rush: .seconds(180)
        case .growth: .seconds(1800)
        default: .seconds(40)
        }
    }

    /// How it is run again.
    var command: String {
        #if DEBUG
            "swift run onetrip-bench \(rawValue)"
        #else
            "make bench ARGS=\(rawValue)"
        #endif
    }

    func run() async throws -> [Figure] {
        try await withDeadline(limit, "the benchmark \(rawValue)") {
            switch self {
            case .callToDisplay: try await CallToDisplay.run()
            case .ticketIssue: try await TicketIssue.run()
            case .callNext: try await CallNext.run()
            case .booking: try await BookingRate.run()
            case .bookingHTTP: try await BookingHTTP.run()
            case .bookingWriter: try await BookingWriter.run()
            case .availability: try await AvailabilityRate.run()
            case .growth: try await Growth.run()
            case .reads: try await Reads.run()
            case .routing: try Routing.run()
            case .rush: try await Rush.run()
            }
        }
    }

    /// A figure of this benchmark.
    func figure(_ name: String, _ unit: String, _ value: Double, base: Double? = nil) -> Figure {
        Figure(
            name: "\(rawValue): \(name)", unit: unit, value: value, base: base, ratio: base.map { value / $0 },
            command: command)
    }
}
