import Domain
package import Logging
import ServiceLifecycle
import Synchronization

/// The city in memory, renewed when another edition is imported.
package final class CatalogueHolder: ServiceLifecycle.Service {
    private let store: CatalogueStore
    private let logger: Logger
    private let held: Mutex<City>

    package init(store: CatalogueStore, logger: Logger) {
        self.store = store
        self.logger = logger
        held = Mutex(.empty)
    }

    package var city: City { held.withLock { $0 } }

    /// Reads the city if another edition was imported since.
    package func refresh() async throws {
        guard let version = try await store.version(), version != city.version else { return }
        guard let city = try await store.city() else { return }
        held.withLock { held in
            if held.version < city.version { held = city }
        }
        logger.info(
            "catalogue read",
            metadata: [
                "version": "\(city.version)", "halls": "\(city.catalogue.halls.count)",
            ])
    }

    /// Looks for a new edition every two seconds until the service shuts down.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                do {
                    try await refresh()
                } catch {
                    if !Task.isCancelled {
                        logger.warning(
                            "the catalogue cannot be read; the last edition stays", metadata: ["error": "\(error)"])
                    }
                }
                try? await Task.sleep(for: .seconds(2))
            }
        }
    }
}
