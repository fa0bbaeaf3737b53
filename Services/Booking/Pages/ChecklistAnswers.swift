import Domain
import Web

/// The answers to a checklist's questions as they travel in addresses and forms: one field `a.<question>` each.
struct ChecklistAnswers: Sendable {
    let answers: [String: String]

    /// Answers to questions that the checklist does not ask, or with options that it does not offer, are dropped.
    init(_ fields: inout FieldReader, for checklist: Checklist) {
        let given = fields.dictionary("a", 0...20, each: 0...40)
        answers = given.filter { question, option in
            checklist.questions.contains { $0.id == question && $0.options.contains { $0.id == option } }
        }
    }

    /// Those in the address of a page; none when it cannot be read.
    init(query context: AppRequestContext, for checklist: Checklist) {
        guard var fields = context.pageQuery() else {
            self.init(answers: [:])
            return
        }
        self.init(&fields, for: checklist)
    }

    init(answers: [String: String]) {
        self.answers = answers
    }

    var hidden: [HiddenField] {
        answers.sorted { $0.key < $1.key }.map { HiddenField(name: "a.\($0.key)", value: $0.value) }
    }

    /// `a.age=adult&a.first=yes`
    var query: String {
        answers.sorted { $0.key < $1.key }
            .map { "a.\(LocalPath.queryEncoded($0.key))=\(LocalPath.queryEncoded($0.value))" }.joined(separator: "&")
    }
}
