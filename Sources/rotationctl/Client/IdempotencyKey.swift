/// A key that the daemon has not seen: the same call sent again with it changes nothing twice.
enum IdempotencyKey {
    static func make() -> String {
        "ctl-" + String(UInt128.random(in: .min ... .max), radix: 36)
    }
}
