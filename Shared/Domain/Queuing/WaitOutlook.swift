/// How long somebody will probably wait.
package struct WaitOutlook: Sendable, Hashable, Codable {
    /// People who will be called first at the windows that may serve this person.
    package var ahead: Int
    /// One in ten waits less than this many minutes.
    package var lowMinutes: Int
    package var expectedMinutes: Int
    /// One in ten waits longer than this many minutes.
    package var highMinutes: Int

    package init(ahead: Int, lowMinutes: Int, expectedMinutes: Int, highMinutes: Int) {
        self.ahead = ahead
        self.lowMinutes = lowMinutes
        self.expectedMinutes = expectedMinutes
        self.highMinutes = highMinutes
    }
}
