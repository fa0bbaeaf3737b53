package import Foundation
package import Postgres

/// The tables of this service.
package enum NotificationSchema {
    package static let name = "notification"

    /// In the order in which they are applied, after those of messaging.
    package static func migrations() throws -> [Migration] {
        try Migration.load(directory: Bundle.module.bundleURL.appendingPathComponent("Migrations"))
    }
}

/// The texts, templates and documents of this service.
package enum NotificationResources {
    package static var bundle: Bundle { .module }
}
