/// A language in which texts for people are written. The raw value is the BCP 47 code.
public enum Language: String, Sendable, CaseIterable {
    case vi, en
}
