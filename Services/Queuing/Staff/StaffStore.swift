package import Domain
package import Postgres

/// People on record, with what they may do.
package struct StaffStore: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// bcrypt cuts passwords at 72 bytes; a longer one is wrong rather than cut.
    package static let longestPassword = 72

    /// A bcrypt hash of no password, so that an unknown name costs the same work as a known one.
    private static let nobody = "$2a$10$CwTycUXWue0Thq9StjUM0uJ8Qk2l8eSDGyr4v4v7v1VJ6S3nH1uGm"

    /// Whether the password is that of the person. Takes the same work whether there is such a person or not.
    package func isPassword(_ password: String, of staff: StaffID) async throws -> Bool {
        let rows = try await pool.execute(
            """
            SELECT public.crypt(\(password), coalesce(s.password_hash, \(StaffStore.nobody)))
                IS NOT DISTINCT FROM s.password_hash AND coalesce(s.active, false)
            FROM (SELECT 1) AS one LEFT JOIN staff s ON s.id = \(staff)
            """)
        return try rows.first?.decode(at: 0, as: Bool.self) ?? false
    }

    package struct Person: Sendable, Hashable {
        package let id: StaffID
        package let name: String
        package let roles: [HallID: Set<Role>]
        /// `nil`: every service of the window.
        package let skills: Set<ServiceID>?
    }

    /// What is on record of an active member of staff.
    package func person(_ staff: StaffID) async throws -> Person? {
        let rows = try await pool.read(
            """
            SELECT s.name,
                ARRAY(SELECT hall || ' ' || role FROM staff_role r WHERE r.staff = s.id ORDER BY 1),
                ARRAY(SELECT service FROM staff_skill k WHERE k.staff = s.id ORDER BY 1)
            FROM staff s WHERE s.id = \(staff) AND s.active
            """)
        guard let (name, roles, skills) = try rows.first?.decode(String.self, [String].self, [String].self) else {
            return nil
        }
        return Person(
            id: staff, name: name, roles: StaffStore.roles(roles),
            skills: skills.isEmpty ? nil : Set(skills.map { ServiceID($0) }))
    }

    /// Reads `hall role` pairs.
    static func roles(_ pairs: [String]) -> [HallID: Set<Role>] {
        var roles: [HallID: Set<Role>] = [:]
        for pair in pairs {
            let parts = pair.split(separator: " ")
            guard parts.count == 2, let role = Role(rawValue: String(parts[1])) else { continue }
            roles[HallID(String(parts[0])), default: []].insert(role)
        }
        return roles
    }
}
