/// What a member of staff may do in a hall.
package enum Role: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    /// Calls and serves at a window.
    case clerk
    /// Helps at the door: checks people in, issues tickets, brings missed people back.
    case reception
    /// Runs the hall: sees everything, opens and closes the day.
    case `operator`
}
