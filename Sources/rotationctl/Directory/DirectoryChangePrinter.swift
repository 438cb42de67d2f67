import JSONCore

/// Prints a record that was or would be changed: what is new with all it is, what changed with its old and new values.
struct DirectoryChangePrinter {
    let session: Session

    func print(_ change: JSONObject) throws {
        if session.wantsJSON { return session.printJSON(change) }
        let (old, new) = (try change.optionalObject("old"), try change.optionalObject("new"))
        let table = DirectoryTable(rawValue: try change.string("table"))?.title(session.messages) ?? ""
        let mark = old == nil ? session.console.styled("+", .green) : session.console.styled("~", .yellow)
        let name = new.flatMap { $0["fullName"] ?? $0["name"] ?? $0["title"] }?.stringValue.map { ", \($0)" } ?? ""
        session.console.print("\(mark) \(table) \(try change.string("id"))\(name)".printable())
        let (before, after) = (Self.flat(old ?? [:]), Self.flat(new ?? [:]))
        for member in Set(before.keys).union(after.keys).sorted() where member != "id" {
            let (was, becomes) = (before[member], after[member])
            if was == becomes { continue }
            let line = old == nil ? becomes ?? "" : "\(was ?? "–") → \(becomes ?? "–")"
            session.console.print("    \(member): \(line)".printable())
        }
    }

    /// The members with their values as text, those of preferences among them.
    private static func flat(_ record: JSONObject) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in record {
            switch value {
            case .object(let object): values.merge(flat(object)) { $1 }
            case .string(let text): values[name] = text
            case .array(let elements): values[name] = elements.compactMap(\.stringValue).joined(separator: ", ")
            default: values[name] = "\(value)"
            }
        }
        return values
    }
}
