/// Why a call got no answer: the connection could not be made, or it closed.
public struct ConnectionError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// Nobody could be reached; the text says why.
        case unreachable(String)
        /// The other end closed the connection. Whether it acted on the calls without an answer is unknown.
        case closedByPeer
        /// This end closed the connection.
        case closed
        /// The other end sent what Varlink does not allow; the text says what.
        case violation(String)
        /// The message was not sent, the connection goes on: it has more bytes than the limit.
        case messageTooLarge(bytes: Int, limit: Int)
        /// The other end did not read what was sent to it for too long, or made no call for too long.
        case timedOut
        /// The operating system refused to read or write; the text says why.
        case failed(String)
    }

    public let reason: Reason
    /// The other end: the path of its socket, or what is known of it.
    public let endpoint: String

    public init(_ reason: Reason, endpoint: String) {
        self.reason = reason
        self.endpoint = endpoint
    }

    public var description: String {
        switch reason {
        case .unreachable(let why): "cannot connect to \(endpoint): \(why)"
        case .closedByPeer: "\(endpoint) closed the connection"
        case .closed: "the connection to \(endpoint) is closed"
        case .violation(let what): "closed the connection to \(endpoint), which broke the protocol: \(what)"
        case .messageTooLarge(let bytes, let limit):
            "a message of \(bytes) bytes to \(endpoint) was not sent: the limit is \(limit) bytes"
        case .timedOut: "closed the connection to \(endpoint), which was silent for too long"
        case .failed(let why): "the connection to \(endpoint) failed: \(why)"
        }
    }
}
