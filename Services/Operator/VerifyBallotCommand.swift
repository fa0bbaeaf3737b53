import ArgumentParser
import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOHTTP1

/// `onetrip verify-ballot`
struct VerifyBallotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-ballot",
        abstract: "Do the draw of a ballot again from what was published, and say whether it comes out the same.",
        discussion: """
            Takes a file or an address such as https://city.example/api/v1/ballots/passport_2027-07-01. Checks that the seed fits the \
            hash that was published before anybody could enter, that the list is the one that was drawn from, the order and what each \
            got. Ends with exit code 1 when something differs. With --commitment and --receipt it also checks what you noted yourself.
            """)

    @Argument(help: "File or address of the published record.")
    var source: String

    @Option(help: "The hash of the seed as you noted it while entries were taken.")
    var commitment: String?

    @Option(help: "An entry's number and receipt as NUMBER:RECEIPT; may be given more than once.")
    var receipt: [String] = []

    /// Megabytes that a record may have.
    private static let limit = 256

    func run() async throws {
        var receipts: [Int: String] = [:]
        for text in receipt {
            let parts = text.split(separator: ":")
            guard parts.count == 2, let number = Int(parts[0]) else {
                throw ValidationError("'\(text)' is no receipt; give it as NUMBER:RECEIPT, such as 17:3f9c…")
            }
            receipts[number] = String(parts[1])
        }
        let record: BallotRecord
        do {
            record = try JSONDecoder().decode(BallotRecord.self, from: try await data())
        } catch let error as DecodingError {
            throw ValidationError("\(source) is no record of a ballot: \(error)")
        }
        var faults = record.faults(receipts: receipts).map(\.description)
        if let commitment, commitment != record.commitment {
            faults.append("the published hash of the seed is \(record.commitment), not the one that you noted")
        }
        guard faults.isEmpty, let draw = record.draw else {
            for fault in faults { print("DIFFERS  \(fault)") }
            throw ExitCode(1)
        }
        let won = draw.entries.count { $0.slot != nil }
        print("OK  \(record.round): \(draw.entries.count) entries, \(won) drawn, root \(draw.root)")
    }

    private func data() async throws -> Data {
        guard source.hasPrefix("http://") || source.hasPrefix("https://") else {
            guard let data = FileManager.default.contents(atPath: source) else {
                throw ValidationError("\(source) cannot be read")
            }
            return data
        }
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: source), timeout: .seconds(60))
        guard response.status == .ok else { throw ValidationError("\(source) answers \(response.status.code)") }
        return Data(try await response.body.collect(upTo: Self.limit << 20).readableBytesView)
    }
}
