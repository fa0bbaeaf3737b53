import ArgumentParser

/// `onetrip up`
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run the whole system on this machine.",
        discussion: """
            Starts a private PostgreSQL and Redis (Unix sockets, data kept in the folder), brings the schemas up to date, imports \
            the city, starts the services and nginx in front of them, and starts again whatever dies. Ctrl-C ends everything.
            """)

    @Option(help: "The folder for data, sockets and logs.")
    var directory = ".onetrip"

    @Option(help: "The port to serve on; the next free one when it is taken.")
    var port = 8080

    @Option(help: "The city's YAML file.")
    var city = "docker/demo-city/city.yaml"

    @Option(help: "Processes of the booking service.")
    var booking = 1

    @Option(help: "Processes of the queuing service.")
    var queuing = 1

    @Option(help: "Processes of the notification service.")
    var notification = 1

    @Flag(help: "Begin anew: remove the data that the folder holds.")
    var fresh = false

    @Flag(inversion: .prefixedNo, help: "Show messages on a demo phone page instead of sending them.")
    var demo = true

    func validate() throws {
        guard (1...65_435).contains(port) else { throw ValidationError("--port must be from 1 to 65435.") }
        for (name, count) in [("booking", booking), ("queuing", queuing), ("notification", notification)]
        where !(1...16).contains(count) {
            throw ValidationError("--\(name) must be from 1 to 16 processes.")
        }
    }

    func run() async throws {
        do {
            try await OneMachine(options: self).run()
        } catch let error as UpError {
            Progress.complain("\(error)")
            throw ExitCode(69)
        }
    }
}
