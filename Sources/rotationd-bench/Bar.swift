/// What is to be reached.
struct Bar {
    let text: String
    let measured: String
    let verdict: Verdict

    enum Verdict: String {
        case passed
        case missed = "not reached"
        /// What it is measured against changed meanwhile.
        case undecided = "undecided: the disk changed its speed"
    }

    init(_ text: String, _ measured: String, isPassed: Bool, isDecided: Bool = true) {
        self.text = text
        self.measured = measured
        verdict = !isDecided ? .undecided : isPassed ? .passed : .missed
    }
}
