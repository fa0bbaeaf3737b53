package import Domain
import HTTPTypes
package import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
package import Web

/// Holds the directory that everything in the process reads, and fetches it again when a new catalogue was imported.
package final class DirectoryKeeper: ServiceLifecycle.Service {
    private struct Current {
        var version: Int64
        var directory: CityDirectory
    }

    private let store: CatalogueStore
    private let logger: Logger
    private let current = NIOLockedValueBox<Current?>(nil)
    private let wake = WakeSignal()
    private let interval: Duration

    /// - Parameter interval: between two looks at the version, for the case that a notice got lost.
    package init(store: CatalogueStore, logger: Logger, interval: Duration = .seconds(2)) {
        self.store = store
        self.logger = logger
        self.interval = interval
    }

    /// `nil` until the database has answered for the first time.
    package var directory: CityDirectory? { current.withLockedValue { $0?.directory } }

    /// A hall for a request.
    ///
    /// - Throws: ``Problem``: 404 when there is none of that name, 503 before the first look at the database.
    package func hall(_ id: HallID) throws(Problem) -> CityDirectory.Hall {
        guard let directory else { throw .unavailable(retryAfter: 1) }
        guard let hall = directory.hall(id) else { throw Problem(.notFound, code: "hall-unknown", wayOut: "/live") }
        return hall
    }

    /// A notice said that there is a new catalogue.
    package func noteChange() {
        wake.signal()
    }

    package func run() async throws {
        await wake.forEach(orEvery: interval) { await self.refresh() }
    }

    private func refresh() async {
        do {
            let known = current.withLockedValue { $0?.version }
            guard try await store.version() != known else { return }
            let (version, directory) = try await store.load()
            current.withLockedValue { $0 = Current(version: version, directory: directory) }
            logger.info(
                "A catalogue is in use", metadata: ["version": "\(version)", "halls": "\(directory.halls.count)"])
        } catch {
            logger.warning("The catalogue could not be looked at; trying again", metadata: ["error": "\(error)"])
        }
    }
}
