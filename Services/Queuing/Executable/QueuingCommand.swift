import ArgumentParser
import QueuingService
import ServiceBootstrap

@main
struct QueuingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "onetrip-queuing",
        abstract: "Runs the queuing service: the halls' queues, kiosks and staff pages.",
        discussion: ConfigurationKey.help)

    @Option(help: "A JSON file with settings; the environment wins.")
    var config: String?

    func run() async throws {
        try await ServiceProcess.main(
            service: "queuing", schema: QueuingSchema.name, configurationFile: config, build: buildQueuing)
    }
}
