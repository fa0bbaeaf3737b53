private import Foundation
package import Postgres

/// The tables of this module. Every service has them in its own schema.
package enum MessagingSchema {
    /// To be given to one `Migrator` together with the service's own, before them: `0000_…` sorts first. A later step
    /// of this module needs a number behind those of all services, because a schema's history only grows at its end.
    ///
    /// - Throws: when the files are not in the bundle, which only a broken build can bring about.
    package static func migrations() throws -> [Migration] {
        guard let directory = Bundle.module.url(forResource: "Migrations", withExtension: nil) else {
            throw MessagingError(.schema, "the folder Migrations is not in the bundle of Messaging: build again")
        }
        return try Migration.load(directory: directory)
    }
}
