/// Something wrong in a catalogue.
package struct CatalogueIssue: Hashable, Sendable {
    /// Where, such as `halls[0].windows[3].services[1]`.
    package var path: String
    /// What is wrong, and what would be right.
    package var message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }
}
