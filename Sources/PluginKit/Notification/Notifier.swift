/// A channel that reaches people: the contract `org.rotationd.Notification`. The daemon calls it through
/// ``NotifierClient``; a plugin implements it and serves it with ``NotifierService``.
public protocol Notifier: Sendable {
    /// Delivers the message or says why not. The same id may come again and must reach the recipient once, if the channel
    /// can tell. Never throws: what goes wrong is an outcome.
    func deliver(_ notification: Notification) async -> DeliveryOutcome
}
