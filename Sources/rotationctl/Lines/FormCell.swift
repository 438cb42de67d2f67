import JSONCore
import Workflow

/// The text of a cell as a value of a form, as people write it in a spreadsheet.
struct FormCell {
    let column: FormColumn?
    let formats: Formats

    /// What does not look like the column's kind stays a text, which the form's schema then refuses with its reason.
    func value(_ text: String) -> JSON {
        guard let column else { return .string(text) }
        guard column.isList else { return single(text, column) }
        let parts = text.split { $0 == ";" || $0.isNewline }.map { String($0).trimmed }
        return .array(parts.filter { !$0.isEmpty }.map { single($0, column) })
    }

    private func single(_ text: String, _ column: FormColumn) -> JSON {
        if !column.choices.isEmpty {
            let wanted = text.lowercased()
            let choice = column.choices.first { choice in
                ([choice.value] + choice.titles).contains { $0.lowercased() == wanted }
            }
            if let choice { return .string(choice.value) }
        }
        switch column.kind {
        case .text: return .string(text)
        case .integer, .number:
            // A decimal comma is what a Vietnamese spreadsheet writes.
            guard let number = Double(text.replacing(",", with: ".")), number.isFinite else { return .string(text) }
            return Int(exactly: number).map(JSON.int) ?? JSON(number: number)
        case .boolean:
            switch text.lowercased() {
            case "true", "có", "yes", "x", "1": return true
            case "false", "không", "no", "0": return false
            default: return .string(text)
            }
        case .date: return .string(formats.reading(text).map { String($0.prefix(10)) } ?? text)
        case .dateTime: return .string(formats.reading(text) ?? text)
        }
    }
}
