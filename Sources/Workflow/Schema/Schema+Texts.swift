import JSONCore

extension Schema {
    /// The title of what is at `pointer` in a value, for forms and messages: `x-title` in that language, else `title`,
    /// else `x-title` in another language.
    /// - Parameter pointer: A place in a value of this schema, which need not exist in any value yet.
    /// - Returns: nil when no schema for the place has a title.
    public func title(at pointer: JSONPointer, language: Language) -> String? {
        schemas(at: pointer).lazy.compactMap { $0.text("x-title", language, orElse: "title") }.first
    }

    /// The hint of what is at `pointer` in a value: `x-hint`, else `description`.
    public func hint(at pointer: JSONPointer, language: Language) -> String? {
        schemas(at: pointer).lazy.compactMap { $0.text("x-hint", language, orElse: "description") }.first
    }

    /// The title of one choice of an `enum` at `pointer`, from `x-enum-titles`.
    func choiceTitle(_ choice: JSON, at pointer: JSONPointer, language: Language) -> String? {
        schemas(at: pointer).lazy.compactMap { $0.choiceTitle(choice, language) }.first
    }

    /// The choices of an `enum` of texts at `pointer`, in the schema's order, with their titles (a choice without one is its
    /// own title); none where there is no `enum`.
    public func choices(at pointer: JSONPointer) -> [(value: String, title: LocalizedText)] {
        let choices = schemas(at: pointer).lazy.compactMap { $0.source["enum"]?.arrayValue }.first ?? []
        return choices.compactMap(\.stringValue).map { value in
            func title(_ language: Language) -> String {
                choiceTitle(.string(value), at: pointer, language: language) ?? value
            }
            return (value, LocalizedText(vi: title(.vi), en: title(.en)))
        }
    }

    /// What `x-enum-titles` calls a value: a string itself, anything else as JSON.
    static func choiceName(_ value: JSON) -> String { value.stringValue ?? value.description }

    /// The schemas that may apply at a place, those first that are written there.
    func schemas(at pointer: JSONPointer) -> [SchemaNode] {
        var found = appliedInPlace([0])
        for token in pointer.tokens {
            found = appliedInPlace(
                found.compactMap { index in
                    if let object = nodes[index].rules.object {
                        if let member = object.members[token]?.schema { return member }
                        if let additional = object.additional { return additional }
                    }
                    guard let array = nodes[index].rules.array, let element = Int(token), element >= 0 else {
                        return nil
                    }
                    return element < array.prefixItems.count ? array.prefixItems[element] : array.items
                })
        }
        return found.map { nodes[$0] }
    }

    /// The schemas and those that they apply to the same value, each once.
    private func appliedInPlace(_ indices: [Int]) -> [Int] {
        var found: [Int] = []
        var seen: Set<Int> = []
        func add(_ index: Int) {
            guard seen.insert(index).inserted else { return }
            found.append(index)
            for next in nodes[index].rules.inPlace where next != nodes[index].rules.not { add(next) }
        }
        for index in indices { add(index) }
        return found
    }
}

extension SchemaNode {
    /// A text of this schema alone, in that language, else the language-less one, else in another language.
    func text(_ keyword: String, _ language: Language, orElse plain: String) -> String? {
        source[keyword]?[language.rawValue]?.stringValue ?? source[plain]?.stringValue
            ?? source[keyword]?.objectValue?.values.first?.stringValue
    }

    func choiceTitle(_ choice: JSON, _ language: Language) -> String? {
        let texts = source["x-enum-titles"]?[Schema.choiceName(choice)]
        return texts?[language.rawValue]?.stringValue ?? texts?.objectValue?.values.first?.stringValue
    }
}
