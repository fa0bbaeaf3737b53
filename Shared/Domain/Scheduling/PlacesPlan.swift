/// How many people can book each slot of a hall on its ordinary weekdays, in place of the same number for every slot.
///
/// It counts for a service as long as the city file offers it as it did when the plan was made, and on days that have the
/// hours of the weekday; everything else keeps the number of the city file.
package struct PlacesPlan: Hashable, Sendable {
    /// A service on a weekday.
    package struct Day: Hashable, Sendable {
        /// What the city file said.
        package var offer: Offer
        /// Places by the start of the slot, in minutes since midnight. A slot that is not named has none.
        package var places: [Int: Int]

        package init(offer: Offer, places: [Int: Int]) {
            self.offer = offer
            self.places = places
        }
    }

    package var days: [ServiceID: [Weekday: Day]]

    package init(days: [ServiceID: [Weekday: Day]] = [:]) {
        self.days = days
    }

    /// - Returns: `nil` when the plan says nothing of the service on that weekday, or was made for another offer.
    package func places(
        of service: ServiceID, on weekday: Weekday, from minute: Int, offer: Offer
    ) -> Int? {
        guard let day = days[service]?[weekday], day.offer == offer else { return nil }
        return day.places[minute] ?? 0
    }
}
