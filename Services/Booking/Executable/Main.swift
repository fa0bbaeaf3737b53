import ArgumentParser
import BookingService
import ServiceBootstrap

@main
struct BookingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "onetrip-booking",
        abstract: "Runs the booking service: catalogue, slots, appointments, citizens' pages.",
        discussion: ConfigurationKey.help)

    @Option(help: "A JSON file with settings; the environment wins.")
    var config: String?

    func run() async throws {
        try await ServiceProcess.main(
            service: "booking", schema: BookingSchema.name, configurationFile: config, build: buildBooking)
    }
}
