import Foundation

/// An address and whose it is.
struct Mailbox: Equatable {
    /// `local@domain`, checked.
    let address: String
    var name: String?

    /// Why an address cannot be used.
    struct Invalid: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    /// - Throws: ``Invalid`` when the address is not a plain `local@domain` of ASCII characters. Quoted local parts and
    ///   addresses outside of ASCII (RFC 6531) are refused, because many servers take them and lose the message later.
    init(address: String, name: String? = nil) throws(Invalid) {
        func invalid(_ what: String) -> Invalid { Invalid(description: "\"\(address.singleLine(160))\" \(what)") }
        guard address.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw invalid("is not ASCII; use an address without diacritics (a domain in its xn-- form)")
        }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw invalid("is not an e-mail address such as name@domain") }
        guard (1...64).contains(parts[0].utf8.count), Self.isDotAtom(parts[0]) else {
            throw invalid("has a wrong part before the @")
        }
        guard Self.isDomain(String(parts[1])) else { throw invalid("has a wrong domain") }
        self.address = address
        self.name = name
    }

    /// Reads `Name <local@domain>` or `local@domain`.
    init(_ text: String) throws(Invalid) {
        guard let opening = text.firstIndex(of: "<") else {
            try self.init(address: text)
            return
        }
        guard text.hasSuffix(">") else { throw Invalid(description: "\"\(text.singleLine(160))\" lacks the last >") }
        let name = text[..<opening].trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
        try self.init(
            address: String(text[text.index(after: opening)...].dropLast()), name: name.isEmpty ? nil : name)
    }

    var domain: String { String(address.drop { $0 != "@" }.dropFirst()) }

    /// RFC 5321, 2.3.5 and 4.5.3.1.2: labels of letters, digits and hyphens.
    static func isDomain(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
            }
    }

    /// RFC 5322, 3.2.3: words of printable characters with single dots in between.
    static func isDotAtom(_ text: some StringProtocol) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { word in
            !word.isEmpty && word.utf8.allSatisfy { isLetterOrDigit($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & ~0x20)
    }
}
