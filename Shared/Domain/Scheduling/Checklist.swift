/// The papers that a person must bring, chosen by the answers to a few questions.
package struct Checklist: Hashable, Codable, Sendable {
    package struct Option: Hashable, Codable, Sendable {
        package var id: String
        package var text: LocalizedText

        package init(id: String, text: LocalizedText) {
            self.id = id
            self.text = text
        }
    }

    package struct Question: Hashable, Codable, Sendable {
        package var id: String
        package var text: LocalizedText
        /// Two or more; a person gives one.
        package var options: [Option]

        package init(id: String, text: LocalizedText, options: [Option]) {
            self.id = id
            self.text = text
            self.options = options
        }
    }

    /// One more at each change of questions or items; the version that a person accepted is kept with the appointment.
    package var version: Int
    package var questions: [Question]
    package var items: [ChecklistItem]

    package init(version: Int = 1, questions: [Question] = [], items: [ChecklistItem] = []) {
        self.version = version
        self.questions = questions
        self.items = items
    }
}

/// One paper of a checklist.
package struct ChecklistItem: Hashable, Codable, Sendable {
    package enum Form: String, Codable, Sendable, CaseIterable {
        case original, copy, originalAndCopy
        /// Nothing to bring: the hall takes it from another office's system, or it is filled in online.
        case online
    }

    package var id: String
    package var name: LocalizedText
    package var form: Form
    /// How many; for ``Form/originalAndCopy`` the number of copies beside the one original.
    package var count: Int
    package var whereToGet: LocalizedText?
    /// What a right one looks like.
    package var sample: LocalizedText?
    /// Wanted only of those whose answers match every question named here; `nil` is wanted of everybody.
    package var when: [String: [String]]?

    package init(
        id: String, name: LocalizedText, form: Form, count: Int = 1, whereToGet: LocalizedText? = nil,
        sample: LocalizedText? = nil, when: [String: [String]]? = nil
    ) {
        self.id = id
        self.name = name
        self.form = form
        self.count = count
        self.whereToGet = whereToGet
        self.sample = sample
        self.when = when
    }
}

extension Checklist {
    /// The papers for a person's situation, in the order of the checklist.
    ///
    /// A question without an answer rules nothing out: a paper too many costs less than a second trip.
    ///
    /// - Parameter answers: the chosen option by question. Unknown questions are ignored.
    package func items(for answers: [String: String]) -> [ChecklistItem] {
        items.filter { item in
            (item.when ?? [:]).allSatisfy { question, options in
                answers[question].map { options.contains($0) } ?? true
            }
        }
    }

    /// Whether every question is answered by one of its options, and nothing else is.
    package func accepts(_ answers: [String: String]) -> Bool {
        answers.count == questions.count
            && questions.allSatisfy { question in
                question.options.contains { $0.id == answers[question.id] }
            }
    }
}
