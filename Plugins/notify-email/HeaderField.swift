import Foundation

/// One header of a message or of a part, folded (RFC 5322, RFC 2047, RFC 2231). Values that come from outside go in through
/// ``text(_:_:)``, ``mailboxes(_:_:)`` and ``parameter(_:_:)`` only, which write ASCII without line ends, whatever comes.
struct HeaderField {
    private static let width = 76
    /// With which an encoded word still fits behind a header's name: 39 bytes become 64 characters.
    private static let wordBytes = 39

    private var lines: String
    private var column: Int

    /// - Parameter value: Words of the program's own; folded at spaces.
    init(_ name: String, _ value: String = "") {
        lines = name + ":"
        column = lines.utf8.count
        for word in value.split(separator: " ") { append(String(word)) }
    }

    var bytes: [UInt8] { Array((lines + "\r\n").utf8) }

    /// Appends a word that is never broken.
    private mutating func append(_ word: String) {
        if column + 1 + word.utf8.count > Self.width {
            lines += "\r\n"
            column = 0
        }
        lines += " " + word
        column += 1 + word.utf8.count
    }

    /// A header of any text.
    static func text(_ name: String, _ text: String) -> HeaderField {
        var field = HeaderField(name)
        let line = text.singleLine(250)
        for word in plainWords(line) ?? encodedWords(line) { field.append(word) }
        return field
    }

    static func mailbox(_ name: String, _ mailbox: Mailbox) -> HeaderField {
        var field = HeaderField(name)
        let person = (mailbox.name ?? "").singleLine(120)
        guard !person.isEmpty else {
            field.append(mailbox.address)
            return field
        }
        let words = isPhrase(person) ? plainWords(person) : nil
        for word in words ?? encodedWords(person) { field.append(word) }
        field.append("<\(mailbox.address)>")
        return field
    }

    /// Adds `; name=value`, in RFC 2231's form where it is not plain ASCII.
    func parameter(_ name: String, _ value: String) -> HeaderField {
        var field = self
        field.lines += ";"
        field.column += 1
        if Self.isPhrase(value), !value.contains(" ") {
            field.append("\(name)=\(value)")
        } else if value.utf8.allSatisfy({
            (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }) {
            field.append("\(name)=\"\(value)\"")
        } else {
            let allowed = CharacterSet(
                charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")
            let escaped = value.singleLine(20).addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
            field.append("\(name)*=utf-8''\(escaped)")
        }
        return field
    }

    /// Letters, digits, spaces and hyphens, which mean nothing but themselves.
    private static func isPhrase(_ text: String) -> Bool {
        text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & ~0x20) || $0 == 0x20 || $0 == UInt8(ascii: "-")
        }
    }

    /// The words as they are, when none can be taken for something else and the spaces between them survive folding.
    private static func plainWords(_ text: String) -> [String]? {
        let words = text.split(separator: " ").map(String.init)
        let isPlain = words.allSatisfy { word in
            word.utf8.count <= 60 && word.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !word.contains("=?")
        }
        return isPlain ? words : nil
    }

    /// RFC 2047: each word decodes to whole characters by itself. Broken behind spaces where there are some, for programs that
    /// make a space of each break.
    private static func encodedWords(_ text: String) -> [String] {
        var words: [String] = []
        var rest = text.unicodeScalars[...]
        while !rest.isEmpty {
            var (length, end) = (0, rest.startIndex)
            var space: String.UnicodeScalarView.Index?
            while end < rest.endIndex, length + UTF8.width(rest[end]) <= wordBytes {
                length += UTF8.width(rest[end])
                let isSpace = rest[end] == " "
                end = rest.index(after: end)
                if isSpace { space = end }
            }
            if end < rest.endIndex, let space { end = space }
            let chunk = String(String.UnicodeScalarView(rest[..<end]))
            words.append("=?utf-8?B?\(Data(chunk.utf8).base64EncodedString())?=")
            rest = rest[end...]
        }
        return words
    }
}
