import BookingService
import Logging
import Messaging
import NotificationService
import Postgres
import QueuingService

/// The schemas of the services, and how to bring them up to date.
enum Schemas {
    static let names = [BookingSchema.name, QueuingSchema.name, NotificationSchema.name]

    /// Those of messaging come first in every schema.
    private static func migrations(of schema: String) throws -> [Migration] {
        let own =
            switch schema {
            case BookingSchema.name: try BookingSchema.migrations()
            case QueuingSchema.name: try QueuingSchema.migrations()
            default: try NotificationSchema.migrations()
            }
        return try MessagingSchema.migrations() + own
    }

    /// Applies what is missing in all schemas.
    ///
    /// - Returns: the names of the steps applied now, as `schema/step`.
    static func migrate(uri: String, logger: Logger) async throws -> [String] {
        try await PostgresPool.withPool(uri: uri, logger: logger) { pool in
            var applied: [String] = []
            for schema in names {
                let steps = try await Migrator(schema: schema, migrations: migrations(of: schema)).run(on: pool)
                applied += steps.map { "\(schema)/\($0)" }
            }
            return applied
        }
    }
}
