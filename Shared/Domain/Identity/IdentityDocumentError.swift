/// What is wrong with the number of a document. Says nothing of the number itself.
package enum IdentityDocumentError: String, Error, Sendable, CaseIterable {
    case wrongLength
    /// A character that no number of this kind has at that place.
    case wrongCharacter
    /// The first digits name no region, or not the one that every number of this kind begins with.
    case unknownRegion
    /// The calendar has no such day, or it is before 1850.
    case impossibleBirthDate
    case birthDateInFuture
    /// The check character does not fit the rest: a digit is wrong, or two have changed places.
    case wrongCheckCharacter
}
