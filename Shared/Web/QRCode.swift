import CQRencode

#if canImport(Glibc)
    import Glibc
#endif

/// QR codes (ISO/IEC 18004) as SVG.
package enum QRCode {
    /// An SVG image with a quiet zone of four modules; it scales to its container and needs no styles.
    ///
    /// - Parameters:
    ///   - text: at most 1,000 bytes of UTF-8.
    ///   - label: what the image is, for people who do not see it.
    /// - Throws: ``WebError`` with code `qrCode` when the text is empty or too long.
    package static func svg(_ text: String, label: String = "QR") throws(WebError) -> String {
        guard (1...1000).contains(text.utf8.count), !text.utf8.contains(0),
            let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M)
        else { throw WebError(.qrCode, "A QR code holds 1 to 1,000 bytes; this text has \(text.utf8.count).") }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        let size = width + 8
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                guard code.pointee.data[row * width + column] & 1 == 1 else {
                    column += 1
                    continue
                }
                let start = column
                while column < width, code.pointee.data[row * width + column] & 1 == 1 { column += 1 }
                path += "M\(start + 4) \(row + 4)h\(column - start)v1h-\(column - start)z"
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size) \(size)" role="img" \
            aria-label="\(label.escapedForHTML)" shape-rendering="crispEdges">\
            <rect width="\(size)" height="\(size)" fill="#fff"/><path d="\(path)" fill="#000"/></svg>
            """
    }
}

extension String {
    /// The text with the five characters replaced that mean something in HTML.
    package var escapedForHTML: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
