import ArgumentParser
import NotificationService
import ServiceBootstrap

@main
struct NotificationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "onetrip-notification",
        abstract: "Live state of the halls on screens and telephones, and messages to people.",
        discussion: ConfigurationKey.help)

    @Option(help: "A JSON file with settings; the environment wins.")
    var config: String?

    func run() async throws {
        try await ServiceProcess.main(
            service: NotificationSchema.name, schema: NotificationSchema.name, configurationFile: config,
            build: buildNotification)
    }
}
