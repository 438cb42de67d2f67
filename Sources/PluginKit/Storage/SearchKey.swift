import Foundation

/// What names and titles are compared by, without regard to case and diacritics: decomposed, without marks, đ as d, in
/// lower case. "Nguyễn Ngọc Hiền" becomes "nguyen ngoc hien".
public func searchKey(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
    var key = String.UnicodeScalarView()
    for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
        switch scalar {
        // đ has no decomposition; Ð (U+00D0, ð) is the look-alike that some keyboards give.
        case "đ", "Đ", "ð", "Ð": key.append("d")
        default: if scalar.properties.generalCategory != .nonspacingMark { key.append(scalar) }
        }
    }
    return String(key).lowercased()
}

/// The words of a name as ``searchKey(_:)`` makes them, without what stands around them: of `Tổ "Chín", mới` to, chin, moi.
public func searchWords(_ text: String) -> [Substring] {
    searchKey(text).split { !$0.isLetter && !$0.isNumber }
}
