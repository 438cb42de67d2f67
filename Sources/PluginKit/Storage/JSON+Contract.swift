import JSONCore

extension JSON {
    init(_ bool: Bool?) { self = bool.map(JSON.bool) ?? .null }
    init(_ strings: [String]?) { self = strings.map { .array($0.map(JSON.string)) } ?? .null }
    init(_ map: [String: String]?) {
        self =
            map.map { map in
                .object(
                    JSONObject(uniqueKeysWithValues: map.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
                )
            } ?? .null
    }
    init(objects: some Sequence<JSONObject>) { self = .array(objects.map(JSON.object)) }
}

extension JSONObject {
    /// The object whose members are all strings; nil when it is absent.
    func optionalStringMap(_ name: String) throws(JSONFieldError) -> [String: String]? {
        guard let object = try optionalObject(name) else { return nil }
        var map: [String: String] = [:]
        for key in object.keys {
            do throws(JSONFieldError) { map[key] = try object.string(key) } catch { throw error.within(name) }
        }
        return map
    }

    /// The word, one of the enumeration's.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(JSONFieldError) -> Word {
        guard let word = Word(rawValue: try string(name)) else {
            throw JSONFieldError(
                field: name, expected: "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    func optionalWord<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(JSONFieldError) -> Word? {
        try optionalString(name) == nil ? nil : try word(name)
    }

    /// The list of words.
    func words<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(JSONFieldError) -> [Word] {
        var words: [Word] = []
        for (index, text) in try strings(name).enumerated() {
            guard let word = Word(rawValue: text) else {
                throw JSONFieldError(
                    field: "\(name)[\(index)]",
                    expected: "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            words.append(word)
        }
        return words
    }

    func optionalValue<Value2>(
        _ name: String, _ read: (JSONObject) throws(JSONFieldError) -> Value2
    ) throws(JSONFieldError) -> Value2? {
        try optionalObject(name) == nil ? nil : try value(name, read)
    }
}
