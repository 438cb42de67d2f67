/// A Vietnamese full name taken apart: the family name comes first, the given name last, and what is between them is the
/// middle name. What follows a comma is no part of it ("Cán bộ 07, công chức địa chính" has the given name "07").
struct NameParts: Equatable {
    var family = ""
    var middle = ""
    var given = ""

    init(_ fullName: String) {
        var words = (fullName.split(separator: ",").first ?? "").split(whereSeparator: \.isWhitespace)
        given = words.popLast().map(String.init) ?? ""
        if !words.isEmpty { family = String(words.removeFirst()) }
        middle = words.joined(separator: " ")
    }
}
