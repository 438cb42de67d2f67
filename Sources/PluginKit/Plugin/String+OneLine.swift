extension String {
    /// For a log or a list: without control characters or line breaks, of at most so many characters.
    public func oneLine(_ most: Int) -> String {
        let clean = unicodeScalars.map { scalar in
            let category = scalar.properties.generalCategory
            let isBreak = [.control, .format, .lineSeparator, .paragraphSeparator].contains(category)
            return isBreak ? " " : Character(scalar)
        }
        let line = String(clean).split(separator: " ").joined(separator: " ")
        return line.count > most ? line.prefix(most) + "…" : line
    }
}
