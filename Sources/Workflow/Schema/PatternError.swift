/// Why a regular expression is refused.
struct PatternError: Error, Equatable {
    let reason: String
}
