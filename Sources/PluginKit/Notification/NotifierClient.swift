import JSONCore
import Varlink

/// A notification plugin as its daemon sees it. Whatever goes wrong on the way is an outcome too: try again.
public struct NotifierClient: Notifier {
    /// Seconds after which a plugin that could not be asked is asked again.
    private static let patience = 60

    private let client: VarlinkClient

    public init(_ client: VarlinkClient) { self.client = client }

    public func deliver(_ notification: Notification) async -> DeliveryOutcome {
        do { return try await ask(notification) } catch {
            return .retry(afterSeconds: Self.patience, reason: "\(error)")
        }
    }

    /// Like ``deliver(_:)``, for a caller that must know when there was no answer.
    /// - Throws: ``ConnectionError`` when the plugin was gone before it answered: it may have delivered the message or not.
    ///   CancellationError when the task was cancelled.
    public func ask(_ notification: Notification) async throws -> DeliveryOutcome {
        do {
            return try DeliveryOutcome(
                json: try await client.call(
                    "org.rotationd.Notification.Deliver", ["message": .object(notification.json)]))
        } catch let error as VarlinkError where error.name == VarlinkError.invalidParameter("").name {
            // The same message would be refused again.
            return .rejected(reason: "\(error)")
        } catch let error as ConnectionError {
            if case .messageTooLarge = error.reason { return .rejected(reason: "\(error)") }
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            return .retry(afterSeconds: Self.patience, reason: "\(error)")
        }
    }
}
