import NIOCore

extension TimeAmount {
    static func / (left: TimeAmount, right: Int64) -> TimeAmount { .nanoseconds(left.nanoseconds / right) }
}
