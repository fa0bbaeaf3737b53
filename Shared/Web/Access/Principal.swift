package import Domain

/// Who makes a request.
package enum Principal: Sendable, Hashable {
    case anonymous
    /// A signed-in member of staff, with the roles held at each hall, and the session.
    case staff(StaffID, [HallID: Set<Role>], session: String)
    /// A kiosk of a hall.
    case kiosk(HallID)
    /// Another service of this installation.
    case service

    package var staff: StaffID? {
        guard case .staff(let staff, _, _) = self else { return nil }
        return staff
    }

    /// Whether this is a member of staff with one of the roles at the hall; an empty set stands for any role there.
    package func holds(_ roles: Set<Role>, at hall: HallID) -> Bool {
        guard case .staff(_, let held, _) = self, let here = held[hall] else { return false }
        return roles.isEmpty ? !here.isEmpty : !here.isDisjoint(with: roles)
    }

    /// Whether this is a member of staff with one of the roles at any hall.
    package func holdsAnywhere(_ roles: Set<Role>) -> Bool {
        guard case .staff(_, let held, _) = self else { return false }
        return held.keys.contains { holds(roles, at: $0) }
    }
}
