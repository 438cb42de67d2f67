/// A regular expression of `pattern`, matched in time linear in the text: no pattern and no text can make it hang.
///
/// The syntax is ECMAScript's with the flag `u`, which JSON Schema asks for: `^ $ . | ( ) (?: ) (?<name> ) [ ]`, `* + ?
/// {n} {n,} {n,m}` and their lazy forms, `\d \w \s \b \p{L}` and their opposites, `\n \r \t \f \v \0 \xHH \uHHHH
/// \u{…}`.
/// `\d`, `\w` and `\b` know ASCII only; `\p` takes a general category (`\p{L}`, `\p{Lu}`, `\p{Nd}` …). A match may
/// begin and end anywhere in the text. Refused: look-ahead, look-behind and back references (use `allOf` and `not`).
struct Pattern: Sendable {
    /// What the matching machine (Thompson's, as Russ Cox describes it in "Regular Expression Matching: the Virtual
    /// Machine Approach") does at one place of the program.
    enum Instruction: Sendable {
        case scalar(UInt32)
        case set(PatternSet)
        /// Goes on at both places.
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case wordBoundary(Bool)
        case match
    }

    let source: String
    private let program: [Instruction]
    /// Whether a match can only begin where the text does.
    private let isAnchored: Bool

    /// - Throws: ``PatternError`` when `source` is not a supported pattern.
    init(_ source: String) throws(PatternError) {
        self.source = source
        program = try PatternCompiler.compile(source)
        isAnchored = if case .start? = program.first { true } else { false }
    }

    /// Whether some part of `text` matches.
    func matches(_ text: String) -> Bool {
        let size = program.count
        // A step follows each instruction once and each follows at most two others, which come on top of those that
        // the step before handed over.
        let capacity = 3 * size + 1
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: size + 2 * capacity) { memory in
            guard let followed = memory.baseAddress else { return false }
            // For each instruction the last step, counted from 1, that followed it.
            followed.initialize(repeating: 0, count: size)
            return run(text.unicodeScalars, followed, followed + size, followed + size + capacity)
        }
    }

    /// Follows all threads at once, scalar by scalar.
    /// - Parameters:
    ///   - pending: Room for the instructions to follow at this scalar.
    ///   - next: Room for those at the next one.
    private func run(
        _ text: String.UnicodeScalarView, _ followed: UnsafeMutablePointer<Int>, _ pending: UnsafeMutablePointer<Int>,
        _ next: UnsafeMutablePointer<Int>
    ) -> Bool {
        var (pending, next) = (pending, next)
        var pendingCount = 0
        var previous: Unicode.Scalar?
        var scalars = text.makeIterator()
        var step = 1
        while true {
            let scalar = scalars.next()
            var nextCount = 0
            if step == 1 || !isAnchored {
                pending[pendingCount] = 0
                pendingCount += 1
            }
            while pendingCount > 0 {
                pendingCount -= 1
                let place = pending[pendingCount]
                if followed[place] == step { continue }
                followed[place] = step
                var goesOn = false
                switch program[place] {
                case .scalar(let value) where value == scalar?.value:
                    next[nextCount] = place + 1
                    nextCount += 1
                case .set(let set):
                    if let scalar, set.contains(scalar) {
                        next[nextCount] = place + 1
                        nextCount += 1
                    }
                case .split(let one, let other):
                    pending[pendingCount] = one
                    pending[pendingCount + 1] = other
                    pendingCount += 2
                case .jump(let target):
                    pending[pendingCount] = target
                    pendingCount += 1
                case .start: goesOn = step == 1
                case .end: goesOn = scalar == nil
                case .wordBoundary(let wanted): goesOn = (Self.isWord(previous) != Self.isWord(scalar)) == wanted
                case .match: return true
                case .scalar: break
                }
                if goesOn {
                    pending[pendingCount] = place + 1
                    pendingCount += 1
                }
            }
            if scalar == nil || isAnchored && nextCount == 0 { return false }
            swap(&pending, &next)
            pendingCount = nextCount
            previous = scalar
            step += 1
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar.map(PatternSet.word.contains) ?? false }
}
