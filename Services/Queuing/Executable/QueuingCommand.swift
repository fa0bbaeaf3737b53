import ArgumentParser
import QueuingService
import ServiceBootstrap

@main
struct QueuingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "onetrip-queuing",
        abstract: "Runs the queuing service: the halls' queues, kiosks and staff pages.",
        discussion: ConfigurationKey.help)

    @Option(name: .long, help: "A file of settings; the environment wins over it.")
    var configuration: String?

    func run() async throws {
        try await ServiceProcess.main(
            service: "queuing", schema: QueuingSchema.name, configurationFile: configuration, build: buildQueuing)
    }
}
