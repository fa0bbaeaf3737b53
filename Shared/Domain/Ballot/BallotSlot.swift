/// A slot whose places are drawn, as it stood when the draw was made.
package struct BallotSlot: Hashable, Codable, Sendable {
    /// The name of the slot, in decimal.
    package var id: String
    package var hall: HallID
    package var date: LocalDate
    /// When it begins, in minutes since local midnight.
    package var minute: Int
    /// Places that could be had.
    package var places: Int

    package init(id: String, hall: HallID, date: LocalDate, minute: Int, places: Int) {
        self.id = id
        self.hall = hall
        self.date = date
        self.minute = minute
        self.places = places
    }
}
