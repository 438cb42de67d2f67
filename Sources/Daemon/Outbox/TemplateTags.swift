/// The tags of a Mustache text, looked at before it is used: only what can be named is, and nothing escapes the escaping.
struct TemplateTags {
    private(set) var problems: [(line: Int, column: Int, message: String)] = []

    init(_ text: String, kind: NotificationTemplates.Kind, isDigest: Bool) {
        var open: [String] = []
        var line = 1
        var column = 1
        var rest = text[...]
        func advance(to index: String.Index) {
            for character in rest[..<index] {
                if character.isNewline {
                    line += 1
                    column = 1
                } else {
                    column += 1
                }
            }
            rest = rest[index...]
        }
        while let start = rest.firstRange(of: "{{")?.lowerBound {
            advance(to: start)
            let place = (line, column)
            func report(_ message: String) { problems.append((place.0, place.1, message)) }
            guard let end = rest.firstRange(of: "}}") else {
                report("a tag that does not end with }}")
                return
            }
            let tag = rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound]
            advance(to: end.upperBound)
            guard let mark = tag.first else {
                report("an empty tag")
                continue
            }
            if mark == "!" { continue }
            let isPlain = mark.isLetter || mark.isWhitespace || mark == "_" || mark == "."
            guard isPlain || "#^/".contains(mark) else {
                report(
                    "{{\(mark) is not for these templates; there are {{name}}, {{#name}}, {{^name}}, {{/name}}, {{! comment}}"
                )
                continue
            }
            let name = (isPlain ? tag : tag.dropFirst()).trimming(while: \.isWhitespace)
            if mark == "/" {
                if open.last != name { report("{{/\(name)}} ends no section that is open") }
                if open.contains(name) { while let last = open.popLast(), last != name {} }
                continue
            }
            if mark == "#" || mark == "^" { open.append(name) }
            // A line of a paragraph has no name.
            if name == ".", isPlain, open.last == NotificationName.lines.rawValue { continue }
            guard let known = NotificationName(rawValue: name) else {
                let names = NotificationName.allCases.map(\.rawValue)
                report("there is no \"\(name)\"; there are \(names.joined(separator: ", "))")
                continue
            }
            switch known {
            case .items, .count:
                if !isDigest { report("only a digest has \"\(name)\"") }
            case .paragraphs:
                if kind != .html { report("only HTML has \"\(name)\"") }
            case .lines:
                if !open.contains(NotificationName.paragraphs.rawValue) {
                    report("\"lines\" are those of a paragraph: within {{#paragraphs}}")
                }
            case .caseID, .caseTitle, .topic, .workflow, .state, .deadline, .due, .task, .date, .starts, .ends,
                .location,
                .cancelled:
                if isDigest, !open.contains(NotificationName.items.rawValue), kind != .html {
                    report("of a digest \"\(name)\" is that of each: within {{#items}}")
                }
            default: break
            }
        }
        for name in open { problems.append((line, column, "{{#\(name)}} is not ended by {{/\(name)}}")) }
    }
}

extension Substring {
    fileprivate func trimming(while condition: (Character) -> Bool) -> String {
        var text = drop(while: condition)
        while let last = text.last, condition(last) { text.removeLast() }
        return String(text)
    }
}
