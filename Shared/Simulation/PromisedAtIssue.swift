import Domain

/// A promise given with the number holds when the person comes; and who comes in person is promised no more than what is
/// left by those who hold a place from afar.
struct PromisedAtIssue<Inner: AssignmentRule>: AssignmentRule {
    var inner: Inner
    /// Who holds a place and is not here.
    var away: [Waiting] = []

    mutating func admit(_ person: inout Waiting, on floor: HallFloor) {
        let promised = person.promisedBy
        let number = person.person
        away.removeAll { $0.person == number }
        var whole = floor
        whole.waiting += away
        inner.admit(&person, on: whole)
        if promised != .max { person.promisedBy = promised }
    }

    mutating func expect(_ person: Announced) { inner.expect(person) }

    mutating func next(on floor: HallFloor) -> Assignment? { inner.next(on: floor) }
}
