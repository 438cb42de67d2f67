import JSONCore

/// What a server does when a method is called.
///
/// A handler runs on its connection's event loop and must not block it. It is cancelled when its connection closes. It
/// answers with the reply's parameters or throws a ``VarlinkError``; any other error is the server's
/// `onUnexpectedError`'s to translate.
public enum MethodHandler: Sendable {
    /// Answers once.
    case unary(@Sendable (Call) async throws -> JSONObject)
    /// Sends any number of replies, and returns the last one. Called without `more`, the server answers ExpectedMore.
    case stream(@Sendable (Call, ReplyStream) async throws -> JSONObject)
    /// Answers as ``stream(_:)`` with `more`, and once without, when there is no stream to send replies to.
    case either(@Sendable (Call, ReplyStream?) async throws -> JSONObject)
}
