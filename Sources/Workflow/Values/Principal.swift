/// Somebody who may do or read something: one official, or whoever holds a role in a unit. Its text is what storage indexes:
/// `official:cb-07`, `unit_head@xa-que-trung`.
public enum Principal: Hashable, Sendable, CustomStringConvertible {
    case official(String)
    case role(String, unit: String)

    public init?(_ text: String) {
        if text.hasPrefix("official:") {
            self = .official(String(text.dropFirst(9)))
        } else if let at = text.firstIndex(of: "@") {
            self = .role(String(text[..<at]), unit: String(text[text.index(after: at)...]))
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .official(let id): "official:" + id
        case .role(let role, let unit): role + "@" + unit
        }
    }
}
