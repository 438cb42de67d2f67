/// The code points that one place of a pattern stands for.
struct PatternSet: Sendable {
    indirect enum Part: Sendable {
        case range(ClosedRange<UInt32>)
        /// A general category by its short name, or the first letter of several.
        case category(String)
        case set(PatternSet)
    }

    /// Bit n is set when the ASCII character n belongs to the set.
    private let ascii: (UInt64, UInt64)
    private let parts: [Part]
    private let isNegated: Bool

    init(_ parts: [Part], isNegated: Bool = false) {
        self.parts = parts
        self.isNegated = isNegated
        var bits: (UInt64, UInt64) = (0, 0)
        for value in UInt32(0)..<128 where Self.contains(parts, value) != isNegated {
            if value < 64 { bits.0 |= 1 << value } else { bits.1 |= 1 << (value - 64) }
        }
        ascii = bits
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<64: ascii.0 & 1 << scalar.value != 0
        case ..<128: ascii.1 & 1 << (scalar.value - 64) != 0
        default: Self.contains(parts, scalar.value) != isNegated
        }
    }

    private static func contains(_ parts: [Part], _ value: UInt32) -> Bool {
        parts.contains { part in
            switch part {
            case .range(let range): range.contains(value)
            case .category(let name):
                Unicode.Scalar(value).map { Self.name(of: $0.properties.generalCategory).hasPrefix(name) } ?? false
            case .set(let set): Self.contains(set.parts, value) != set.isNegated
            }
        }
    }

    static let digit = PatternSet([.range(0x30...0x39)])
    static let word = PatternSet([.range(0x30...0x39), .range(0x41...0x5A), .range(0x5F...0x5F), .range(0x61...0x7A)])
    static let lineTerminator = PatternSet([.range(0x0A...0x0A), .range(0x0D...0x0D), .range(0x2028...0x2029)])
    /// ECMA-262 WhiteSpace and LineTerminator.
    static let space = PatternSet([
        .range(0x09...0x0D), .range(0xFEFF...0xFEFF), .range(0x2028...0x2029), .category("Zs"),
    ])

    var negated: PatternSet { PatternSet([.set(self)], isNegated: true) }

    /// Every general category and every first letter of one.
    static let categories: Set<String> = Set(names.values).union(names.values.map { String($0.prefix(1)) })

    private static func name(of category: Unicode.GeneralCategory) -> String { names[category] ?? "Cn" }

    private static let names: [Unicode.GeneralCategory: String] = [
        .uppercaseLetter: "Lu", .lowercaseLetter: "Ll", .titlecaseLetter: "Lt", .modifierLetter: "Lm",
        .otherLetter: "Lo", .nonspacingMark: "Mn", .spacingMark: "Mc", .enclosingMark: "Me", .decimalNumber: "Nd",
        .letterNumber: "Nl", .otherNumber: "No", .connectorPunctuation: "Pc", .dashPunctuation: "Pd",
        .openPunctuation: "Ps", .closePunctuation: "Pe", .initialPunctuation: "Pi", .finalPunctuation: "Pf",
        .otherPunctuation: "Po", .mathSymbol: "Sm", .currencySymbol: "Sc", .modifierSymbol: "Sk", .otherSymbol: "So",
        .spaceSeparator: "Zs", .lineSeparator: "Zl", .paragraphSeparator: "Zp", .control: "Cc", .format: "Cf",
        .surrogate: "Cs", .privateUse: "Co", .unassigned: "Cn",
    ]
}
