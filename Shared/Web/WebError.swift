/// Something that keeps the web layer from starting or from doing its work; never shown to people.
package struct WebError: Error, CustomStringConvertible, Hashable {
    package enum Code: String, Sendable, Hashable {
        /// A message catalogue, a template or an asset is missing or cannot be read.
        case resource
        /// A template does not exist or cannot be parsed.
        case template
        /// The master key is not 64 hexadecimal digits.
        case masterKey
        /// Sealed bytes were changed, cut or sealed with another key or for another purpose.
        case sealBroken
        /// A text cannot be written as a QR code.
        case qrCode
        /// A value cannot be written as JSON.
        case encoding
    }

    package let code: Code
    /// What is wrong and what to do next.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
