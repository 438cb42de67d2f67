import Glibc
import JSONCore
import Varlink
import Workflow

/// One run of a command: its connection to the daemon, made when it is first needed, and its way to speak to the person.
final class Session {
    let messages: Messages
    let console = Console()
    let wantsJSON: Bool
    let socket: String
    /// What to do when nobody can be reached.
    lazy var unreachableHint = messages.isItRunning
    private var client: VarlinkClient?
    private var hasConnected = false
    private var knownFormats: Formats?

    var language: Language { messages.language }

    init(language: Language, wantsJSON: Bool, socket: String?) {
        messages = Messages(language: language)
        self.wantsJSON = wantsJSON
        self.socket = socket ?? Self.defaultSocket
    }

    private static var defaultSocket: String {
        if let path = getenv("ROTATIOND_SOCKET").map({ String(cString: $0) }), !path.isEmpty { return path }
        let installed = "/run/rotationd/org.rotationd"
        let local = ".run/org.rotationd"
        return access(installed, F_OK) != 0 && access(local, F_OK) == 0 ? local : installed
    }

    // MARK: Calls

    /// Waits between attempts after a connection was lost: long enough for a daemon to restart.
    private static let waits: [Duration] = [
        .milliseconds(200), .milliseconds(500), .seconds(1), .seconds(2), .seconds(4),
    ]

    /// Calls a method.
    /// - Parameters:
    ///   - method: Without `org.rotationd.`.
    ///   - isRepeatable: Calling it twice is the same as once, because it reads or carries a key; then it is repeated
    ///     when the connection closes before the answer.
    func call(_ method: String, _ parameters: JSONObject = [:], isRepeatable: Bool = true) async throws -> JSONObject {
        var waits = (isRepeatable ? Self.waits : [])[...]
        while true {
            do {
                return try await connected().call("org.rotationd." + method, parameters)
            } catch let error as ConnectionError {
                try await wait(after: error, &waits)
            }
        }
    }

    /// Calls a method with "more" and gives each reply to `reply` as it comes, until the last.
    func stream(
        _ method: String, _ parameters: JSONObject = [:], _ reply: (JSONObject) throws -> Void
    ) async throws {
        for try await next in try await connected().stream("org.rotationd." + method, parameters) { try reply(next) }
    }

    /// As ``stream(_:_:_:)``, on a new connection whenever one is lost.
    /// - Parameter parameters: Asked for each time, so that the stream goes on where it was.
    func follow(
        _ method: String, _ parameters: () -> JSONObject, reply: (JSONObject) throws -> Void
    ) async throws {
        let patience = Self.waits + Array(repeating: .seconds(5), count: 24)
        var waits = patience[...]
        while true {
            do {
                let replies = try await connected().stream("org.rotationd." + method, parameters())
                for try await next in replies {
                    waits = patience[...]
                    try reply(next)
                }
                return
            } catch let error as ConnectionError {
                try await wait(after: error, &waits)
            }
        }
    }

    /// Waits before a next attempt, or throws the error when there is none to be made.
    private func wait(after error: ConnectionError, _ waits: inout ArraySlice<Duration>) async throws {
        // A daemon that was never there is not waited for.
        guard hasConnected, error.isPassing, let wait = waits.popFirst() else { throw error }
        client = nil
        console.progress(messages.connectionLost)
        try await Task.sleep(for: wait)
        console.clearProgress()
    }

    private func connected() async throws -> VarlinkClient {
        if let client { return client }
        let new = try await VarlinkClient.connect(path: socket)
        client = new
        hasConnected = true
        return new
    }

    func close() async {
        await client?.close()
        client = nil
        console.clearProgress()
        console.flush()
    }

    // MARK: Lists

    private static let pageSize = 200

    /// Reads a list page by page.
    /// - Parameters:
    ///   - member: The reply's member that holds the elements.
    ///   - limit: Elements at most; nil for all.
    func pages(
        _ method: String, _ parameters: JSONObject, member: String, limit: Int?, _ body: ([JSONObject]) throws -> Void
    ) async throws {
        var parameters = parameters
        var remaining = limit ?? .max
        while remaining > 0 {
            parameters["limit"] = .int(min(remaining, Self.pageSize))
            let reply = try await call(method, parameters)
            let elements = try reply.array(member).compactMap(\.objectValue).prefix(remaining)
            try body(Array(elements))
            console.flush()
            remaining -= elements.count
            guard let cursor = try reply.optionalString("cursor") else { return }
            parameters["cursor"] = .string(cursor)
        }
    }

    /// Prints a list: with `--json` its elements, else a table, or `none` when it is empty.
    func list(
        _ method: String, _ parameters: JSONObject = [:], member: String, limit: Int? = nil,
        columns: [Table.Column], none: String, _ row: (JSONObject) throws -> [Table.Cell]
    ) async throws {
        var table = Table(columns)
        var isEmpty = true
        try await pages(method, parameters, member: member, limit: limit) { elements in
            isEmpty = isEmpty && elements.isEmpty
            if wantsJSON {
                elements.forEach(printJSON)
            } else {
                table.print(try elements.map(row), on: console)
            }
        }
        if isEmpty, !wantsJSON { console.note(none) }
    }

    // MARK: Speaking

    func printJSON(_ object: JSONObject) { console.print("\(JSON.object(object))") }

    /// The text of a `Text` of the interfaces in the person's language.
    func text(_ json: JSON?) -> String {
        (json?[language.rawValue] ?? json?["vi"] ?? json?["en"])?.stringValue ?? ""
    }

    /// In the daemon's time zone, where it tells it.
    func formats() async throws -> Formats {
        if let knownFormats { return knownFormats }
        var zone: String?
        do {
            zone = try await call("Manager.GetClock")["timeZone"]?.stringValue
        } catch is VarlinkError {
            // A time in the usual zone is better than none.
        }
        let formats = Formats(language: language, timeZone: zone ?? Formats.defaultTimeZone)
        knownFormats = formats
        return formats
    }
}

extension ConnectionError {
    /// A new connection may do better.
    fileprivate var isPassing: Bool {
        switch reason {
        case .unreachable, .closedByPeer, .closed, .timedOut, .failed: true
        case .violation, .messageTooLarge: false
        }
    }
}
