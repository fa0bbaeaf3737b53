/// What became of an append that names the position it builds upon.
package enum AppendResult: Hashable, Sendable {
    case appended
    /// Nothing was written: the stream stands at another position, 0 when it is absent or empty and new.
    case mismatch(last: Int64)
}
