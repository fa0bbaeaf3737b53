/// The trace that the present work belongs to.
///
/// Set by whoever begins work: the door of a service for a request, ``Consumer`` for an event. ``EventLog`` writes it
/// beside the event, so a trace goes on in every service that hears of it.
package enum EventTrace {
    /// A `traceparent` header value (W3C Trace Context, section 3.2).
    @TaskLocal package static var traceparent: String?
}
