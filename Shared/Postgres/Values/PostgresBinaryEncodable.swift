/// A value that can be an element of an array in PostgreSQL's binary format (`\(column:)`).
///
/// A batch writes thousands of values, and the server reads digits and quotes for longer than it takes to store the row.
package protocol PostgresBinaryEncodable: Sendable {
    /// The type's number in `pg_type`, which is the same in every database.
    static var postgresType: UInt32 { get }

    /// Appends the value's bytes; `false`, and nothing appended, for NULL.
    func appendPostgresBinary(to bytes: inout [UInt8]) -> Bool
}

extension Optional: PostgresBinaryEncodable where Wrapped: PostgresBinaryEncodable {
    package static var postgresType: UInt32 { Wrapped.postgresType }

    package func appendPostgresBinary(to bytes: inout [UInt8]) -> Bool {
        self?.appendPostgresBinary(to: &bytes) ?? false
    }
}

/// `text`.
extension String: PostgresBinaryEncodable {
    package static var postgresType: UInt32 { 25 }

    package func appendPostgresBinary(to bytes: inout [UInt8]) -> Bool {
        withBytes { bytes.append(contentsOf: $0) }
        return true
    }
}

/// `bigint`.
extension Int64: PostgresBinaryEncodable {
    package static var postgresType: UInt32 { 20 }

    package func appendPostgresBinary(to bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }
}

/// `bigint` too; the server says when a column is too narrow for it.
extension Int: PostgresBinaryEncodable {
    package static var postgresType: UInt32 { Int64.postgresType }

    package func appendPostgresBinary(to bytes: inout [UInt8]) -> Bool {
        Int64(self).appendPostgresBinary(to: &bytes)
    }
}

/// `bytea`.
extension Array: PostgresBinaryEncodable where Element == UInt8 {
    package static var postgresType: UInt32 { 17 }

    package func appendPostgresBinary(to bytes: inout [UInt8]) -> Bool {
        bytes.append(contentsOf: self)
        return true
    }
}

extension PostgresBinaryEncodable {
    /// An array of one dimension: `array_recv` in PostgreSQL's arrayfuncs.c.
    static func postgresBinary(ofArray elements: [Self]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + 24 * elements.count)
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
        let flags = bytes.count
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: postgresType)
        guard !elements.isEmpty else { return bytes }
        bytes.append(bigEndian: Int32(elements.count))
        bytes.append(bigEndian: Int32(1))
        for element in elements {
            let length = bytes.count
            bytes.append(bigEndian: Int32(-1))
            guard element.appendPostgresBinary(to: &bytes) else {
                // There are NULLs.
                bytes[flags + 3] = 1
                continue
            }
            bytes.replace(at: length, bigEndian: Int32(bytes.count - length - 4))
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func replace(at index: Int, bigEndian number: Int32) {
        Swift.withUnsafeBytes(of: number.bigEndian) { bytes in
            for (offset, byte) in bytes.enumerated() { self[index + offset] = byte }
        }
    }
}
