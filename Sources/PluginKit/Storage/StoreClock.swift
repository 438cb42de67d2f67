/// Which clock a store was made under. A store of one can never be opened as one of the other.
public enum StoreClock: String, Sendable, CaseIterable {
    case real, rehearsal
}
