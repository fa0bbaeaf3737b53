import DequeModule

/// Elements kept in order in a double-ended queue.
///
/// A queue's arrivals come nearly in order and its calls take from the front, so that few elements need to move:
/// finding costs O(log n), and inserting or removing moves the elements on the shorter side of the place.
package struct SortedDeque<Element: Comparable & Sendable>: Sendable, Equatable, RandomAccessCollection {
    private var elements = Deque<Element>()

    package init() {}

    package var startIndex: Int { 0 }
    package var endIndex: Int { elements.count }

    package subscript(index: Int) -> Element { elements[index] }

    /// The index of the first element that is not less than `element`.
    private func position(of element: Element) -> Int {
        if let last = elements.last, last < element { return elements.count }
        var low = 0
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if elements[middle] < element {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    mutating func insert(_ element: Element) {
        elements.insert(element, at: position(of: element))
    }

    mutating func remove(_ element: Element) {
        let index = position(of: element)
        guard index < elements.count, elements[index] == element else { return }
        elements.remove(at: index)
    }
}

/// The place of a waiting ticket in a line. Earliest moment first; then the earlier arrival, then the lower number:
/// no two places are equal, so that order never depends on chance.
package struct Place: Sendable, Hashable, Comparable {
    package var moment: Timestamp
    package var arrived: Timestamp
    package var number: String
    package var ticket: TicketID

    package static func < (lhs: Place, rhs: Place) -> Bool {
        if lhs.moment != rhs.moment { return lhs.moment < rhs.moment }
        if lhs.arrived != rhs.arrived { return lhs.arrived < rhs.arrived }
        if lhs.number != rhs.number { return TicketNumber.precedes(lhs.number, rhs.number) }
        return lhs.ticket < rhs.ticket
    }
}

/// A waiting ticket that others have passed: the most often passed first, then by due time.
package struct PassedPlace: Sendable, Hashable, Comparable {
    package var passedBy: Int
    package var place: Place

    package static func < (lhs: PassedPlace, rhs: PassedPlace) -> Bool {
        lhs.passedBy != rhs.passedBy ? lhs.passedBy > rhs.passedBy : lhs.place < rhs.place
    }
}

/// Who waits for one service, perhaps among others.
package struct WaitingLine: Sendable, Equatable {
    /// By due time: the order of calling.
    package private(set) var byDue = SortedDeque<Place>()
    /// By `Ticket.waitingSince`: who is passed by whom.
    package private(set) var byWaiting = SortedDeque<Place>()
    /// Those who have been passed at all.
    package private(set) var passed = SortedDeque<PassedPlace>()

    package var count: Int { byDue.count }
    package var isEmpty: Bool { byDue.isEmpty }

    mutating func insert(_ ticket: Ticket) {
        let due = ticket.place(at: ticket.due)
        byDue.insert(due)
        byWaiting.insert(ticket.place(at: ticket.waitingSince))
        if ticket.passedBy > 0 { passed.insert(PassedPlace(passedBy: ticket.passedBy, place: due)) }
    }

    mutating func remove(_ ticket: Ticket) {
        let due = ticket.place(at: ticket.due)
        byDue.remove(due)
        byWaiting.remove(ticket.place(at: ticket.waitingSince))
        if ticket.passedBy > 0 { passed.remove(PassedPlace(passedBy: ticket.passedBy, place: due)) }
    }

    /// Keeps the order of the passed when a ticket's count changes from what it still says.
    mutating func count(_ ticket: Ticket, passedBy count: Int) {
        let due = ticket.place(at: ticket.due)
        if ticket.passedBy > 0 { passed.remove(PassedPlace(passedBy: ticket.passedBy, place: due)) }
        if count > 0 { passed.insert(PassedPlace(passedBy: count, place: due)) }
    }
}

extension Ticket {
    func place(at moment: Timestamp) -> Place {
        Place(moment: moment, arrived: arrived ?? moment, number: number ?? "", ticket: id)
    }
}
