import JSONCore

extension Violation {
    /// The violation for a person, e.g. `/key_tasks/0/title (Task title): must not be empty`.
    /// - Parameter titles: The schema whose titles and hints are used: the one that found the violation, or one of the
    ///   whole document that the value is part of.
    public func message(_ language: Language, titles: Schema?) -> String {
        let place = self.place(of: language, in: titles)
        let title = place.flatMap { titles?.title(at: $0, language: language) }
        let subject =
            switch (pointer.tokens.isEmpty, title) {
            case (true, let title): title ?? (language == .vi ? "Biểu mẫu" : "The form")
            case (false, let title?): "\(pointer) (\(title))"
            case (false, nil): pointer.description
            }
        return "\(subject): \(sentence(language, titles, place ?? pointer))"
    }

    /// The place as `titles` knows it: below the validated value, or else in the whole document.
    private func place(of language: Language, in titles: Schema?) -> JSONPointer? {
        let local = JSONPointer(tokens: Array(pointer.tokens.dropFirst(rootLength)))
        return [local, pointer].first { titles?.title(at: $0, language: language) != nil }
    }

    private func sentence(_ language: Language, _ titles: Schema?, _ place: JSONPointer) -> String {
        func pick(_ vi: String, _ en: String) -> String { language == .vi ? vi : en }
        let limit = detail[keyword]?.description ?? ""
        let actual = detail["actual"]
        switch keyword {
        case "required": return pick("còn thiếu, phải điền", "is missing and must be given")
        case "dependentRequired":
            let because = detail["because"]?.stringValue ?? ""
            return pick("phải điền vì đã điền \(because)", "must be given because \(because) is given")
        case "type" where actual == "null", "minLength" where actual == 0:
            return pick("không được để trống", "must not be empty")
        case "type":
            let types = (detail["type"]?.arrayValue ?? []).compactMap { SchemaTypes(name: $0.stringValue ?? "") }
            return pick("phải là ", "must be ")
                + types.map { $0.name(language) }.joined(separator: pick(" hoặc ", " or "))
        case "enum":
            let choices = detail["enum"]?.arrayValue ?? []
            let names = choices.prefix(Self.maximumChoices).map { choice in
                let title = titles?.choiceTitle(choice, at: place, language: language)
                return Schema.choiceName(choice) + (title.map { " (\($0))" } ?? "")
            }
            let list = names.joined(separator: ", ") + (choices.count > names.count ? ", …" : "")
            return pick("phải là một trong các giá trị: \(list)", "must be one of: \(list)")
        case "const":
            let value = detail["const"].map(Schema.choiceName) ?? ""
            return pick("phải là \(value)", "must be \(value)")
        case "additionalProperties": return pick("không có trong biểu mẫu này", "is not a field of this form")
        case "false": return pick("không được điền ở đây", "is not allowed here")
        case "minProperties":
            return pick("phải điền ít nhất \(limit) mục", "needs at least \(plural(limit, "field"))")
        case "maxProperties":
            return pick("chỉ được điền nhiều nhất \(limit) mục", "takes at most \(plural(limit, "field"))")
        case "minItems":
            return pick(
                "phải có ít nhất \(limit) mục, hiện có \(text(actual))",
                "needs at least \(plural(limit, "item")), has \(text(actual))")
        case "maxItems":
            return pick(
                "chỉ được có nhiều nhất \(limit) mục, hiện có \(text(actual))",
                "takes at most \(plural(limit, "item")), has \(text(actual))")
        case "uniqueItems":
            let (first, second) = ((detail["first"]?.intValue ?? 0) + 1, (detail["second"]?.intValue ?? 0) + 1)
            return pick("mục \(first) và mục \(second) trùng nhau", "items \(first) and \(second) are the same")
        case "minimum": return pick("phải từ \(limit) trở lên", "must be \(limit) or more")
        case "maximum": return pick("không được lớn hơn \(limit)", "must be \(limit) or less")
        case "exclusiveMinimum": return pick("phải lớn hơn \(limit)", "must be more than \(limit)")
        case "exclusiveMaximum": return pick("phải nhỏ hơn \(limit)", "must be less than \(limit)")
        case "multipleOf": return pick("phải là bội số của \(limit)", "must be a multiple of \(limit)")
        case "minLength":
            return pick(
                "phải có ít nhất \(limit) ký tự, hiện có \(text(actual))",
                "needs at least \(plural(limit, "character")), has \(text(actual))")
        case "maxLength":
            return pick(
                "không được dài quá \(limit) ký tự, hiện có \(text(actual))",
                "takes at most \(plural(limit, "character")), has \(text(actual))")
        case "pattern":
            let form = titles?.hint(at: place, language: language) ?? detail["pattern"]?.stringValue ?? ""
            return pick("không đúng mẫu quy định: \(form)", "is not written as required: \(form)")
        case "format":
            let format = StringFormat(rawValue: detail["format"]?.stringValue ?? "")
            return pick("phải là ", "must be ") + (format?.description(language) ?? "")
        case "anyOf", "oneOf":
            guard let branches = detail["branches"]?.description else {
                return pick(
                    "đúng với nhiều trường hợp cùng lúc, chỉ được đúng với một trường hợp",
                    "fits several of the allowed forms, but must fit only one")
            }
            return pick(
                "không đúng với trường hợp nào trong \(branches) trường hợp được phép",
                "fits none of the \(branches) allowed forms")
        case "not": return pick("không được có giá trị này", "must not have this value")
        case "depth": return pick("quá phức tạp, không kiểm tra được", "is too complex to be checked")
        default: return pick("không hợp lệ (\(keyword))", "is not valid (\(keyword))")
        }
    }

    private static let maximumChoices = 20

    private func text(_ value: JSON?) -> String { value?.description ?? "" }

    private func plural(_ count: String, _ noun: String) -> String { "\(count) \(noun)\(count == "1" ? "" : "s")" }
}
