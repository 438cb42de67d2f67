extension String {
    /// Columns that the text takes on a terminal: none for marks that combine and for invisible characters, two for
    /// wide ones (Unicode's East Asian Width W and F, and emoji).
    var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// The text with spaces up to a width.
    func padded(to width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: Swift.max(0, width - displayWidth))
        return right ? space + self : self + space
    }

    /// The text, cut with an ellipsis when it is wider.
    func truncated(to width: Int) -> String {
        guard displayWidth > width else { return self }
        var result = ""
        var used = 0
        for character in self {
            let next = used + character.displayWidth
            if next > width - 1 { break }
            result.append(character)
            used = next
        }
        return result + "…"
    }

    /// The text without what could steer a terminal or turn a line around: such characters become a replacement
    /// character. Line ends and tabs become spaces unless they are kept.
    func printable(keepingLines: Bool = false) -> String {
        guard unicodeScalars.contains(where: \.isUnprintable) else { return self }
        var result = UnicodeScalarView()
        // CR LF is one line end.
        for scalar in replacing("\r\n", with: "\n").unicodeScalars {
            switch scalar {
            case "\n": result.append(keepingLines ? "\n" : " ")
            case "\t": result.append(" ")
            default: result.append(scalar.isUnprintable ? "\u{FFFD}" : scalar)
            }
        }
        return String(result)
    }
}

extension Character {
    fileprivate var displayWidth: Int {
        if unicodeScalars.contains("\u{FE0F}") { return 2 }
        return unicodeScalars.reduce(0) { max($0, $1.displayWidth) }
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        if value < 0x300 { return value < 0x20 || (0x7F..<0xA0).contains(value) || value == 0xAD ? 0 : 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if properties.isEmojiPresentation { return 2 }
        switch value {
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1B000...0x1B2FF, 0x20000...0x3FFFD:
            return 2
        // The medial vowels and finals of Hangul join the syllable before them.
        case 0x1160...0x11FF: return 0
        default: return 1
        }
    }

    /// Controls, and the marks that reorder text.
    fileprivate var isUnprintable: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
