import Foundation
import PrivateServers
import TestSupport
import Testing

/// What the services say of themselves holds: generated requests, good and bad, against a running system.
///
/// The tester (Schemathesis) is beside the Python interpreter that `ONETRIP_PYTHON` names, or on the `PATH`. `schemathesis.toml` and
/// `onetrip_api.py` tell it what documents cannot say.
@Suite(.serialized) struct OpenAPITests {
    /// The same seed makes the same requests in each run.
    private static let seed = 20_261_123

    @Test(arguments: ["/api/v1/openapi.json", "/api/v1/queue/openapi.json", "/api/v1/live/openapi.json"])
    func openAPIDocument_matchesService(document: String) async throws {
        try await withSystem(city: TestCity.yaml(timeZone: TestCity.daytimeZone)) { system in
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
            var environment = ProcessInfo.processInfo.environment
            environment["ONETRIP_BASE"] = system.base
            environment["SCHEMATHESIS_HOOKS"] = folder + "/onetrip_api.py"
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
            environment["HYPOTHESIS_STORAGE_DIRECTORY"] = system.directory + "/hypothesis"
            try await ChildProcess.run(
                Self.program,
                [
                    "--config-file", folder + "/schemathesis.toml", "--no-color", "run", system.base + document,
                    "--checks", "all", "--max-examples", "50", "--seed", "\(Self.seed)",
                ], environment: environment)
        }
    }

    private static var program: String {
        guard let python = ProcessInfo.processInfo.environment["ONETRIP_PYTHON"] else { return "schemathesis" }
        return URL(fileURLWithPath: python).deletingLastPathComponent().path + "/schemathesis"
    }
}
