import Foundation
import Mustache
import Workflow

/// The texts of messages: Mustache files `TOPIC.KIND.mustache` in a folder for each language, where KIND is subject, text or
/// html; `default` is for topics without their own, `digest` for several in one. Loaded whole or not at all.
struct NotificationTemplates: Sendable {
    enum Kind: String, CaseIterable { case subject, text, html }

    struct Texts: Sendable {
        var subject: String
        var text: String
        var html: String
    }

    private struct Key: Hashable {
        let language: Language
        let name: String
        let kind: Kind
    }

    private var templates: [Key: MustacheTemplate] = [:]
    static let usual = "default"
    static let digest = "digest"

    /// - Parameter problems: What is wrong, each with its place.
    init(folder: String, _ problems: inout [String]) {
        var files: [Language: Set<String>] = [:]
        for language in Language.allCases {
            let path = "\(folder)/\(language.rawValue)"
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                problems.append("\(path): cannot be read; there are templates for vi and for en")
                continue
            }
            let wanted = names.filter { $0.hasSuffix(".mustache") && !$0.hasPrefix(".") }.sorted()
            files[language] = Set(wanted)
            for name in wanted { load(name, at: "\(path)/\(name)", language, &problems) }
        }
        for (language, names) in files.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for (other, others) in files where other != language {
                for name in names.subtracting(others).sorted() {
                    problems.append("\(folder)/\(other.rawValue)/\(name): is missing; \(language.rawValue) has it")
                }
            }
            for kind in Kind.allCases where !names.contains("\(Self.usual).\(kind.rawValue).mustache") {
                problems.append("\(folder)/\(language.rawValue)/\(Self.usual).\(kind.rawValue).mustache: is missing")
            }
            for kind in [Kind.subject, .text] where !names.contains("\(Self.digest).\(kind.rawValue).mustache") {
                problems.append("\(folder)/\(language.rawValue)/\(Self.digest).\(kind.rawValue).mustache: is missing")
            }
        }
    }

    private mutating func load(_ file: String, at path: String, _ language: Language, _ problems: inout [String]) {
        let parts = file.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[1])) else {
            problems.append(
                "\(path): a template is named TOPIC.subject.mustache, TOPIC.text.mustache or TOPIC.html.mustache")
            return
        }
        guard var text = try? String(contentsOfFile: path, encoding: .utf8) else {
            problems.append("\(path): cannot be read as UTF-8")
            return
        }
        text = text.precomposedStringWithCanonicalMapping
        if kind == .subject {
            while text.last?.isNewline == true { text.removeLast() }
            if let at = text.firstIndex(where: \.isNewline) {
                let line = text[..<at]
                problems.append("\(path):1:\(line.count + 1): a subject is one line")
                return
            }
        }
        let tags = TemplateTags(text, kind: kind, isDigest: parts[0] == Self.digest)
        if !tags.problems.isEmpty {
            problems += tags.problems.map { "\(path):\($0.line):\($0.column): \($0.message)" }
            return
        }
        do {
            // The library escapes for HTML unless it is told that this is plain text.
            let prefix = kind == .html ? "" : "{{% CONTENT_TYPE:TEXT}}"
            templates[Key(language: language, name: String(parts[0]), kind: kind)] =
                try MustacheTemplate(string: prefix + text)
        } catch let error as MustacheTemplate.ParserError {
            problems.append("\(path):\(error.context.lineNumber):\(error.context.columnNumber): \(error.error)")
        } catch {
            problems.append("\(path):1:1: \(error)")
        }
    }

    /// - Parameter context: What the names stand for.
    func texts(of topic: String, _ language: Language, _ context: TemplateContext) -> Texts {
        func template(_ name: String, _ kind: Kind) -> MustacheTemplate? {
            templates[Key(language: language, name: name, kind: kind)]
        }
        func render(_ kind: Kind, _ values: [String: any Sendable]) -> String {
            (template(topic, kind) ?? template(Self.usual, kind))?.render(values) ?? ""
        }
        // Sections that say nothing leave empty lines behind.
        let text =
            render(.text, context.values).trimmingCharacters(in: .whitespacesAndNewlines)
            .replacing(/\n{3,}/, with: "\n\n") + "\n"
        // HTML without a template of its own shows what the text says.
        let paragraphs = text.split(separator: "\n\n").map { paragraph in
            ["lines": paragraph.split(separator: "\n").map(String.init)]
        }
        var values = context.values
        values[NotificationName.paragraphs.rawValue] = paragraphs
        return Texts(
            subject: render(.subject, context.values).onOneLine, text: text, html: render(.html, values))
    }
}

/// What the names of templates stand for.
struct TemplateContext: Sendable {
    fileprivate(set) var values: [String: any Sendable] = [:]

    /// - Parameter value: Put on one line and rid of marks that change how the rest is read; nothing when it is nil.
    mutating func set(_ name: NotificationName, _ value: String?) {
        if let value, !value.isEmpty { values[name.rawValue] = value.onOneLine }
    }

    mutating func set(_ name: NotificationName, _ value: Bool) { if value { values[name.rawValue] = true } }

    mutating func setItems(_ items: [TemplateContext]) {
        values[NotificationName.items.rawValue] = items.map(\.values)
        values[NotificationName.count.rawValue] = items.count
    }
}

extension String {
    /// The text on one line: controls, line ends and NUL become spaces; marks that turn the direction of writing, which can
    /// make a text read as another, are taken out. At most 500 characters.
    var onOneLine: String {
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: text.append(" ")
            case .format where scalar != "\u{200D}" && scalar != "\u{200C}": continue
            case .surrogate, .unassigned, .privateUse: continue
            default: text.append(scalar)
            }
        }
        return String(String(text).split(separator: " ").joined(separator: " ").prefix(500))
    }
}
