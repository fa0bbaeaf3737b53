/// A person who waits, as the rules see it.
package struct Waiting: Sendable, Hashable {
    /// The person's number in the day: lower came into the system earlier.
    package var person: Int
    package var service: Int
    /// How many services the person has had in this visit.
    package var leg = 0
    package var standing: Standing
    package var isBooked = false
    package var isPriority = false
    /// The booked time, for booked people.
    package var slot = 0
    /// When the number was taken or the person checked in.
    package var joined: Int
    /// When the person could first be called: came to the hall, or ended the service before.
    package var arrived: Int
    /// From when waiting counts as the hall's doing.
    package var due: Int
    /// Nobody passes the person after this moment whose own such moment has not come.
    package var promisedBy = Int.max
    /// The time of service that intake expects, at speed 1 [s].
    package var hint: Double?
    /// `HallModel.weight(standing:service:hint:)`.
    package var weight = 1.0
    /// When patience ends.
    package var leavesAt = Int.max
    /// Seconds of service so far, in earlier legs.
    package var served = 0
    /// Seconds of waiting in earlier legs.
    package var waited = 0

    package init(person: Int, service: Int, standing: Standing, joined: Int, arrived: Int, due: Int) {
        self.person = person
        self.service = service
        self.standing = standing
        self.joined = joined
        self.arrived = arrived
        self.due = due
    }
}
