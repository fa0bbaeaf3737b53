import Foundation
package import Postgres

/// The booking service's part of the database.
package enum BookingSchema {
    package static let name = "booking"

    /// In the order in which they are applied, after those of messaging.
    package static func migrations() throws -> [Migration] {
        let folder = Bundle.module.bundleURL.appendingPathComponent("Migrations")
        return try Migration.load(directory: folder)
    }
}
