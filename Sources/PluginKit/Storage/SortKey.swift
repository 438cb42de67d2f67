import Foundation

/// What names are sorted by, as text whose bytes order as Vietnamese does (CLDR `vi`, with numbers by their value): the
/// letters first, ă, â, đ, ê, ô, ơ and ư as letters of their own; then the tones, in the order none, huyền, hỏi, ngã, sắc,
/// nặng; then small letters before capitals. A store keeps it in a column, so that SQL sorts and pages by it.
///
/// Of three parts between spaces, one a level: no weight is a space, so that what is shorter comes first.
public func sortKey(_ text: String) -> String {
    var key = SortKeyLevels()
    for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars { key.take(scalar) }
    return key.finished()
}

extension Official {
    /// People are sorted by the given name, then by the family and middle names.
    public var sortKey: String {
        [givenName, familyName, middleName].map(PluginKit.sortKey).joined(separator: " ")
    }
}

private struct SortKeyLevels {
    /// In the order of CLDR. What is not here comes after it, by its code point.
    private static let signs = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
    private static let letters = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
    private static let other = UInt8(ascii: "~")
    private static let none = UInt8(ascii: "!")

    /// The weights of signs, digits and letters, each greater than a space.
    private static let weights: [Unicode.Scalar: UInt8] = {
        var weights: [Unicode.Scalar: UInt8] = [:]
        for (weight, scalar) in (signs + "0123456789" + letters).unicodeScalars.enumerated() {
            weights[scalar] = none + UInt8(weight)
        }
        return weights
    }()
    private static let zero = none + UInt8(signs.utf8.count)

    private var primary: [UInt8] = []
    private var secondary: [UInt8] = []
    private var tertiary: [UInt8] = []
    /// The digits of a number that is being read, as weights.
    private var number: [UInt8] = []
    /// The place in `primary` of the letter that a mark belongs to.
    private var letter: (scalar: Unicode.Scalar, place: Int)?

    mutating func take(_ scalar: Unicode.Scalar) {
        if ("0"..."9").contains(scalar) {
            letter = nil
            number.append(Self.zero + UInt8(scalar.value - 0x30))
            return
        }
        finishNumber()
        switch scalar {
        // Ð (U+00D0) is the look-alike of Đ that some keyboards give.
        case "đ", "ð": append("đ", isCapital: false)
        case "Đ", "Ð": append("đ", isCapital: true)
        case "a"..."z": append(scalar, isCapital: false)
        case "A"..."Z": append(Unicode.Scalar(UInt8(scalar.value + 0x20)), isCapital: true)
        case "\u{300}": secondary.append(Self.none + 1)
        case "\u{309}": secondary.append(Self.none + 2)
        case "\u{303}": secondary.append(Self.none + 3)
        case "\u{301}": secondary.append(Self.none + 4)
        case "\u{323}": secondary.append(Self.none + 5)
        case "\u{302}", "\u{306}", "\u{31B}": change(with: scalar)
        default:
            if scalar.properties.generalCategory == .nonspacingMark {
                secondary.append(Self.other)
            } else if scalar.properties.isWhitespace {
                append(" ", isCapital: false)
            } else {
                append(scalar, isCapital: false)
            }
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar, isCapital: Bool) {
        letter = (scalar, primary.count)
        if let weight = Self.weights[scalar] {
            primary.append(weight)
        } else {
            primary.append(Self.other)
            primary += Array(String(scalar).utf8)
        }
        secondary.append(Self.none)
        tertiary.append(isCapital ? Self.none + 1 : Self.none)
    }

    /// A circumflex, breve or horn makes another letter.
    private mutating func change(with mark: Unicode.Scalar) {
        let changed: Unicode.Scalar? =
            switch (letter?.scalar, mark) {
            case ("a", "\u{306}"): "ă"
            case ("a", "\u{302}"): "â"
            case ("e", "\u{302}"): "ê"
            case ("o", "\u{302}"): "ô"
            case ("o", "\u{31B}"): "ơ"
            case ("u", "\u{31B}"): "ư"
            default: nil
            }
        guard let changed, let place = letter?.place, let weight = Self.weights[changed] else {
            return secondary.append(Self.other)
        }
        primary[place] = weight
        letter = nil
    }

    /// A number is sorted by the count of its digits, zeros before it aside, and then by them: 7 and 07 before 11.
    private mutating func finishNumber() {
        guard !number.isEmpty else { return }
        let digits = number.drop { $0 == Self.zero }
        var count = digits.count
        while count >= 9 {
            primary.append(Self.zero + 9)
            count -= 9
        }
        primary.append(Self.zero + UInt8(count))
        primary += digits
        secondary.append(Self.none)
        tertiary.append(Self.none)
        number = []
    }

    mutating func finished() -> String {
        finishNumber()
        let levels = [primary[...], Self.trimmed(secondary), Self.trimmed(tertiary)]
        return String(decoding: Array(levels.joined(separator: [UInt8(ascii: " ")])), as: UTF8.self)
    }

    /// What is most frequent stands at the end of most names, and is less than anything else anyway.
    private static func trimmed(_ weights: [UInt8]) -> ArraySlice<UInt8> {
        weights[..<(weights.lastIndex { $0 != none }.map { $0 + 1 } ?? 0)]
    }
}
