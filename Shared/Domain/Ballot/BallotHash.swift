import Crypto

/// SHA-256 (FIPS 180-4) over parts, each text with its length in bytes before it and each number as 64 bits, big-endian, so no two
/// different lists of parts have the same encoding.
struct BallotHash {
    private var hash = SHA256()

    /// - Parameter purpose: keeps a hash made for one purpose from passing for another.
    init(_ purpose: String) {
        self = adding(purpose)
    }

    func adding(_ number: Int) -> BallotHash {
        var next = self
        withUnsafeBytes(of: Int64(number).bigEndian) { next.hash.update(bufferPointer: $0) }
        return next
    }

    func adding(_ text: String) -> BallotHash {
        var next = adding(text.utf8.count)
        next.hash.update(data: Array(text.utf8))
        return next
    }

    func adding(_ texts: [String]) -> BallotHash {
        texts.reduce(adding(texts.count)) { $0.adding($1) }
    }

    /// 64 lower-case hexadecimal digits, which sort like the bytes.
    var text: String {
        hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
