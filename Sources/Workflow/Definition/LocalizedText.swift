import JSONCore

/// A text in each language that the program speaks.
public struct LocalizedText: Sendable, Equatable {
    public var vi: String
    public var en: String

    public init(vi: String, en: String) {
        self.vi = vi
        self.en = en
    }

    public subscript(_ language: Language) -> String {
        switch language {
        case .vi: vi
        case .en: en
        }
    }

    public var json: JSON { ["vi": .string(vi), "en": .string(en)] }
}
