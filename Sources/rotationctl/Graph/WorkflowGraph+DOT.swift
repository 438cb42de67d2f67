extension WorkflowGraph {
    /// In Graphviz's language: `… | dot -Tsvg -o workflow.svg`.
    var dot: String {
        var lines = [
            "digraph workflow {", "    label=\(Self.quoted(title)); labelloc=t; rankdir=TB;",
            "    node [shape=box, style=rounded, fontname=\"sans-serif\"]; edge [fontname=\"sans-serif\", fontsize=10];",
            "    start [shape=point, width=0.15];",
        ]
        for node in nodes {
            let shape =
                switch node.kind {
                case .state: ""
                case .automatic: ", shape=diamond, style=solid"
                case .final: ", peripheries=2"
                case .anywhere: ", style=\"rounded,dashed\""
                case .workflow: ", shape=folder, style=solid"
                }
            lines.append("    \(Self.quoted("s:" + node.id)) [label=\(Self.quoted(node.title))\(shape)];")
        }
        for edge in edges {
            let from = edge.from.map { Self.quoted("s:" + $0) } ?? "start"
            let style = edge.isDashed ? ", style=dashed" : ""
            lines.append("    \(from) -> \(Self.quoted("s:" + edge.to)) [label=\(Self.quoted(edge.label))\(style)];")
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.printable().replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
