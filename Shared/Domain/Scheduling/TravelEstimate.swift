#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A rough time on the way to a hall for somebody who says next to which hall they are: no address is asked for.
package enum TravelEstimate {
    /// Seconds to the hall next door.
    package static let nextDoor = 900
    /// By how much a way is longer than the straight line (circuity of city streets, Levinson & El-Geneidy 2009).
    private static let circuity = 1.3
    /// Kilometres an hour from door to door by bus.
    private static let speed = 15.0

    /// Seconds from next to one hall to another. Where a place is not known, the time to the hall next door.
    package static func seconds(from near: Hall, to hall: Hall) -> Int {
        guard near.id != hall.id, let one = near.place, let other = hall.place else { return nextDoor }
        let kilometres = greatCircle(one, other) * circuity
        return nextDoor + Int(kilometres / speed * 3600)
    }

    /// Kilometres on a sphere (haversine).
    private static func greatCircle(
        _ one: (latitude: Double, longitude: Double), _ other: (latitude: Double, longitude: Double)
    ) -> Double {
        func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
        let north = sin(radians(other.latitude - one.latitude) / 2)
        let east = sin(radians(other.longitude - one.longitude) / 2)
        let chord = north * north + cos(radians(one.latitude)) * cos(radians(other.latitude)) * east * east
        return 2 * 6371 * asin(min(1, chord.squareRoot()))
    }
}

extension Hall {
    fileprivate var place: (latitude: Double, longitude: Double)? {
        guard let latitude, let longitude else { return nil }
        return (latitude, longitude)
    }
}
