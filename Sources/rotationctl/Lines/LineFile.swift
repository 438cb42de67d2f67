import JSONCore
import Workflow

/// A file of many forms: one line for each case, and what all of them have in common.
///
/// As a table (CSV): the first row names the columns. `case`, or `official` and `period`, say which case a line is for;
/// `version` is that of the case when the sheet was made; columns and rows that begin with `#` are for people. Every other
/// column is a place of the form, a path joined by dots. As YAML: `form:`, what the lines have in common, and `lines:`, a list
/// of mappings with `case` (or `official`, `period`), `version` and `form`.
struct LineFile {
    /// Words in the head of a table that are no places of the form.
    enum Key: String, CaseIterable { case `case`, official, period, version }

    struct Line {
        /// The file's line.
        let number: Int
        var keys: [Key: String] = [:]
        /// Texts that become values by what the form's schema says of their places.
        var cells: [(path: [String], text: String)] = []
        var form: JSON = [:]
    }

    let name: String
    var common: JSON = [:]
    var lines: [Line] = []

    /// - Parameter keys: Those that are not places of the form.
    init(_ file: InputFile, keys: [Key] = Key.allCases, _ messages: Messages) throws(Failure) {
        name = file.name
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") || name.hasSuffix(".json") {
            try readYAML(file, keys, messages)
        } else {
            try readTable(file, keys, messages)
        }
        if lines.isEmpty { throw Failure(.noInput, messages.noLines(name)) }
    }

    // MARK: Tables

    private mutating func readTable(_ file: InputFile, _ keys: [Key], _ messages: Messages) throws(Failure) {
        let rows: [DelimitedText.Row]
        do throws(DelimitedText.OpenQuote) { rows = try DelimitedText.rows(of: file.text) } catch {
            throw Failure(.data, messages.openQuote(name, error.line))
        }
        guard let head = rows.first else { return }
        var columns: [Column] = []
        for (index, name) in head.cells.enumerated() {
            let column = try Self.column(name, keys) { messages.badColumn("\(self.name):\(head.line)", name) }
            // A row may have cells that the head has not, as long as they are empty.
            if case .place(let path) = column, head.cells[..<index].contains(name) {
                throw Failure(.data, messages.columnTwice("\(self.name):\(head.line)", path.joined(separator: ".")))
            }
            columns.append(column)
        }
        for row in rows.dropFirst() where row.cells.first?.hasPrefix("#") != true {
            var line = Line(number: row.line)
            for (index, text) in row.cells.enumerated() where !text.isEmpty {
                guard index < columns.count else {
                    throw Failure(.data, messages.cellWithoutColumn("\(name):\(row.line)", text))
                }
                switch columns[index] {
                case .key(let key): line.keys[key] = text
                case .place(let path): line.cells.append((path, text))
                case .note: break
                }
            }
            lines.append(line)
        }
    }

    private enum Column {
        case key(Key), place([String]), note
    }

    private static func column(
        _ name: String, _ keys: [Key], _ problem: () -> String
    ) throws(Failure) -> Column {
        if name.hasPrefix("#") { return .note }
        if let key = Key(rawValue: name), keys.contains(key) { return .key(key) }
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        // A field of the form with the name of a key.
        if path.count > 1, path[0] == "form", Key(rawValue: path[1]) != nil { return .place(Array(path.dropFirst())) }
        guard !path.contains("") else { throw Failure(.data, problem()) }
        return .place(path)
    }

    /// How a table's head writes a place of the form.
    static func heading(_ path: [String]) -> String {
        (Key(rawValue: path[0]) == nil ? path : ["form"] + path).joined(separator: ".")
    }

    // MARK: YAML

    private mutating func readYAML(_ file: InputFile, _ keys: [Key], _ messages: Messages) throws(Failure) {
        let whole = try FormFile(file)
        let fields = try whole.fields(messages) ?? [:]
        func refuse(_ pointer: JSONPointer) -> Failure {
            Failure(.data, whole.prefix(pointer) + messages.unknownWord(pointer.tokens.last ?? ""))
        }
        if let other = fields.keys.first(where: { !["form", "lines"].contains($0) }) {
            throw refuse(JSONPointer(tokens: [other]))
        }
        common = fields["form"]?.droppingBlankGroups ?? [:]
        for (index, element) in (fields["lines"]?.arrayValue ?? []).enumerated() {
            let place = JSONPointer(tokens: ["lines", String(index)])
            var line = Line(number: whole.position(of: place)?.line ?? 0)
            for (name, value) in element.objectValue ?? [:] {
                if name == "form", value.objectValue != nil {
                    line.form = value.droppingBlankGroups ?? [:]
                } else if let key = Key(rawValue: name), keys.contains(key) {
                    line.keys[key] = value.stringValue ?? value.description
                } else {
                    throw refuse(place.appending(name))
                }
            }
            lines.append(line)
        }
    }
}

extension JSON {
    /// Without groups in which nothing was filled in, as a sheet has them, and lists of only such; nil when it is one.
    fileprivate var droppingBlankGroups: JSON? {
        switch self {
        case .object(let members):
            let kept = members.compactMap { name, value in value.droppingBlankGroups.map { (name, $0) } }
            return kept.isEmpty ? nil : .object(JSONObject(kept) { $1 })
        case .array(let elements):
            let kept = elements.compactMap(\.droppingBlankGroups)
            return kept.isEmpty && !elements.isEmpty ? nil : .array(kept)
        default: return self
        }
    }
}
