import Domain

/// What to open once everything runs.
struct Addresses {
    let input: CatalogueInput
    let port: Int
    let isDemo: Bool
    let directory: StateDirectory
    /// How commands such as `onetrip verify-log` name the database.
    let postgres: String

    var text: String {
        let base = "http://localhost:\(port)"
        let halls = input.catalogue.halls.values.sorted { $0.id < $1.id }
        var lines = [
            "", "  OneTrip is running. Open:", "    citizens            \(base)/",
            "    halls, live         \(base)/live",
        ]
        if isDemo { lines.append("    demo phone          \(base)/demo/phone   (codes and messages arrive here)") }
        lines.append("    staff               \(base)/staff/sign-in")
        for hall in halls {
            lines.append("")
            lines.append("  \(hall.name.zh) · \(hall.name.en)")
            lines.append("    display             \(base)/display/\(hall.id)")
            guard isDemo else { continue }
            if let kiosk = input.kiosks.first(where: { $0.hall == hall.id }) {
                lines.append("    kiosk               \(base)/kiosk/\(hall.id)/enrol?key=\(kiosk.key)")
            }
            for role in [Role.clerk, .reception, .operator] {
                let person =
                    input.staff.first { $0.staff.roles(in: hall.id) == [role] }
                    ?? input.staff.first { $0.staff.roles(in: hall.id).contains(role) }
                guard let person else { continue }
                let name = "\(role.rawValue)".padding(to: 20)
                lines.append("    \(name)\(person.staff.id)  \(person.initialPassword)")
            }
        }
        lines += [
            "", "  Database for commands: ONETRIP_POSTGRES='\(postgres)'",
            "  Logs: \(directory.logs)   Stop: Ctrl-C", "",
        ]
        return lines.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
