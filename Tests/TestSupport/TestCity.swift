import Foundation

/// A small city for tests: two halls, four services, twelve windows. Only numbers and names differ from a real one's file.
package enum TestCity {
    /// The people at the windows: `clerk-1` to `clerk-16`, the odd ones in `north`, the even ones in `south`.
    package static let clerks = 16
    package static let kioskKeys = [
        "north": "test-kiosk-key-north-0001", "south": "test-kiosk-key-south-0001",
    ]

    /// The password of a clerk.
    package static func password(ofClerk number: Int) -> String { "correct-horse-battery-\(number)" }
    /// The password of `reception-north`, `reception-south`, `operator-north` and `operator-south`.
    package static let otherPassword = "correct-horse-battery-staple"

    /// The city's file.
    ///
    /// - Parameters:
    ///   - timeZone: of both halls. Both are open all day on every day, so that tests run at any hour.
    ///   - places: places per slot of every service in every hall.
    ///   - slotMinutes: length of the slots.
    ///   - horizonDays: days that can be booked ahead.
    ///   - minLeadMinutes: minutes before the slot when booking ends.
    ///   - cancelLeadMinutes: minutes before the slot when cancelling ends.
    ///   - holdMinutes: how long a chosen slot is kept.
    package static func yaml(
        timeZone: String = "Asia/Shanghai", places: Int = 10, slotMinutes: Int = 30, horizonDays: Int = 14,
        minLeadMinutes: Int = 0, cancelLeadMinutes: Int = 0, holdMinutes: Int = 10
    ) -> String {
        var lines = ["name: {zh: 测试市, en: Testville}", "version: 1", services, "halls:"]
        for hall in ["north", "south"] {
            lines.append(
                """
                  - id: \(hall)
                    name: {zh: \(hall == "north" ? "城北大厅" : "城南大厅"), en: \(hall.capitalized) Hall}
                    address: {zh: 测试路 1 号, en: 1 Test Road}
                    timeZone: \(timeZone)
                    hours: {daily: "00:00-24:00"}
                    observesHolidays: false
                    horizonDays: \(horizonDays)
                    bookingRules: {minLeadMinutes: \(minLeadMinutes), cancelLeadMinutes: \(cancelLeadMinutes), holdMinutes: \(holdMinutes)}
                    kiosks: [{id: door, key: \(kioskKeys[hall, default: ""])}]
                    windows:
                """)
            // Windows 1 to 3 are general; 4 to 6 have one or two services, so that skills matter.
            for (window, services) in [
                "id-card, passport, residence, licence", "id-card, passport, residence, licence",
                "id-card, passport, residence, licence", "id-card, passport", "residence", "licence",
            ].enumerated() {
                lines.append("      - {id: \(window + 1), services: [\(services)]}")
            }
            lines.append("    offers:")
            for service in ["id-card", "passport", "residence", "licence"] {
                lines.append("      \(service): {slotMinutes: \(slotMinutes), places: \(places)}")
            }
        }
        lines.append("staff:")
        for number in 1...clerks {
            let hall = number % 2 == 1 ? "north" : "south"
            lines.append(
                "  - {id: clerk-\(number), name: 职员\(number), password: \(password(ofClerk: number)), "
                    + "roles: [{hall: \(hall), role: clerk}]}")
        }
        for hall in ["north", "south"] {
            for role in ["reception", "operator"] {
                lines.append(
                    "  - {id: \(role)-\(hall), name: \(role) \(hall), password: \(otherPassword), "
                        + "roles: [{hall: \(hall), role: \(role)}]}")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let services = """
        lifeEvents:
          - {id: moving, name: {zh: 搬家, en: Moving house}}
        services:
          - id: id-card
            name: {zh: 居民身份证办理, en: Resident identity card}
            summary: {zh: 首次申领、换领和补领居民身份证。, en: 'First issue, renewal and replacement of the identity card.'}
            letter: A
            meanMinutes: 8
            keywords: [身份证丢失, lost id]
            legalDays: 20
            checklist:
              version: 1
              questions:
                - id: case
                  text: {zh: 您要办理哪一种？, en: Which case is yours?}
                  options:
                    - {id: first, text: {zh: 首次申领, en: First issue}}
                    - {id: lost, text: {zh: 丢失补领, en: Lost}}
              items:
                - {id: household-register, name: {zh: 居民户口簿, en: Household register}, form: original, when: {case: first}}
                - {id: photo, name: {zh: 数码照片回执, en: Digital photo receipt}, form: original}
          - id: passport
            name: {zh: 护照办理, en: Passport}
            summary: {zh: 申请普通护照。, en: Apply for an ordinary passport.}
            letter: B
            meanMinutes: 12
            fee: {zh: 120 元, en: 120 yuan}
            checklist:
              items:
                - {id: id-card, name: {zh: 居民身份证, en: Identity card}, form: originalAndCopy}
          - id: residence
            name: {zh: 居住证办理, en: Residence permit}
            summary: {zh: 在本市居住半年以上的人员申领居住证。, en: For people who have lived in the city for half a year.}
            letter: C
            meanMinutes: 10
            lifeEvents: [moving]
            checklist:
              items:
                - {id: lease, name: {zh: 房屋租赁合同, en: Lease}, form: copy, count: 2}
          - id: licence
            name: {zh: 营业执照办理, en: Business licence}
            summary: {zh: 企业设立登记。, en: Registration of a new business.}
            letter: D
            meanMinutes: 15
            audience: [business]
            checklist:
              items:
                - {id: articles, name: {zh: 公司章程, en: Articles of association}, form: original}
        """
}
