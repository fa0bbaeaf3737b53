package import Domain
package import EventContracts
import Synchronization

/// The writers of this process: one for each hall that is in use, made on demand and let go when nobody has used the hall for a
/// while.
package final class HallRegistry: Sendable {
    private let environment: HallWriter.Environment
    private let streams: StreamNames
    private let catalogue: CatalogueHolder
    private let writers = Mutex<[HallID: HallWriter]>([:])

    package init(environment: HallWriter.Environment, streams: StreamNames, catalogue: CatalogueHolder) {
        self.environment = environment
        self.streams = streams
        self.catalogue = catalogue
    }

    package var clock: @Sendable () -> Timestamp { environment.clock }

    /// - Throws: `QueuingError.unknownHall` when the catalogue has no such hall.
    package func writer(_ hall: HallID) throws(QueuingError) -> HallWriter {
        guard catalogue.city.configurations[hall] != nil else { throw .unknownHall(hall) }
        return writers.withLock { writers in
            if let writer = writers[hall] { return writer }
            let catalogue = catalogue
            let writer = HallWriter(hall: hall, stream: streams.queue(hall), environment: environment) {
                catalogue.city.configurations[hall]
            }
            writers[hall] = writer
            return writer
        }
    }

    /// Lets go of the writers that have nothing to do and were not used since a moment. A caller that still holds one may use it:
    /// two writers of a hall are as safe in one process as in two.
    package func evict(unusedSince moment: Timestamp) async {
        for (hall, writer) in writers.withLock({ $0 }) where await writer.isIdle {
            guard await writer.lastUsed < moment else { continue }
            writers.withLock { writers in
                if writers[hall] === writer { writers[hall] = nil }
            }
        }
    }

    /// Whether this process has the hall in memory.
    package func isLive(_ hall: HallID) -> Bool { writers.withLock { $0[hall] != nil } }

    package var count: Int { writers.withLock { $0.count } }
}
