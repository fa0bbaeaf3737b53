import Domain
import Foundation
import NotificationService
import Testing
import Web

@Suite struct NotificationTextTests {
    @Test func catalogues_agree() {
        #expect(Localisation.check(NotificationResources.bundle) == [])
    }

    @Test func templates_nameTextsThatExist() throws {
        let localisation = try Localisation(bundles: [NotificationResources.bundle])
        let folder = NotificationResources.bundle.webResources.appendingPathComponent("Templates")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /\{\{#t\}\}([^{]+)\{\{\/t\}\}/) {
                #expect(localisation.has(String(match.output.1)), "\(file.lastPathComponent): \(match.output.1)")
            }
        }
    }

    @Test(arguments: TicketState.allCases)
    func everyState_isExplained(state: TicketState) throws {
        let localisation = try Localisation(bundles: [NotificationResources.bundle])
        #expect(localisation.has("ticket.\(state.rawValue).title"))
        #expect(localisation.has("ticket.\(state.rawValue).text"))
    }

    /// A page of a service must not bring scripts or styles inside: the content security policy would stop them.
    @Test func templates_haveNoInlineScriptOrStyle() throws {
        let folder = NotificationResources.bundle.webResources.appendingPathComponent("Templates")
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains(" style="), "\(file.lastPathComponent)")
            #expect(!text.contains("<style"), "\(file.lastPathComponent)")
            #expect(text.matches(of: /<script(?![^>]*src=)/).isEmpty, "\(file.lastPathComponent)")
            #expect(text.matches(of: /\son[a-z]+="/).isEmpty, "\(file.lastPathComponent)")
        }
    }
}
