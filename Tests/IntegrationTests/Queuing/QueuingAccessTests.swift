import Domain
import Foundation
import HTTPTypes
import NIOHTTP1
import QueuingService
import ServiceBootstrap
import TestSupport
import Testing
import Web

@Suite struct QueuingAccessTests {
    enum Caller: String, CaseIterable {
        case nobody, clerk, clerkElsewhere, reception, `operator`, kiosk, kioskElsewhere

        var role: Role? {
            switch self {
            case .clerk: .clerk
            case .reception: .reception
            case .operator: .operator
            default: nil
            }
        }
    }

    /// Whether a caller may use a route of the hall north.
    private func mayCall(_ caller: Caller, _ route: RouteDeclaration) -> Bool {
        let isHalls = route.path.contains("{hall}")
        func staff(_ roles: Set<Role>) -> Bool {
            if let role = caller.role { return roles.isEmpty || roles.contains(role) }
            return caller == .clerkElsewhere && !isHalls && (roles.isEmpty || roles.contains(.clerk))
        }
        let isKiosk = caller == .kiosk || (caller == .kioskElsewhere && !isHalls)
        return switch route.access {
        case .everyone, .probe: true
        case .staff(let roles): staff(roles)
        case .kiosk: isKiosk
        case .kioskOrStaff(let roles): isKiosk || staff(roles)
        case .link, .service: false
        }
    }

    /// Walks all routes with all roles: who may not is told so before anything else is looked at, and who may is not.
    @Test func everyRoute_isOpenToItsRolesOnly() async throws {
        try await withQueuing { rig in
            var credentials: [Caller: String] = [:]
            credentials[.clerk] = try await rig.signIn(clerk: 1)
            credentials[.clerkElsewhere] = try await rig.signIn(clerk: 2)
            credentials[.reception] = try await rig.signIn("reception-north")
            credentials[.operator] = try await rig.signIn("operator-north")
            credentials[.kiosk] = try await rig.kiosk("north")
            credentials[.kioskElsewhere] = try await rig.kiosk("south")
            let routes = rig.processes[0].parts.assembly.routes
            #expect(routes.count > 25)
            for route in routes where route.access != .probe {
                let path = route.path.replacing("{hall}", with: "north").replacing("{window}", with: "1")
                    .replacing("{ticket}", with: "0b9e1c52-7f1e-8d3a-8c11-5a2f7d9e4b60").replacing(
                        "**", with: "app.css")
                for caller in Caller.allCases {
                    // Signing out would end the session of the walk.
                    if route.path.hasSuffix("sign-out") || route.path.hasSuffix("/sessions"), caller != .nobody {
                        continue
                    }
                    var headers = ["Accept": route.kind == .page ? "text/html" : "application/json"]
                    if let token = credentials[caller] { headers["Authorization"] = "Bearer \(token)" }
                    let answer = try await rig.client.send(
                        HTTPMethod(rawValue: route.method.rawValue), path, headers: headers)
                    let isSentToSignIn =
                        answer.status == 303
                        && answer.headers.first(name: "location")?.hasPrefix("/staff/sign-in") == true
                    let isBarred = answer.status == 401 || answer.status == 403 || isSentToSignIn
                    if mayCall(caller, route) {
                        // A form that lacks its token is refused with 403 as well, but only after the role was found good.
                        let isFormCheck = answer.status == 403 && answer.text.contains("form-expired")
                        let isForm = route.kind == .page && route.method == .post
                        #expect(!isBarred || isForm || isFormCheck, "\(caller) on \(route): \(answer.status)")
                    } else {
                        #expect(isBarred, "\(caller) on \(route): \(answer.status)")
                    }
                }
            }
        }
    }

    @Test func commandOfAnotherHall_isForbidden_evenWithTheRoleAtHome() async throws {
        try await withQueuing { rig in
            let token = try await rig.signIn(clerk: 1)
            let answer = try await rig.client.post(
                "/api/v1/queue/halls/south/windows/1/commands", #"{"command":"open"}"#,
                headers: ["Authorization": "Bearer \(token)", "Idempotency-Key": "1"])
            #expect(answer.status == 403)
            let log = try await rig.client.get(QueuingRig.api + "/log", headers: ["Authorization": "Bearer \(token)"])
            #expect(log.status == 403)
        }
    }

    @Test func callingAParticularPerson_needsTheOperatorsRole() async throws {
        try await withQueuing { rig in
            let kiosk = try await rig.kiosk()
            let ticket = try #require(try await rig.issue(token: kiosk).string("id"))
            let token = try await rig.signIn(clerk: 1)
            #expect(try await rig.command(#"{"command":"open"}"#, window: "1", token: token).status == 200)
            let pick = try await rig.command(#"{"command":"call","ticket":"\#(ticket)"}"#, window: "1", token: token)
            #expect(pick.status == 403)
            #expect(pick.string("type") == "https://onetrip.example/problems/picking-needs-operator")
        }
    }
}
