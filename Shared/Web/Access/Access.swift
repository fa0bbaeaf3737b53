package import Domain

/// Who may call a route. Decided before its handler runs.
package enum Access: Sendable, Hashable {
    case everyone
    /// Whoever holds the personal link: the path has a `{token}` of 128 bits. Anything else is the same 404 as an unknown one.
    case link
    /// Signed-in staff with one of these roles; at the hall when the path has a `{hall}`, else at any. Empty: any role.
    case staff(Set<Role>)
    /// A kiosk; of that hall when the path has a `{hall}`.
    case kiosk
    /// As ``kiosk``, or signed-in staff with one of these roles as in ``staff(_:)``.
    case kioskOrStaff(Set<Role>)
    /// Another service, by bearer token.
    case service
    /// Health probes and metrics: never through the public front.
    case probe
}
