import Foundation
import Simulation
import Testing

@Suite("What cannot be simulated is refused with its place")
struct InputTests {
    @Test func `A window with an unknown speed`() {
        #expect {
            try Scenario(json: Data(Worlds.text(speed: "quick").utf8))
        } throws: {
            "\($0)" == "windows[0].skills.A: there is no speed quick"
        }
    }

    @Test func `A citizen of another scenario, without stages, and with an unknown service`() throws {
        let scenario = try Worlds.small()
        func day(_ name: String, _ stages: String) -> Data {
            Data(
                """
                {"scenario":"\(name)","seed":1,"citizens":[{"id":7,"kind":"walkin","show":true,"join_s":33000,
                 "arrive_s":33000,"stages":\(stages)}]}
                """.utf8)
        }
        let stage = #"[{"service":"D","expected_s":300,"dur_s":{"std":300,"fast":240,"slow":375}}]"#
        for (json, text) in [
            (day("other", stage), "the day is of the scenario other"), (day("small", "[]"), "citizen 7 has no stages"),
            (day("small", stage), "citizen 7 needs the service D"),
            (
                day("small", #"[{"service":"A","expected_s":300,"dur_s":{"std":300}}]"#),
                "positive duration for the speed"
            ),
        ] {
            #expect {
                try Day(json: json, scenario: scenario)
            } throws: {
                "\($0)".contains(text)
            }
        }
    }
}
