extension String {
    /// Its UTF-8 in one piece, without a copy where it is stored that way.
    func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var copy = self
        return copy.withUTF8(body)
    }

    /// Whether it has a byte, looked for at the speed of memory: batches bind megabytes.
    func hasByte(_ byte: UInt8) -> Bool {
        withBytes { bytes in bytes.contains(byte) }
    }
}
