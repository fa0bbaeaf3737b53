import Domain
import Testing
import Web

@testable import NotificationService

@Suite struct DisplayViewTests {
    private static let services = (1...30).map { ServiceID("service-\($0)") }

    @Test(arguments: [(0, ""), (7, ""), (8, "is-close"), (9, "is-close"), (10, "is-dense"), (12, "is-dense")])
    func servicesThatFit_areShownTogether(count: Int, density: String) {
        let waited = Array(Self.services.prefix(count))
        let rows = DisplayRows(waited, at: LiveHall.morning)
        #expect(rows.shown == waited)
        #expect(rows.pageNumber == nil)
        #expect(rows.density == density)
    }

    @Test(arguments: [(13, ["1/2", "2/2"]), (21, ["1/3", "2/3", "3/3"]), (30, ["1/3", "2/3", "3/3"])])
    func moreServices_takeTurns(count: Int, numbers: [String]) {
        let waited = Array(Self.services.prefix(count))
        let turns = numbers.indices.map { DisplayRows(waited, at: Timestamp(milliseconds: Int64($0) * 10_000)) }
        #expect(turns.compactMap(\.pageNumber) == numbers)
        #expect(turns.flatMap(\.shown) == waited)
        #expect(turns.allSatisfy { !$0.shown.isEmpty && $0.shown.count <= DisplayRows.limitOfPage })
    }

    @Test func callsThatAreStillAwaited_standOut() throws {
        var hall = LiveHall()
        try hall.issue(3)
        try hall.perform(.openWindow("1", "clerk-1", skills: nil))
        try hall.perform(.openWindow("2", "clerk-2", skills: nil))
        try hall.perform(.callNext("2", "clerk-2"))
        try hall.perform(.callNext("1", "clerk-1"), after: 1)
        var screen = try view(of: &hall)
        #expect(screen.calls.map(\.number) == ["A002", "A001"])
        #expect(screen.calls.map(\.style) == ["is-called", "is-called"])
        #expect(screen.current?.number == "A002")
        #expect(screen.people.en == "person waiting")

        try hall.perform(.startServing("1", "clerk-1"))
        screen = try view(of: &hall)
        #expect(screen.calls.map(\.style) == ["is-past", "is-called"])
        #expect(screen.current?.number == "A001")

        try hall.perform(.startServing("2", "clerk-2"))
        try hall.perform(.finish("1", "clerk-1", .completed), after: 1)
        screen = try view(of: &hall)
        #expect(screen.calls.map(\.style) == ["is-past", "is-past"])
        #expect(screen.current?.number == nil)
    }

    private func view(of hall: inout LiveHall) throws -> DisplayView {
        let place = CityDirectory.Hall(
            id: LiveHall.hall, name: .init(zh: "城北大厅", en: "North Hall"), address: .init(zh: "路", en: "Road"),
            configuration: LiveHall.configuration)
        let directory = CityDirectory(
            halls: [place],
            serviceNames: [
                "passport": .init(zh: "护照", en: "Passport"), "licence": .init(zh: "营业执照", en: "Business licence"),
            ], serviceOrder: ["passport", "licence"])
        return DisplayView(
            hall: place, board: hall.board(), directory: directory, isLive: true, now: hall.now,
            texts: try Localisation(bundles: [NotificationResources.bundle]))
    }
}
