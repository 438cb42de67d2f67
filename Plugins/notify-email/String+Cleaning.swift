import Foundation

extension String {
    /// The text as one line of at most `limit` scalars, in NFC: whatever ends a line or controls a terminal or a message's
    /// form becomes a space, and what only changes how others are shown (bidi controls, invisible marks) is left out, so
    /// that nobody's name makes a second header or shows another's text.
    func singleLine(_ limit: Int) -> String {
        var line = String.UnicodeScalarView()
        for scalar in honestScalars {
            if scalar.isControl || scalar == " " {
                if let last = line.last, last != " " { line.append(" ") }
            } else {
                line.append(scalar)
            }
            if line.count > limit { break }
        }
        let isCut = line.count > limit
        if isCut { line.removeLast(2) }
        while line.last == " " { line.removeLast() }
        if isCut { line.append("…") }
        return String(line)
    }

    /// The text in NFC with line feeds as its only line ends, without other controls than tabs and without bidi controls.
    var cleanLines: String {
        var text = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in honestScalars {
            switch scalar {
            case "\n" where previous == "\r": break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": text.append("\n")
            case "\t": text.append(scalar)
            default: if !scalar.isControl { text.append(scalar) }
            }
            previous = scalar
        }
        return String(text)
    }

    /// Composed when what stood between a letter and its marks is gone.
    private var honestScalars: String.UnicodeScalarView {
        String(unicodeScalars.filter { !$0.isDeceptive }).precomposedStringWithCanonicalMapping.unicodeScalars
    }
}

extension Unicode.Scalar {
    /// Controls and separators of lines and paragraphs.
    fileprivate var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Format characters such as the bidi controls U+202E and U+2066. The joiners stay: emoji and some scripts are spelt with
    /// them.
    fileprivate var isDeceptive: Bool {
        properties.generalCategory == .format && self != "\u{200C}" && self != "\u{200D}"
    }
}
