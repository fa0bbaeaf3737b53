import ArgumentParser
import BookingService
import ServiceBootstrap

@main
struct BookingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "onetrip-booking",
        abstract: "Runs the booking service: catalogue, slots, appointments, citizens' pages.",
        discussion: ConfigurationKey.help)

    @Option(name: .long, help: "A file of settings; the environment wins over it.")
    var configuration: String?

    func run() async throws {
        try await ServiceProcess.main(
            service: "booking", schema: BookingSchema.name, configurationFile: configuration, build: buildBooking)
    }
}
