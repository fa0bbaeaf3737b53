import Foundation
import Simulation
import Testing

@Suite("Recorded hourly waits")
struct HourlyWaitsTests {
    /// Two offices on a Monday and a Tuesday, from ca-dmv-waits.csv.
    private static let excerpt = """
        office,weekday,hour,n,appt_mean,appt_p50,appt_p90,walkin_mean,walkin_p50,walkin_p90
        alturas,0,8,35,0.0,0,0,2.6,1,8
        alturas,0,9,36,0.0,0,0,9.3,5,17
        alturas,0,10,37,0.0,0,0,10.3,8,17
        alturas,0,11,37,0.0,0,0,12.5,10,23
        santa-clara,1,8,54,10.3,10,15,25.2,21,31
        santa-clara,1,9,54,21.0,21,29,46.6,47,67
        santa-clara,1,10,54,26.9,25,37,68.3,70,96
        santa-clara,1,11,54,31.2,31,46,80.7,83,115
        """

    private static let data = Expected.scenarios.deletingLastPathComponent().appendingPathComponent(
        "data/ca-dmv-waits.csv")

    private func record(_ office: String, _ weekday: Int) throws -> [HourlyWaits.Hour] {
        try HourlyWaits(csv: Self.excerpt).hours(of: office, weekday: weekday)
    }

    @Test func `Rows are read by office and weekday`() throws {
        let waits = try HourlyWaits(csv: Self.excerpt)
        #expect(waits.offices == ["alturas", "santa-clara"])
        let hours = try waits.hours(of: "santa-clara", weekday: 1)
        #expect(hours.map(\.hour) == [8, 9, 10, 11])
        #expect(hours[1].walkIn.mean == 46.6)
        #expect(hours[1].walkIn.median == 47)
        #expect(hours[1].appointment.p90 == 29)
        #expect(hours[1].captures == 54)
    }

    @Test(arguments: [
        ("alturas,0,9,36", "alturas,0,nine,36", "line 3, hour: nine is no number from 0 to 23"),
        ("alturas,0,9,36", "alturas,0,9.5,36", "line 3, hour: 9.5 is not whole"),
        ("9.3,5,17", "-9.3,5,17", "line 3, walkin_mean: -9.3 is no number from 0 to 1440"),
        ("9.3,5,17", "9.3,5", "line 3: 9 cells, not 10"),
        ("alturas,0,9,", "alturas,0,8,", "line 3: alturas, weekday 0, hour 8 is given twice"),
        (",walkin_p50", ",walkin_median", "line 1: there is no column walkin_p50"),
    ])
    func `What is wrong is told with its line`(good: String, bad: String, message: String) {
        #expect {
            try HourlyWaits(csv: Self.excerpt.replacingOccurrences(of: good, with: bad))
        } throws: {
            "\($0)" == message
        }
    }

    @Test func `An office or weekday that is not there is told with those that are`() throws {
        let waits = try HourlyWaits(csv: Self.excerpt)
        for (office, weekday, message) in [
            ("santa-rosa", 1, "there is no office santa-rosa; there are santa-clara"),
            ("alturas", 3, "alturas has no hours on weekday 3; it has weekdays 0"),
        ] {
            #expect {
                try waits.hours(of: office, weekday: weekday)
            } throws: {
                "\($0)" == message
            }
        }
    }

    @Test(arguments: [("alturas", 0, 5), ("santa-clara", 1, 12)])
    func `The office found has the recorded waits`(office: String, weekday: Int, windows: Int) throws {
        let record = try record(office, weekday)
        var assumed = AssumedOffice()
        assumed.windows = windows
        let found = try ArrivalInversion(record, name: office, office: assumed)
        let mean = record.map(\.walkIn.mean).mean
        #expect(found.error <= max(0.5, 0.03 * mean))
        // On days that it has not seen chance adds to it.
        #expect(ArrivalInversion.error(try found.fits(record, seeds: 7000..<7040)) < max(3, 0.15 * mean))
        #expect(found.fits.allSatisfy { $0.arrivals > 0 })
    }

    @Test func `Without simulating, the start is near`() throws {
        var settings = ArrivalInversion.Settings()
        settings.rounds = 1
        let found = try ArrivalInversion(record("santa-clara", 1), name: "santa-clara", settings: settings)
        #expect(found.rounds == 1)
        #expect(found.error < 12)
    }

    @Test func `Waits at a load are the inverse of the load at a wait`() {
        let office = AssumedOffice()
        for minutes in [0.5, 3, 20, 100] {
            #expect(abs(office.wait(atLoad: office.load(ofWait: minutes)) - minutes) < 0.001 * minutes)
        }
    }

    @Test func `The scenario found can be written and read again`() throws {
        var settings = ArrivalInversion.Settings()
        settings.rounds = 1
        settings.days = 2
        let found = try ArrivalInversion(record("alturas", 0), name: "alturas", settings: settings).scenario
        let again = try Scenario(json: found.json())
        let (one, other) = (DayGenerator(found).day(seed: 3), DayGenerator(again).day(seed: 3))
        #expect(one.citizens.map(\.arrived) == other.citizens.map(\.arrived))
        #expect(try Policy.engineLite.run(one, of: found) == Policy.engineLite.run(other, of: again))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: data.path)))
    func `The engine costs the people of a busy office less than Service BC's rule`() async throws {
        let waits = try HourlyWaits(csv: String(contentsOf: Self.data, encoding: .utf8))
        #expect(waits.offices.count > 180)
        let record = try waits.hours(of: "petaluma", weekday: 1)
        let found = try ArrivalInversion(record, name: "petaluma")
        #expect(found.error < 2)
        let generator = DayGenerator(found.scenario)
        let comparison = try await Comparison(
            [.fcfs, .bcgov, .engineLite], days: (0..<12).map { generator.day(seed: 5000 + $0) },
            scenario: found.scenario, workers: 2)
        #expect(comparison.ratio("J", of: .engineLite, to: .bcgov).mean < 0.95)
        #expect(comparison.ratio("J", of: .engineLite, to: .fcfs).mean < 0.7)
    }
}
