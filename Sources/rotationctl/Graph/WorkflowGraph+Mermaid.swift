extension WorkflowGraph {
    /// As a Mermaid state diagram, which GitHub, GitLab and many editors draw.
    var mermaid: String {
        var lines = ["---", "title: \(Self.quoted(title))", "---", "stateDiagram-v2"]
        for node in nodes { lines.append("    state \"\(Self.escaped(node.title))\" as \(Self.identifier(node.id))") }
        for edge in edges {
            let from = edge.from.map(Self.identifier) ?? "[*]"
            lines.append("    \(from) --> \(Self.identifier(edge.to)): \(Self.escaped(edge.label))")
        }
        for node in nodes where node.kind == .final { lines.append("    \(Self.identifier(node.id)) --> [*]") }
        for (kind, style) in [
            (Node.Kind.automatic, "font-style:italic"), (.anywhere, "stroke-dasharray:4"),
            (.workflow, "stroke-width:3px"),
        ] {
            let marked = nodes.filter { $0.kind == kind }
            guard !marked.isEmpty else { continue }
            lines.append("    classDef \(kind) \(style)")
            lines.append("    class \(marked.map { Self.identifier($0.id) }.joined(separator: ",")) \(kind)")
        }
        return lines.joined(separator: "\n")
    }

    /// Names of states may be words of Mermaid's own, or hold a dash; with an ending they are neither.
    private static func identifier(_ name: String) -> String { name.replacing("-", with: "_") + "_" }

    private static func escaped(_ text: String) -> String {
        text.printable().map { character in
            switch character {
            case "\"": "#quot;"
            case "#": "#35;"
            case ":": "#58;"
            case ";": "#59;"
            default: String(character)
            }
        }.joined()
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.printable().replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
