/// A person's name as given: 1 to 60 characters without control characters, white space around it dropped.
package struct PersonName: Hashable, Sendable {
    package let text: String

    package init?(_ text: String) {
        guard text.utf8.count <= 1000 else { return nil }
        var trimmed = text[...]
        while let first = trimmed.first, first.isWhitespace { trimmed.removeFirst() }
        while let last = trimmed.last, last.isWhitespace { trimmed.removeLast() }
        guard (1...60).contains(trimmed.count) else { return nil }
        for scalar in trimmed.unicodeScalars {
            switch scalar.properties.generalCategory {
            // Format characters can turn the text around a name (bidirectional overrides) or hide in it.
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                return nil
            default: continue
            }
        }
        self.text = String(trimmed)
    }

    /// Fit to be shown: the first character and a star for the rest.
    package var masked: String { text.count > 1 ? text.prefix(1) + "*" : "*" }
}

extension PersonName: CustomStringConvertible {
    /// Masked, so that a name in a log message is not a leak.
    package var description: String { masked }
}
