import Domain
import Testing

@Suite struct ChecklistTests {
    private let checklist: Checklist = {
        func text(_ name: String) -> LocalizedText { LocalizedText(zh: name, en: name) }
        func question(_ id: String, _ options: [String]) -> Checklist.Question {
            Checklist.Question(id: id, text: text(id), options: options.map { .init(id: $0, text: text($0)) })
        }
        return Checklist(
            version: 3, questions: [question("case", ["new", "lost"]), question("age", ["adult", "minor"])],
            items: [
                ChecklistItem(id: "always", name: text("always"), form: .original),
                ChecklistItem(id: "new", name: text("new"), form: .copy, count: 2, when: ["case": ["new"]]),
                ChecklistItem(id: "both", name: text("both"), form: .originalAndCopy, when: ["case": ["new", "lost"]]),
                ChecklistItem(
                    id: "lost-minor", name: text("x"), form: .online, when: ["case": ["lost"], "age": ["minor"]]),
            ])
    }()

    @Test(arguments: [
        (["case": "new", "age": "adult"], ["always", "new", "both"]),
        (["case": "lost", "age": "adult"], ["always", "both"]),
        (["case": "lost", "age": "minor"], ["always", "both", "lost-minor"]),
        // An open question rules nothing out.
        (["age": "adult"], ["always", "new", "both"]), (["case": "lost"], ["always", "both", "lost-minor"]),
        ([:], ["always", "new", "both", "lost-minor"]), (["case": "new", "other": "x"], ["always", "new", "both"]),
    ])
    func answers_chooseThePapers(answers: [String: String], expected: [String]) {
        #expect(checklist.items(for: answers).map(\.id) == expected)
    }

    @Test func onlyFullAnswers_areAccepted() {
        #expect(checklist.accepts(["case": "new", "age": "minor"]))
        #expect(!checklist.accepts(["case": "new"]))
        #expect(!checklist.accepts(["case": "new", "age": "other"]))
        #expect(!checklist.accepts(["case": "new", "age": "minor", "more": "x"]))
        #expect(Checklist().accepts([:]))
    }
}
