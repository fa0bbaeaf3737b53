import Foundation
package import Postgres

/// The tables of this service.
package enum QueuingSchema {
    package static let name = "queuing"

    /// In the order in which they are applied, after those of messaging.
    package static func migrations() throws -> [Migration] {
        try Migration.load(directory: Bundle.module.bundleURL.appendingPathComponent("Migrations"))
    }
}
