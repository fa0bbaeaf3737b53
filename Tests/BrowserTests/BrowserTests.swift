import Foundation
import PrivateServers
import TestSupport
import Testing

/// What people do in a browser, done by Chromium on a whole system that `onetrip up` runs.
///
/// Each script gets a system of its own, so that they do not see each other's queues, and they run one after another: a browser and a
/// system need the machine for themselves. The hall's local time is the middle of the morning, so that no run meets midnight.
@Suite(.serialized) struct BrowserTests {
    @Test("The whole journey, from the booking to the screen and the personal page", .timeLimit(.minutes(6)))
    func journey() async throws { try await run("journey") }

    @Test("Booking, cancelling and the kiosk without JavaScript", .timeLimit(.minutes(6)))
    func withoutJavaScript() async throws { try await run("nojs") }

    @Test("A booking by keyboard alone, with visible focus", .timeLimit(.minutes(6)))
    func keyboard() async throws { try await run("keyboard") }

    @Test("No page breaks a rule of the WCAG 2.2 AA audit", .timeLimit(.minutes(12)))
    func accessibility() async throws { try await run("axe") }

    private func run(_ script: String) async throws {
        let scripts = try #require(Bundle.module.resourceURL).appending(path: "Scripts")
        let python = ProcessInfo.processInfo.environment["ONETRIP_PYTHON"] ?? "python3"
        let city = TestCity.yaml(timeZone: TestCity.daytimeZone)
        try await withSystem(city: city) { system in
            do {
                let output = try await ChildProcess.run(
                    python,
                    [
                        "-B", scripts.appending(path: script + ".py").path, system.base, "--hall", "north",
                        "--kiosk-key", try #require(TestCity.kioskKeys["north"]), "--clerk", "clerk-1",
                        "--clerk-password", TestCity.password(ofClerk: 1), "--reception", "reception-north",
                        "--operator", "operator-north", "--password", TestCity.otherPassword,
                    ])
                print(output)
            } catch {
                Attachment.record("\(error)\n\n\(system.logs)", named: "\(script).txt")
                throw error
            }
        }
    }
}
