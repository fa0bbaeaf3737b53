import ArgumentParser
import TestSupport

/// What can be measured.
enum Benchmark: String, CaseIterable, ExpressibleByArgument, Sendable {
    case callToDisplay = "call-to-display"
    case ticketIssue = "ticket-issue"
    case callNext = "call-next"
    case booking
    case bookingWriter = "booking-writer"
    case availability
    case reads
    case routing

    /// The longest a benchmark may take.
    var limit: Duration { self == .bookingWriter ? .seconds(120) : .seconds(40) }

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
            case .bookingWriter: try await BookingWriter.run()
            case .availability: try await AvailabilityRate.run()
            case .reads: try await Reads.run()
            case .routing: try Routing.run()
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
