import JSONCore

/// The types that a schema's `type` allows.
struct SchemaTypes: OptionSet, Sendable {
    let rawValue: UInt8

    static let null = SchemaTypes(rawValue: 1)
    static let boolean = SchemaTypes(rawValue: 2)
    static let integer = SchemaTypes(rawValue: 4)
    static let number = SchemaTypes(rawValue: 8)
    static let string = SchemaTypes(rawValue: 16)
    static let array = SchemaTypes(rawValue: 32)
    static let object = SchemaTypes(rawValue: 64)

    static let named: [(name: String, type: SchemaTypes)] = [
        ("string", .string), ("integer", .integer), ("number", .number), ("boolean", .boolean), ("array", .array),
        ("object", .object), ("null", .null),
    ]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init?(name: String) {
        guard let named = Self.named.first(where: { $0.name == name }) else { return nil }
        self = named.type
    }

    /// In JSON Schema's own words.
    var names: [String] { Self.named.filter { contains($0.type) }.map(\.name) }

    func allows(_ value: JSON) -> Bool {
        switch value {
        case .null: contains(.null)
        case .bool: contains(.boolean)
        case .int: !isDisjoint(with: [.integer, .number])
        // Whole numbers beyond 64 bits are integers too.
        case .double(let number): contains(.number) || contains(.integer) && number.rounded() == number
        case .string: contains(.string)
        case .array: contains(.array)
        case .object: contains(.object)
        }
    }
}

extension SchemaTypes {
    /// What a clerk calls a single type.
    func name(_ language: Language) -> String {
        switch (self, language) {
        case (.string, .vi): "văn bản"
        case (.string, .en): "text"
        case (.integer, .vi): "số nguyên"
        case (.integer, .en): "a whole number"
        case (.number, .vi): "số"
        case (.number, .en): "a number"
        case (.boolean, .vi): "true (có) hoặc false (không)"
        case (.boolean, .en): "true or false"
        case (.array, .vi): "danh sách"
        case (.array, .en): "a list"
        case (.object, .vi): "nhóm các mục con"
        case (.object, .en): "a group of fields"
        case (_, .vi): "để trống"
        case (_, .en): "empty"
        }
    }
}
