/// A place that is gone, and the row that says that its person is still to be moved.
package struct LostPlace: Hashable, Sendable {
    package var move: Int64
    package var slot: SlotID

    package init(move: Int64, slot: SlotID) {
        self.move = move
        self.slot = slot
    }
}
