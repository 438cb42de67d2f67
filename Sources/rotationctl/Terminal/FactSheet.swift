/// Facts about one thing: names in a column, what they are beside them.
struct FactSheet {
    private var facts: [(name: String, text: String, style: Style?)] = []

    /// Nothing is added for nil.
    mutating func add(_ name: String, _ text: String?, _ style: Style? = nil) {
        if let text { facts.append((name, text.printable(), style)) }
    }

    func print(on console: Console) {
        let width = facts.map(\.name.displayWidth).max() ?? 0
        for fact in facts {
            let name = console.styled(fact.name.padded(to: width), .faint)
            console.print("\(name)  \(console.styled(fact.text, fact.style))")
        }
    }
}
