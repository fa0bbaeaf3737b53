extension CatalogueValidator {
    mutating func check(_ staff: [StaffInput]) {
        checkUnique(staff.map(\.staff.id.rawValue), "member of staff") { "staff[\($0)].id" }
        for (index, input) in staff.enumerated() {
            check(input.staff, "staff[\(index)]")
            // bcrypt looks at the first 72 bytes only.
            require(
                input.initialPassword.count >= 12 && input.initialPassword.utf8.count <= 72, "staff[\(index)].password",
                "is too short or too long; give 12 characters or more, and 72 bytes at most")
        }
    }

    private mutating func check(_ staff: Staff, _ path: String) {
        checkSlug(staff.id.rawValue, "\(path).id")
        require(PersonName(staff.name) != nil, "\(path).name", "'\(staff.name)' is not a name; give 1 to 60 characters")
        require(!staff.roles.isEmpty, "\(path).roles", "is empty; give a hall and a role, or drop the person")
        checkUnique(staff.roles.map { "\($0.role.rawValue) in \($0.hall)" }, "role") { "\(path).roles[\($0)]" }
        for (index, assignment) in staff.roles.enumerated() {
            checkKnown(
                assignment.hall.rawValue, among: catalogue.halls.keys.map(\.rawValue), "hall",
                "\(path).roles[\(index)].hall")
        }
        guard let skills = staff.skills else { return }
        require(!skills.isEmpty, "\(path).skills", "is empty; name services, or leave it out for all")
        checkUnique(skills.map(\.rawValue), "skill") { "\(path).skills[\($0)]" }
        for (index, skill) in skills.enumerated() {
            checkKnown(
                skill.rawValue, among: catalogue.services.keys.map(\.rawValue), "service", "\(path).skills[\(index)]")
        }
    }

    /// Whoever has a shift in a hall must have a role there.
    mutating func checkShiftPeople(_ staff: [Staff]) {
        let people = Dictionary(staff.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for hall in catalogue.orderedHalls {
            for (index, shift) in hall.shifts.enumerated() {
                let path = "halls[\(hall.position)].shifts[\(index)].staff"
                guard let person = people[shift.staff] else {
                    checkKnown(shift.staff.rawValue, among: people.keys.map(\.rawValue), "member of staff", path)
                    continue
                }
                require(
                    !person.roles(in: hall.id).isEmpty, path,
                    "'\(shift.staff)' has no role in the hall '\(hall.id)'; give the person one, or drop the shift")
            }
        }
    }

    mutating func check(_ kiosks: [KioskInput]) {
        var owners: Set<String> = []
        for hall in catalogue.orderedHalls {
            for (index, kiosk) in hall.kiosks.enumerated() {
                let path = "halls[\(hall.position)].kiosks[\(index)].key"
                guard let input = kiosks.first(where: { $0.hall == hall.id && $0.id == kiosk.id }) else {
                    report(path, "the kiosk has no key; give 16 visible ASCII characters or more")
                    continue
                }
                let bytes = input.key.utf8
                require(
                    (16...128).contains(bytes.count) && bytes.allSatisfy { (0x21...0x7E).contains($0) }, path,
                    "is not a kiosk key; give 16 to 128 visible ASCII characters without spaces")
                require(owners.insert(input.key).inserted, path, "another kiosk has the same key; each needs its own")
            }
        }
    }
}
