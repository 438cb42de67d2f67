/// A place in a JSON document (RFC 6901).
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// The unescaped reference tokens, outermost first; none is the whole document.
    public var tokens: [String]

    public init(tokens: [String] = []) { self.tokens = tokens }

    /// Parses `/a/b~1c/0`; the empty string is the whole document.
    /// - Returns: nil when the text does not begin with `/` or has a bad escape.
    public init?(_ text: String) {
        if text.isEmpty { self.init(); return }
        guard text.hasPrefix("/") else { return nil }
        var tokens: [String] = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard part.contains("~") else { tokens.append(String(part)); continue }
            var token = ""
            var characters = part.unicodeScalars.makeIterator()
            while let scalar = characters.next() {
                guard scalar == "~" else { token.unicodeScalars.append(scalar); continue }
                switch characters.next() {
                case "0": token.append("~")
                case "1": token.append("/")
                default: return nil
                }
            }
            tokens.append(token)
        }
        self.init(tokens: tokens)
    }

    public var description: String {
        tokens.map { token in
            guard token.contains(where: { $0 == "~" || $0 == "/" }) else { return "/" + token }
            return "/" + token.replacing("~", with: "~0").replacing("/", with: "~1")
        }.joined()
    }

    /// The place below this one.
    public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [token]) }
    /// The element below this one.
    public func appending(_ index: Int) -> JSONPointer { appending(String(index)) }
}

extension JSON {
    /// The value at `pointer`; nil when there is none. Setting makes the objects on the way, sets or appends an array's
    /// element (index or `-`), and removes on nil; a way that leads through a scalar or beyond an array's end changes
    /// nothing.
    public subscript(_ pointer: JSONPointer) -> JSON? {
        get {
            var value = self
            for token in pointer.tokens {
                switch value {
                case .object(let members):
                    guard let member = members[token] else { return nil }
                    value = member
                case .array(let elements):
                    guard let index = Self.index(token), index < elements.count else { return nil }
                    value = elements[index]
                default: return nil
                }
            }
            return value
        }
        set { set(newValue, at: pointer.tokens[...]) }
    }

    /// An array index as RFC 6901 writes it: digits without a leading zero.
    static func index(_ token: String) -> Int? {
        guard token == "0" || (token.first?.isNumber == true && token.first != "0") else { return nil }
        return Int(token).flatMap { $0 >= 0 ? $0 : nil }
    }

    private mutating func set(_ value: JSON?, at tokens: ArraySlice<String>) {
        guard let token = tokens.first else { self = value ?? .null; return }
        let rest = tokens.dropFirst()
        switch self {
        case .array(var elements):
            self = .null
            if token == "-" || Self.index(token) == elements.count {
                if let value {
                    var element = JSON.null
                    element.set(value, at: rest)
                    elements.append(element)
                }
            } else if let index = Self.index(token), index < elements.count {
                if rest.isEmpty, value == nil {
                    elements.remove(at: index)
                } else {
                    elements[index].set(value, at: rest)
                }
            }
            self = .array(elements)
        case .object(var members):
            self = .null
            if rest.isEmpty {
                members[token] = value
            } else if members[token] != nil || value != nil {
                members[token, default: .null].set(value, at: rest)
            }
            self = .object(members)
        case .null where value != nil:
            self = .object([:])
            set(value, at: tokens)
        default: break
        }
    }
}
