package import Domain

/// A slot as people are shown it.
package struct ShownSlot: Hashable, Sendable {
    package var slot: Slot
    /// When it opens; `nil` once it has.
    package var opening: SlotOpening?

    /// Places that can be had now.
    package var free: Int { opening == nil ? max(0, slot.free) : 0 }
}
