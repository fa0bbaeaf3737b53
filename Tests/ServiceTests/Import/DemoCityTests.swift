import Domain
import Foundation
import OperatorTool
import TestSupport
import Testing

@Suite struct DemoCityTests {
    private static func read() throws -> CatalogueInput {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let yaml = try String(contentsOf: root.appending(path: "docker/demo-city/city.yaml"), encoding: .utf8)
        return try CatalogueReader.read(yaml: yaml, file: "city.yaml")
    }

    @Test func demoCity_hasWhatTheDemonstrationNeeds() throws {
        let input = try Self.read()
        let catalogue = input.catalogue
        #expect(catalogue.halls.count == 3)
        #expect(catalogue.services.count >= 22)
        #expect(Set(catalogue.services.values.flatMap(\.audience)) == Set(Audience.allCases))
        for event in catalogue.lifeEvents {
            #expect(catalogue.services.values.contains { $0.lifeEvents.contains(event.id) }, "nothing for \(event.id)")
        }
        for service in catalogue.orderedServices {
            #expect(!catalogue.halls(offering: service.id).isEmpty, "\(service.id) can be booked nowhere")
            #expect((1...3).contains(service.checklist.questions.count))
            #expect(service.checklist.items.count >= 3)
        }
        for hall in catalogue.orderedHalls {
            #expect((6...12).contains(hall.windows.count))
            let people = input.staff.map(\.staff)
            let clerks = people.filter { $0.roles(in: hall.id).contains(.clerk) }
            #expect(clerks.count >= hall.windows.count)
            for role in [Role.reception, .operator] {
                #expect(people.contains { $0.roles(in: hall.id).contains(role) })
            }
            for window in hall.windows { #expect(hall.shifts.contains { $0.window == window.id }) }
            #expect(!hall.kiosks.isEmpty)
        }
    }

    @Test(arguments: ["2026-11-24", "2026-12-31", "2027-01-01", "2027-02-06"])
    func hallThatNeverCloses_canBeBookedAtAnyHourOfAnyDay(day: String) throws {
        let catalogue = try Self.read().catalogue
        let hall = try #require(catalogue.halls["all-hours"])
        let date = try #require(LocalDate(day))
        #expect(hall.offers.count >= 10)
        for service in hall.offers.keys {
            let slots = SlotCalendar.slots(hall: hall.id, service: service, on: date, catalogue: catalogue)
            #expect(Set(slots.map { $0.start.milliseconds / 3_600_000 }).count == 24)
        }
    }

    @Test(arguments: [
        ("huzhao", "passport"), ("sfz", "id-card"), ("shenfenzheng", "id-card"), ("给孩子上户口", "birth"),
        ("开店", "business-licence"),
        ("gjj", "housing-fund"), ("驾照", "driving-licence"), ("lost id", "id-card"), ("notary", "notarisation"),
        ("退休", "pension"),
    ])
    func search_findsWhatPeopleAskFor(query: String, expected: ServiceID) throws {
        #expect(ServiceSearch(try Self.read().catalogue).find(query).first == expected)
    }

    @Test func testCity_isSound() throws {
        let input = try CatalogueReader.read(yaml: TestCity.yaml(timeZone: "Europe/Berlin", places: 3), file: "test")
        #expect(input.catalogue.halls.keys.sorted() == ["north", "south"])
        #expect(input.catalogue.services.count == 4)
        #expect(input.catalogue.halls.values.flatMap(\.windows).count == 12)
        #expect(input.staff.count == TestCity.clerks + 4)
        #expect(input.staff.first { $0.staff.id == "clerk-7" }?.initialPassword == TestCity.password(ofClerk: 7))
        #expect(input.catalogue.halls["north"]?.offers["passport"]?.places == 3)
    }
}
