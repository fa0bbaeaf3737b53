/// What a connection waits for: a descriptor (-1 for none), readiness to read or write, and the moment it must be woken.
package typealias ConnectionInterest = (
    fileDescriptor: Int32, wantsRead: Bool, wantsWrite: Bool, deadline: ContinuousClock.Instant?
)

/// The half of a connection that deals with the C library.
///
/// All three functions run on the ``ConnectionThread`` that the reactor was registered with, and nowhere else.
package protocol ConnectionReactor: AnyObject {
    /// Sends what can be sent, then says what to wait for; `nil` waits for work only.
    ///
    /// Called before every wait, so also after each run of queued work.
    func prepareToWait() -> ConnectionInterest?

    /// The descriptor of ``prepareToWait()`` is ready. An error or a hang-up counts as readable.
    func ready(readable: Bool, writable: Bool)

    /// The deadline of ``prepareToWait()`` has passed.
    func deadlinePassed()
}
