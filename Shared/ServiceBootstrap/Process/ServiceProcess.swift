import CoreMetrics
import Foundation
package import Logging
package import ServiceLifecycle
package import UnixSignals

/// A service as a process: settings, log, metrics, signals, end.
package enum ServiceProcess {
    /// Reads the settings, builds the service and runs it until SIGTERM or SIGINT.
    ///
    /// A wrong setting is told in one line on standard error, with exit code 78.
    package static func main(
        service: String, schema: String, configurationFile: String? = nil,
        build: @Sendable (ServiceRuntime) async throws -> ServiceAssembly
    ) async throws {
        // hiredis and pipes to a supervisor that died: an error, not the end.
        signal(SIGPIPE, SIG_IGN)
        do {
            let configuration = try ServiceConfiguration.load(file: configurationFile)
            let metrics = observe(service: service, level: configuration.logLevel)
            let runtime = try ServiceRuntime(
                service: service, schema: schema, configuration: configuration,
                logger: Logger(label: "onetrip.\(service)"), metrics: metrics)
            let assembly = try await build(runtime)
            try await runService(assembly, runtime, signals: [.sigterm, .sigint])
        } catch let error as ConfigurationError {
            StandardError.write("\(error)\n")
            exit(ConfigurationError.exitCode)
        }
    }

    /// Sends the log to standard error as JSON and collects metrics. Once in a process.
    package static func observe(service: String, level: Logger.Level) -> OpenMetrics {
        LoggingSystem.bootstrap { label in JSONLogHandler(service: service, label: label, level: level) }
        let metrics = OpenMetrics()
        MetricsSystem.bootstrap(metrics)
        return metrics
    }

    /// Runs a service until it is told to stop: then it is no longer ready, takes no more connections, finishes what is
    /// open, ends its other work, and closes its connections, in this order and within the bound of the settings.
    package static func runService(
        _ assembly: ServiceAssembly, _ runtime: ServiceRuntime, signals: [UnixSignal] = []
    ) async throws {
        try await group(assembly, runtime, signals: signals).run()
    }

    /// As ``runService(_:_:signals:)``, for a caller that ends it by `triggerGracefulShutdown`.
    package static func group(
        _ assembly: ServiceAssembly, _ runtime: ServiceRuntime, signals: [UnixSignal] = []
    ) -> ServiceGroup {
        let services: [(String, any Service)] =
            [("postgres", runtime.postgres), ("redis", runtime.redis)]
            + assembly.services.map { (String(describing: type(of: $0)), $0) }
            + [("http", assembly.application), ("readiness", DrainMarker(readiness: runtime.readiness))]
        var configuration = ServiceGroupConfiguration(
            // Shut down in reverse order, each after the one before has ended.
            services: services.map { name, service in
                .init(
                    service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup, serviceName: name)
            },
            gracefulShutdownSignals: signals, logger: runtime.logger)
        let bound = runtime.configuration.shutdownSeconds
        configuration.maximumGracefulShutdownDuration = .seconds(max(1, bound - 3))
        configuration.maximumCancellationDuration = .seconds(3)
        return ServiceGroup(configuration: configuration)
    }
}

/// Told first of the end, it takes the process out of the traffic.
private struct DrainMarker: Service {
    let readiness: Readiness

    func run() async throws {
        try? await gracefulShutdown()
        readiness.drain()
    }
}
