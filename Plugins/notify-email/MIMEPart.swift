import Foundation

/// A part of a message, with its headers (RFC 2045, RFC 2046).
struct MIMEPart {
    private var headers: [HeaderField]
    private let body: [UInt8]

    /// A text, encoded so that nothing on its way has a reason to change it.
    static func text(_ type: HeaderField, _ text: String, language: String? = nil) -> MIMEPart {
        let bytes = Array(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n").utf8)
        // Base64 costs a third more; quoted-printable two bytes more for each that is not ASCII, and can be read as it is.
        let isReadable = bytes.count { $0 >= 0x80 } * 6 <= bytes.count
        var part = MIMEPart(
            headers: [
                type.parameter("charset", "utf-8"),
                HeaderField("Content-Transfer-Encoding", isReadable ? "quoted-printable" : "base64"),
            ], body: isReadable ? quotedPrintable(bytes) : base64(bytes))
        if let language { part.headers.append(HeaderField("Content-Language", language)) }
        return part
    }

    static func attachment(_ type: HeaderField, name: String, _ bytes: [UInt8]) -> MIMEPart {
        MIMEPart(
            headers: [
                type.parameter("name", name), HeaderField("Content-Transfer-Encoding", "base64"),
                HeaderField("Content-Disposition", "attachment").parameter("filename", name),
            ], body: base64(bytes))
    }

    /// Parts one after another. What they hold is encoded, and neither encoding can have the boundary's `=_` in it.
    static func multipart(_ kind: String, _ parts: [MIMEPart]) -> MIMEPart {
        let boundary = "=_rotationd_\(kind)"
        var body: [UInt8] = []
        for part in parts { body += Array("--\(boundary)\r\n".utf8) + part.bytes + Array("\r\n".utf8) }
        body += Array("--\(boundary)--\r\n".utf8)
        return MIMEPart(
            headers: [HeaderField("Content-Type", "multipart/\(kind)").parameter("boundary", boundary)], body: body)
    }

    var bytes: [UInt8] { headers.flatMap(\.bytes) + Array("\r\n".utf8) + body }

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        Array(
            Data(bytes).base64EncodedData(options: [
                .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
            ]))
    }

    /// Lines of at most 76 characters; a dot that begins one is written out, so that no server takes it for the end.
    private static func quotedPrintable(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        var column = 0
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0D || byte == 0x0A {
                output.append(byte)
                column = 0
                continue
            }
            let endsLine = index + 1 == bytes.count || bytes[index + 1] == 0x0D
            let isPlain =
                (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
                && !(byte == UInt8(ascii: ".") && column == 0) || (byte == 0x20 || byte == 0x09) && !endsLine
            let word = isPlain ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            // One place is for the = of a soft line break.
            if column + word.count > 75 {
                output += Array("=\r\n".utf8)
                column = 0
                if byte == UInt8(ascii: ".") {
                    output += Array("=2E".utf8)
                    column = 3
                    continue
                }
            }
            output += word
            column += word.count
        }
        return output
    }
}
