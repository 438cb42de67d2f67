import JSONCore

/// A place of a form that one cell of a table can hold: a value, or a list of values.
public struct FormColumn: Sendable {
    public enum Kind: Sendable { case text, integer, number, boolean, date, dateTime }

    /// The way to it: names, and indices of lists.
    public let path: [String]
    /// Its title and those of the groups that it is in.
    public let title: String
    public let kind: Kind
    public let isList: Bool
    /// What can be chosen, each with its titles in both languages; empty when anything can be written.
    public let choices: [(value: String, titles: [String])]
    /// It and all groups that it is in must be given.
    public let isRequired: Bool
}

extension Schema {
    private static let maximumColumns = 500
    private static let maximumDepth = 8

    /// Every place that a cell can hold, in the schema's order; of a list of groups, the places of its first group.
    /// Fields that are `readOnly` or `deprecated` are left out.
    public func columns(_ language: Language) -> [FormColumn] {
        var columns: [FormColumn] = []
        addColumns(below: [], titles: [], isRequired: true, language, to: &columns)
        return columns
    }

    /// What a cell at this place holds; nil when the schema knows no such place, or it is a group.
    public func column(at path: [String], _ language: Language) -> FormColumn? {
        let nodes = schemas(at: JSONPointer(tokens: path))
        return nodes.isEmpty ? nil : column(path, nodes, titles: [], isRequired: false, language)
    }

    private func addColumns(
        below path: [String], titles: [String], isRequired: Bool, _ language: Language, to columns: inout [FormColumn]
    ) {
        guard path.count < Self.maximumDepth, columns.count < Self.maximumColumns else { return }
        let nodes = schemas(at: JSONPointer(tokens: path))
        var names: [String] = []
        for name in nodes.flatMap({ $0.rules.object?.members.keys.elements ?? [] }) where !names.contains(name) {
            names.append(name)
        }
        for name in names {
            let place = path + [name]
            let found = schemas(at: JSONPointer(tokens: place))
            let isHidden = found.contains { node in
                node.rules.isFalse || ["readOnly", "deprecated"].contains { node.source[$0] == .bool(true) }
            }
            if found.isEmpty || isHidden { continue }
            let title = found.lazy.compactMap { $0.text("x-title", language, orElse: "title") }.first ?? name
            let required = isRequired && nodes.contains { $0.rules.object?.members[name]?.isRequired ?? false }
            if let column = column(place, found, titles: titles + [title], isRequired: required, language) {
                columns.append(column)
            } else {
                let isList = found.contains { $0.rules.array != nil }
                addColumns(
                    below: isList ? place + ["0"] : place, titles: titles + [title], isRequired: required && !isList,
                    language, to: &columns)
            }
        }
    }

    private func column(
        _ path: [String], _ nodes: [SchemaNode], titles: [String], isRequired: Bool, _ language: Language
    ) -> FormColumn? {
        let isList = nodes.contains { $0.rules.array != nil }
        let nodes = isList ? schemas(at: JSONPointer(tokens: path + ["0"])) : nodes
        if nodes.contains(where: { $0.rules.object != nil || $0.rules.array != nil }) { return nil }
        let types = nodes.lazy.compactMap(\.rules.types).first ?? .string
        let format = nodes.lazy.compactMap(\.rules.string?.format).first
        let kind: FormColumn.Kind =
            switch (types, format) {
            case (_, .date): .date
            case (_, .dateTime): .dateTime
            case (let types, _) where types.contains(.string): .text
            case (let types, _) where types.contains(.number): .number
            case (let types, _) where types.contains(.integer): .integer
            case (let types, _) where types.contains(.boolean): .boolean
            default: .text
            }
        let choices = nodes.flatMap { node in
            (node.rules.choices ?? []).map { choice in
                (Schema.choiceName(choice), Language.allCases.compactMap { node.choiceTitle(choice, $0) })
            }
        }
        return FormColumn(
            path: path, title: titles.joined(separator: ": "), kind: kind, isList: isList, choices: choices,
            isRequired: isRequired)
    }
}
