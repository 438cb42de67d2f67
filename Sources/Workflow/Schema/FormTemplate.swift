import JSONCore
import OrderedCollections

/// Blank forms in YAML, made from a schema for people to fill in with any text editor.
///
/// Lines that begin with `##` explain; a line that begins with `# ` is a field that may be left out. Taking away `# `
/// (the two characters alone, of every line of a group) makes it part of the form.
public struct FormTemplate {
    /// A form with every field of `schema` in the schema's order: required ones blank, optional ones commented out,
    /// lists with one sample (or as many as are required). Fields that are `readOnly` or `deprecated` and not required
    /// are left out. Where the schema has alternatives (`anyOf`, `oneOf`), the form shows the first.
    /// - Parameter heading: What stands at the top, such as the form's name.
    public static func yaml(for schema: Schema, language: Language, heading: String?) -> String {
        var writer = FormTemplate(schema: schema, language: language)
        var lines = heading.map { comment($0) + [""] } ?? []
        lines += comment(writer.instructions) + [""]
        let root = writer.applied([0])
        switch writer.content(root, within: [0]) {
        case .inline(let text): lines += text.isEmpty ? [] : [text]
        case .block(let block): lines += block
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private enum Content {
        /// What stands behind the colon: nothing, or a value.
        case inline(String)
        case block([String])
    }

    private struct Field {
        var schemas: [Int] = []
        var isRequired = false
        var requiredWith: [String] = []
    }

    /// Fields and samples of a form; what comes on top is left blank, so that schemas which use one another again and
    /// again make no endless form.
    private static let maximumFields = 2000
    /// Samples in a list at most.
    private static let maximumSamples = 10
    /// Choices that are explained one by one at most.
    private static let maximumChoices = 50

    private let schema: Schema
    private let language: Language
    private var remaining = maximumFields

    private init(schema: Schema, language: Language) {
        self.schema = schema
        self.language = language
    }

    private func pick(_ vi: String, _ en: String) -> String { language == .vi ? vi : en }

    private var instructions: String {
        pick(
            """
            Điền sau dấu hai chấm. Dòng ## là lời giải thích.
            Dòng bắt đầu bằng # là mục không bắt buộc: muốn điền thì bỏ "# " ở đầu dòng.
            Văn bản nhiều dòng: viết | sau dấu hai chấm, xuống dòng và thụt vào hai dấu cách.
            Danh sách: mỗi phần tử bắt đầu bằng dấu "-"; chép lại phần mẫu cho phần tử tiếp theo.
            """,
            """
            Fill in after the colon. Lines with ## explain.
            A line that begins with # is an optional field: to fill it in, take away "# ".
            Text of several lines: write | after the colon and indent the lines below by two spaces.
            Lists: every element begins with "-"; copy the sample for the next one.
            """)
    }

    // MARK: What the schema says

    /// The schemas and those that they apply to the same value and that a filled-in form meets: references, `allOf`,
    /// and the first alternative.
    private func applied(_ indices: [Int]) -> [Int] {
        var found: [Int] = []
        func add(_ index: Int) {
            guard !found.contains(index) else { return }
            found.append(index)
            let rules = schema.nodes[index].rules
            if let reference = rules.reference { add(reference) }
            rules.allOf.forEach(add)
            for branches in [rules.anyOf, rules.oneOf] {
                let first = branches.first { schema.nodes[$0].rules.types != .null && !schema.nodes[$0].rules.isFalse }
                if let first { add(first) }
            }
        }
        indices.forEach(add)
        return found
    }

    private func rules(_ schemas: [Int]) -> [SchemaNode.Rules] { schemas.map { schema.nodes[$0].rules } }

    private func fields(_ schemas: [Int]) -> OrderedDictionary<String, Field> {
        var fields: OrderedDictionary<String, Field> = [:]
        for object in rules(schemas).compactMap(\.object) {
            for (name, member) in object.members {
                if let schema = member.schema { fields[name, default: Field()].schemas.append(schema) }
                if member.isRequired { fields[name, default: Field()].isRequired = true }
            }
            for (name, others) in object.dependentRequired {
                for other in others { fields[other, default: Field()].requiredWith.append(name) }
            }
        }
        return fields.filter { _, field in
            let isHidden = field.schemas.contains { index in
                ["readOnly", "deprecated"].contains { schema.nodes[index].source[$0] == .bool(true) }
            }
            return field.isRequired || !isHidden && !field.schemas.contains { schema.nodes[$0].rules.isFalse }
        }
    }

    /// The fields that are not commented out: those required, also by one another.
    private func shownNames(_ fields: OrderedDictionary<String, Field>) -> Set<String> {
        var shown = Set(fields.filter { $1.isRequired }.keys)
        // A group cannot be written without any field: its first one stands for it, and stays empty if need be.
        if shown.isEmpty, let first = fields.keys.first { shown = [first] }
        var count = 0
        while count < shown.count {
            count = shown.count
            for (name, field) in fields where !shown.isDisjoint(with: field.requiredWith) { shown.insert(name) }
        }
        return shown
    }

    // MARK: Lines

    /// - Parameter ancestors: The schemas whose content this is in; none is written out within itself.
    private mutating func content(_ schemas: [Int], within ancestors: Set<Int>) -> Content {
        let rules = rules(schemas)
        if let constant = rules.lazy.compactMap(\.constant).first { return .inline(Self.scalar(constant)) }
        let types = rules.compactMap(\.types).reduce(nil) { ($0 ?? $1).intersection($1) }
        if types.map({ $0.contains(.object) }) ?? rules.contains(where: { $0.object != nil }) {
            let lines = block(fields(schemas), within: ancestors)
            return lines.isEmpty ? .inline("{}") : .block(lines)
        }
        if types.map({ $0.contains(.array) }) ?? rules.contains(where: { $0.array != nil }) {
            let lines = samples(rules.compactMap(\.array), within: ancestors)
            return lines.isEmpty ? .inline("[]") : .block(lines)
        }
        return .inline("")
    }

    private mutating func block(_ fields: OrderedDictionary<String, Field>, within ancestors: Set<Int>) -> [String] {
        let shown = shownNames(fields)
        var lines: [String] = []
        for (name, field) in fields {
            let schemas = applied(field.schemas)
            lines += explanation(field, schemas).flatMap(Self.comment)
            let body = entry(Self.key(name) + ":", schemas, within: ancestors)
            lines += shown.contains(name) ? body : body.map { "# " + $0 }
        }
        return lines
    }

    private mutating func samples(_ rules: [SchemaNode.ArrayRules], within ancestors: Set<Int>) -> [String] {
        let prefix = rules.map(\.prefixItems).max { $0.count < $1.count } ?? []
        let count = min(max(rules.compactMap(\.minimumCount).max() ?? 0, prefix.count, 1), Self.maximumSamples)
        let items = rules.compactMap(\.items)
        var lines: [String] = []
        for index in 0..<count {
            let schemas = applied(index < prefix.count ? [prefix[index]] : items)
            if schemas.contains(where: { schema.nodes[$0].rules.isFalse }) { break }
            lines += explanation(Field(schemas: schemas), schemas, isElement: true).flatMap(Self.comment)
            lines += entry("-", schemas, within: ancestors)
        }
        return lines
    }

    /// `lead`, a key with its colon or the dash of an element, and what stands behind or below it.
    private mutating func entry(_ lead: String, _ schemas: [Int], within ancestors: Set<Int>) -> [String] {
        remaining -= 1
        guard remaining > 0, ancestors.isDisjoint(with: schemas) else { return [lead] }
        switch content(schemas, within: ancestors.union(schemas)) {
        case .inline(let text): return [text.isEmpty ? lead : "\(lead) \(text)"]
        case .block(let block): return [lead] + block.map { "  " + $0 }
        }
    }

    /// What is said about a field before it: title, what to write, hint, choices.
    private func explanation(_ field: Field, _ schemas: [Int], isElement: Bool = false) -> [String] {
        let nodes = schemas.map { schema.nodes[$0] }
        let title = nodes.lazy.compactMap { $0.text("x-title", language, orElse: "title") }.first
        var facts =
            isElement ? [] : [field.isRequired ? pick("bắt buộc", "required") : pick("không bắt buộc", "optional")]
        if !field.requiredWith.isEmpty, !field.isRequired {
            let names = field.requiredWith.joined(separator: ", ")
            facts = [pick("bắt buộc nếu điền \(names)", "required if \(names) is given")]
        }
        for node in nodes { facts += constraints(node.rules) }
        if let value = nodes.lazy.compactMap({ $0.source["default"] }).first {
            facts.append(pick("mặc định \(value)", "default \(value)"))
        }
        var texts = [
            ([title].compactMap { $0 } + (facts.isEmpty ? [] : ["(\(facts.joined(separator: "; ")))"]))
                .joined(separator: " ")
        ]
        texts += nodes.lazy.compactMap { $0.text("x-hint", language, orElse: "description") }.prefix(1)
        for node in nodes {
            guard let choices = node.rules.choices else { continue }
            texts.append(pick("Chọn một trong:", "Choose one of:"))
            for choice in choices.prefix(Self.maximumChoices) {
                texts.append("  \(Self.scalar(choice))" + (node.choiceTitle(choice, language).map { ": \($0)" } ?? ""))
            }
            if choices.count > Self.maximumChoices { texts.append("  …") }
        }
        return texts.filter { !$0.isEmpty }
    }

    private func constraints(_ rules: SchemaNode.Rules) -> [String] {
        var facts: [String] = []
        func range(_ minimum: Int?, _ maximum: Int?, _ vi: String, _ en: String) {
            switch (minimum, maximum) {
            case (let minimum?, let maximum?) where minimum == maximum: facts.append("\(minimum) \(pick(vi, en))")
            case (let minimum?, let maximum?):
                facts.append(pick("\(minimum) đến \(maximum) \(vi)", "\(minimum) to \(maximum) \(en)"))
            case (let minimum?, nil): facts.append(pick("ít nhất \(minimum) \(vi)", "at least \(minimum) \(en)"))
            case (nil, let maximum?): facts.append(pick("nhiều nhất \(maximum) \(vi)", "at most \(maximum) \(en)"))
            case (nil, nil): break
            }
        }
        if let types = rules.types, rules.choices == nil, rules.string?.format == nil {
            let names = types.names.compactMap(SchemaTypes.init(name:)).filter { $0 != .null && $0 != .object }
            let text = names.map { $0.name(language) }.joined(separator: pick(" hoặc ", " or "))
            if !text.isEmpty { facts.append(text) }
        }
        if let string = rules.string {
            range(string.minimumLength, string.maximumLength, "ký tự", "characters")
            if let format = string.format { facts.append(format.description(language)) }
            if let pattern = string.pattern { facts.append(pick("theo mẫu \(pattern.source)", "as \(pattern.source)")) }
        }
        if let number = rules.number {
            if let limit = number.minimum { facts.append(pick("từ \(limit) trở lên", "\(limit) or more")) }
            if let limit = number.maximum { facts.append(pick("không quá \(limit)", "\(limit) or less")) }
            if let limit = number.exclusiveMinimum { facts.append(pick("lớn hơn \(limit)", "more than \(limit)")) }
            if let limit = number.exclusiveMaximum { facts.append(pick("nhỏ hơn \(limit)", "less than \(limit)")) }
            if let divisor = number.multipleOf.map({ JSON(number: $0.value) }) {
                facts.append(pick("bội số của \(divisor)", "a multiple of \(divisor)"))
            }
        }
        if let array = rules.array {
            range(array.minimumCount, array.maximumCount, "phần tử", "items")
            if array.unique { facts.append(pick("không trùng nhau", "no two the same")) }
        }
        if let object = rules.object { range(object.minimumCount, object.maximumCount, "mục", "fields") }
        return facts
    }

    // MARK: YAML

    private static func comment(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            let printable = line.unicodeScalars.filter { isPrintable($0) }
            return printable.isEmpty ? "##" : "## " + String(String.UnicodeScalarView(printable))
        }
    }

    /// A value that stands behind a colon, as this YAML reads it back.
    private static func scalar(_ value: JSON) -> String {
        if case .string(let text) = value, isPlain(text) { return text }
        return escaped(value.description)
    }

    private static func key(_ name: String) -> String { isPlain(name) ? name : escaped(JSON.string(name).description) }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count < 100 && !["true", "false", "null"].contains(text)
            && text.utf8.first.map { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A } ?? false
            && text.utf8.allSatisfy { byte in
                byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x5F
                    || byte == 0x2D
            }
    }

    /// JSON is YAML, but for the characters that YAML wants escaped.
    private static func escaped(_ json: String) -> String {
        json.unicodeScalars.map { scalar in
            guard !isPrintable(scalar) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    /// YAML 1.2 `nb-json` that no reader takes for the end of a line.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...: true
        default: false
        }
    }
}
