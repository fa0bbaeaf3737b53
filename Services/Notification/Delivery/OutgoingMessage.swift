package import Domain

/// A message ready to leave: its text is in the person's language.
package struct OutgoingMessage: Sendable {
    /// Row of the `message` table; the same however often delivery is tried.
    package let id: Int64
    package let template: String
    package let contact: Contact
    package let text: String
    package let at: Timestamp

    package init(id: Int64, template: String, contact: Contact, text: String, at: Timestamp) {
        self.id = id
        self.template = template
        self.contact = contact
        self.text = text
        self.at = at
    }
}
