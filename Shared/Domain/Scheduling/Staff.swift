/// A member of staff, with the halls in which the person has a role.
package struct Staff: Hashable, Codable, Sendable {
    package struct Assignment: Hashable, Codable, Sendable {
        package var hall: HallID
        package var role: Role

        package init(hall: HallID, role: Role) {
            self.hall = hall
            self.role = role
        }
    }

    package var id: StaffID
    /// As the person wants to be called.
    package var name: String
    package var roles: [Assignment]
    /// The services that the person may serve; `nil` is every service of the window.
    package var skills: [ServiceID]?

    package init(id: StaffID, name: String, roles: [Assignment], skills: [ServiceID]? = nil) {
        self.id = id
        self.name = name
        self.roles = roles
        self.skills = skills
    }

    package func roles(in hall: HallID) -> Set<Role> {
        Set(roles.lazy.filter { $0.hall == hall }.map(\.role))
    }
}

/// A member of staff as an import brings one.
///
/// Not `Codable`: a password is never written anywhere but into its hash.
package struct StaffInput: Hashable, Sendable {
    package var staff: Staff
    /// Used only when the person is new; an import never changes the password of somebody who already signs in.
    package var initialPassword: String

    package init(staff: Staff, initialPassword: String) {
        self.staff = staff
        self.initialPassword = initialPassword
    }
}
