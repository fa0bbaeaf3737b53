/// What changing a window would be worth, in numbers from which its reason can be told.
package struct WindowAdvice: Sendable, Hashable {
    package var change: WindowChange
    /// Until when the futures were rolled [s since midnight].
    package var until: Int
    /// Clerk-minutes spent; negative: set free.
    package var clerkMinutes: Double
    /// Cost of waiting (J's, summed over people) that is saved, with the standard error of the paired difference.
    package var saving: Double
    package var error: Double
    /// Minutes of waiting saved; negative: added.
    package var minutes: Double
    /// Mean minutes of waiting for each person of the horizon, without and with the change.
    package var meanBefore: Double
    package var meanAfter: Double
    /// Minutes saved by service and standing, the largest first; those of less than a minute are left out.
    package var helped: [Helped]

    package struct Helped: Sendable, Hashable {
        package var service: Int
        package var standing: Standing
        package var minutes: Double
    }

    /// Saved cost for each clerk-minute spent; of a closing, lost cost for each clerk-minute set free.
    package var savingPerClerkMinute: Double { clerkMinutes == 0 ? 0 : saving / clerkMinutes }
    /// Minutes of waiting for each clerk-minute, in the same way.
    package var minutesPerClerkMinute: Double { clerkMinutes == 0 ? 0 : minutes / clerkMinutes }
}
