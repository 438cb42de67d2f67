import Workflow

/// Ids of cases: 48 bits of milliseconds and 32 random bits in Crockford's base 32, lower case, 16 characters, so that they
/// sort by the time at which the cases were opened and can be read out over the telephone.
enum CaseID {
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz")

    static func make(at time: Timestamp) -> String {
        let bits = UInt128(truncatingIfNeeded: time.milliseconds) << 32 | UInt128(UInt32.random(in: 0...UInt32.max))
        return String((0..<16).reversed().map { digits[Int(truncatingIfNeeded: bits >> UInt128($0 * 5)) & 31] })
    }
}
